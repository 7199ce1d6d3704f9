//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// containerTimeout limits a command of containerd's client, with the container it runs.
const containerTimeout = time.Minute

// containerd is a daemon of our own: its directories, its socket and runc's state are
// below dir, so that it meets no image and no container of another one.
type containerd struct {
	dir       string
	namespace string // of images and containers
	proc      *process
	created   []string // directories outside of dir
}

// shimDirs hold the sockets of containerd's shims, whatever its configuration says.
var shimDirs = []string{"/run/containerd", "/run/containerd/s"}

// newContainerd returns a daemon that is not started, with an empty directory: what a run
// that was killed left is removed.
func (l *lab) newContainerd(name, namespace string) (*containerd, error) {
	if err := l.packages(); err != nil {
		return nil, err
	}
	c := &containerd{dir: l.file(name), namespace: namespace}
	if err := c.remove(); err != nil {
		return nil, err
	}
	c.created = missing(shimDirs)
	return c, os.MkdirAll(c.dir, 0o755)
}

// missing returns the directories that do not exist.
func missing(dirs []string) []string {
	return slices.DeleteFunc(slices.Clone(dirs), func(dir string) bool {
		_, err := os.Stat(dir)
		return err == nil
	})
}

// start starts the daemon by a command that executes another one, or none. plugins are
// the part of the configuration that says which plugins it has.
func (c *containerd) start(ctx context.Context, ps *processes, prefix []string, plugins string) error {
	config := fmt.Sprintf("version = 2\nroot = %q\nstate = %q\n%s\n[grpc]\n  address = %q\n", c.path("root"), c.path("state"), plugins, c.path("sock"))
	if err := os.WriteFile(c.path("config.toml"), []byte(config), 0o644); err != nil {
		return err
	}
	argv := slices.Concat(prefix, []string{"containerd", "--config", c.path("config.toml")})
	var err error
	if c.proc, err = ps.start(filepath.Base(c.dir), exec.Command(argv[0], argv[1:]...), nil); err != nil {
		return err
	}
	return c.proc.await(ctx, 30*time.Second, func(ctx context.Context) error {
		_, err := c.required(ctx, "version")
		return err
	})
}

func (c *containerd) path(name string) string { return filepath.Join(c.dir, name) }

// ctr runs containerd's client.
func (c *containerd) ctr(ctx context.Context, args ...string) (commandResult, error) {
	return runCommand(ctx, containerTimeout, nil, slices.Concat([]string{"ctr", "--address", c.path("sock"), "--namespace", c.namespace}, args)...)
}

// required runs a command of ctr that must exit with 0.
func (c *containerd) required(ctx context.Context, args ...string) (string, error) {
	r, err := c.ctr(ctx, args...)
	if err == nil && r.code != 0 {
		err = fmt.Errorf("ctr %s: exit %d: %s", args[0], r.code, tail(append(r.stdout, r.stderr...)))
	}
	return string(r.stdout), err
}

// load imports an archive.
func (c *containerd) load(ctx context.Context, archive string) error {
	_, err := c.required(ctx, "images", "import", "--snapshotter", "native", archive)
	return err
}

// stop ends the containers that still run and the daemon, and removes everything.
func (c *containerd) stop() error {
	c.killShims()
	if c.proc != nil {
		c.proc.stop()
	}
	return c.remove()
}

// killShims kills the processes that run containers for this daemon, which outlive it.
func (c *containerd) killShims() {
	found, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range found {
		line, err := os.ReadFile(file)
		var pid int
		if err != nil || !strings.Contains(string(line), "containerd-shim") || !strings.Contains(string(line), c.path("sock")) {
			continue
		}
		if _, err := fmt.Sscanf(file, "/proc/%d/", &pid); err == nil {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// remove unmounts what is mounted below dir, the innermost first, and removes it.
func (c *containerd) remove() error {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return err
	}
	for _, line := range slices.Backward(strings.Split(strings.TrimSpace(string(mounts)), "\n")) {
		if place := strings.Fields(line)[4]; strings.HasPrefix(place, c.dir+"/") {
			if err := syscall.Unmount(place, syscall.MNT_DETACH); err != nil {
				return fmt.Errorf("unmount %s: %w", place, err)
			}
		}
	}
	if err := os.RemoveAll(c.dir); err != nil {
		return err
	}
	for _, dir := range slices.Backward(c.created) {
		os.Remove(dir) // unless it is in use
	}
	return nil
}
