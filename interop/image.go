//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// imageProofs make the container image and run it as a restricted Kubernetes does.
func imageProofs(l *lab) []proof {
	return []proof{
		{name: "image.reproducible", run: l.proveImageReproducible},
		{name: "image.restricted", run: l.proveImageRestricted},
	}
}

const (
	imageUser    = 65532 // the user that it runs as
	imageVersion = "0.0.0"
	imageName    = "ghcr.io/impala-lbcheck/impala-lbcheck:" + imageVersion
)

// writeImage writes the image of the command under test to an archive in dir and
// returns what is printed of it.
func (l *lab) writeImage(ctx context.Context, dir string) (archive, printed string, err error) {
	tool, err := l.tool()
	if err != nil {
		return "", "", err
	}
	archive = filepath.Join(dir, "image.tar")
	out, err := runRequired(ctx, installTimeout, nil, "go", "-C", filepath.Join(l.root, "tools", "image"), "run", ".",
		"-version", imageVersion, "-created", "2026-01-01T00:00:00Z", "-amd64", tool, "-o", archive)
	return archive, string(out), err
}

// proveImageReproducible writes the image twice, in directories of different names.
func (l *lab) proveImageReproducible(ctx context.Context) (evidence, error) {
	var archives [2][]byte
	var printed string
	for i := range archives {
		dir, err := os.MkdirTemp(l.work, "image-")
		if err != nil {
			return evidence{}, err
		}
		defer os.RemoveAll(dir)
		var path string
		if path, printed, err = l.writeImage(ctx, dir); err != nil {
			return evidence{}, err
		}
		if archives[i], err = os.ReadFile(path); err != nil {
			return evidence{}, err
		}
	}
	if !bytes.Equal(archives[0], archives[1]) {
		return evidence{}, errors.New("two images of the same binary differ")
	}
	_, sizes, _ := strings.Cut(strings.TrimSpace(printed), "\n")
	return evidence{numbers: "the same bytes twice; " + sizes}, nil
}

// proveImageRestricted runs the image with what Kubernetes' profile "restricted" demands
// and a read-only root: no capability, no new privileges, a seccomp profile, no root.
func (l *lab) proveImageRestricted(ctx context.Context) (e evidence, err error) {
	archive, _, err := l.writeImage(ctx, l.file("run"))
	if err != nil {
		return evidence{}, err
	}
	c, err := l.newContainerd("containerd", "impala-lbcheck")
	if err != nil {
		return evidence{}, err
	}
	defer func() { err = errors.Join(err, c.stop()) }()
	// What is left out serves Kubernetes, and writes to /opt.
	if err := c.start(ctx, l.procs, nil, `disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]`); err != nil {
		return evidence{}, err
	}
	if err := c.load(ctx, archive); err != nil {
		return evidence{}, err
	}
	b := box{containerd: c, results: l.file("run", "image")}
	for _, check := range []func(context.Context) error{b.checkHelp, b.checkDemo, b.checkFault, b.checkReadOnly, b.checkProcess} {
		if err := check(ctx); err != nil {
			return evidence{}, err
		}
	}
	return evidence{numbers: fmt.Sprintf("demo exit 0 with its result in a volume, dead@2 exit 1, exit 2 without a volume; user %d, no capability, no new privileges, seccomp, read-only root", imageUser)}, nil
}

// box is the image in a container with restrictions.
type box struct {
	*containerd
	results string // directory that is mounted as /results
}

// capabilities are those that containerd gives unless they are dropped.
var capabilities = []string{"CHOWN", "DAC_OVERRIDE", "FSETID", "FOWNER", "MKNOD", "NET_RAW", "SETGID", "SETUID", "SETFCAP", "SETPCAP", "NET_BIND_SERVICE", "SYS_CHROOT", "KILL", "AUDIT_WRITE"}

// flags are ctr's for every container: no network but its own loopback, as by default.
func (b box) flags() []string {
	flags := []string{"run", "--snapshotter", "native", "--fifo-dir", b.path("fifo"), "--runc-root", b.path("runc"), "--read-only", "--seccomp"}
	for _, c := range capabilities {
		flags = append(flags, "--cap-drop", "CAP_"+c)
	}
	return flags
}

// mount are ctr's flags for the volume of results.
func (b box) mount() []string {
	return []string{"--mount", "type=bind,src=" + b.results + ",dst=/results,options=rbind:rw"}
}

// run runs the image until it ends. args replace the image's entry point.
func (b box) run(ctx context.Context, name string, flags []string, args ...string) (commandResult, error) {
	return b.ctr(ctx, slices.Concat(b.flags(), []string{"--rm"}, flags, []string{imageName, name}, args)...)
}

const commandInImage = "/usr/bin/impala-lbcheck"

// checkHelp runs the entry point alone, which prints the help.
func (b box) checkHelp(ctx context.Context) error {
	r, err := b.run(ctx, "help", nil)
	if err == nil && (r.code != 0 || !strings.Contains(string(r.stdout), "impala-lbcheck [command]")) {
		err = fmt.Errorf("the entry point: exit %d, and no help: %s", r.code, tail(append(r.stdout, r.stderr...)))
	}
	return err
}

// checkDemo runs a healthy demo, whose result is in the volume by a relative name.
func (b box) checkDemo(ctx context.Context) error {
	if err := os.MkdirAll(b.results, 0o755); err != nil {
		return err
	}
	if err := os.Chown(b.results, imageUser, imageUser); err != nil {
		return err
	}
	path := filepath.Join(b.results, "demo.json")
	os.Remove(path) // of an earlier run
	r, err := b.run(ctx, "demo", b.mount(), commandInImage, "demo", "--out", "demo.json")
	if err != nil {
		return err
	}
	if r.code != 0 {
		return fmt.Errorf("demo: exit %d: %s", r.code, tail(append(r.stdout, r.stderr...)))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var found result
	if err := json.Unmarshal(data, &found); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return found.validate(r)
}

// checkFault runs a demo in which a coordinator is missing.
func (b box) checkFault(ctx context.Context) error {
	r, err := b.run(ctx, "fault", nil, commandInImage, "demo", "--fault", "dead@2")
	if err == nil && (r.code != 1 || !strings.Contains(string(r.stdout), "(balance.coverage)")) {
		err = fmt.Errorf("demo with a dead coordinator: exit %d: %s", r.code, tail(append(r.stdout, r.stderr...)))
	}
	return err
}

// checkReadOnly asks for a result where there is no volume, which is refused before
// anything is sent.
func (b box) checkReadOnly(ctx context.Context) error {
	r, err := b.run(ctx, "no-volume", nil, commandInImage, "demo", "--out", "demo.json")
	if err == nil && (r.code != 2 || !strings.Contains(string(r.stderr), "read-only file system")) {
		err = fmt.Errorf("demo without a volume: exit %d: %s", r.code, tail(append(r.stdout, r.stderr...)))
	}
	return err
}

// checkProcess reads from the kernel under which restrictions a container runs.
func (b box) checkProcess(ctx context.Context) error {
	const name = "process"
	pidFile := b.path("pid")
	args := slices.Concat(b.flags(), []string{"--detach", "--null-io", "--pid-file", pidFile, imageName, name, commandInImage, "sim"})
	if _, err := b.required(ctx, args...); err != nil {
		return err
	}
	data, err := os.ReadFile(pidFile)
	if err != nil {
		return err
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return err
	}
	if err := errors.Join(checkStatus(pid), checkRoot(pid)); err != nil {
		return err
	}
	_, killed := b.required(ctx, "tasks", "delete", "--force", name)
	_, removed := b.required(ctx, "containers", "delete", name)
	return errors.Join(killed, removed)
}

// restricted are lines of /proc/PID/status of a process without privileges.
var restricted = map[string]string{
	"Uid": fmt.Sprintf("%d %[1]d %[1]d %[1]d", imageUser), "Gid": fmt.Sprintf("%d %[1]d %[1]d %[1]d", imageUser),
	"CapInh": noCapability, "CapPrm": noCapability, "CapEff": noCapability, "CapBnd": noCapability, "CapAmb": noCapability,
	"NoNewPrivs": "1", "Seccomp": "2", // 2: a filter
}

const noCapability = "0000000000000000"

func checkStatus(pid int) error {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return err
	}
	got := map[string]string{}
	for line := range strings.Lines(string(status)) {
		key, value, _ := strings.Cut(line, ":")
		got[key] = strings.Join(strings.Fields(value), " ")
	}
	for key, want := range restricted {
		if got[key] != want {
			err = errors.Join(err, fmt.Errorf("%s of the process is %q, not %q", key, got[key], want))
		}
	}
	return err
}

// readOnlyRoot is the line of /proc/PID/mountinfo for a root that is mounted read-only.
var readOnlyRoot = regexp.MustCompile(`(?m)^\d+ \d+ \S+ \S+ / ro[, ]`)

func checkRoot(pid int) error {
	mounts, err := os.ReadFile(fmt.Sprintf("/proc/%d/mountinfo", pid))
	if err == nil && !readOnlyRoot.Match(mounts) {
		err = errors.New("the root of the container can be written to")
	}
	return err
}
