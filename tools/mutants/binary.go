package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A bench is where test binaries are built and run.
type bench struct {
	root string // of the module
	work string // a directory of ours
}

// build compiles a package's tests into a file. flags are further ones of go test.
func (b bench) build(pkg, binary string, flags ...string) error {
	args := append([]string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", binary}, flags...)
	_, err := goCommand(b.root, append(args, "./"+pkg)...)
	return err
}

// memory bounds what a test may have, in KiB: a mutant can append without end.
const memory = 4 << 20

// grace is what a test has beyond its -test.timeout to say where it stood.
const grace = 10 * time.Second

// run runs a test binary in its package's directory for at most limit, and returns all that
// it prints. What it leaves in its directory for temporary files is removed.
func (b bench) run(pkg, binary string, limit time.Duration, env []string, args ...string) (output string, err error) {
	tmp := filepath.Join(b.work, "tmp")
	if err := os.MkdirAll(tmp, 0o777); err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp)
	ctx, cancel := context.WithTimeout(context.Background(), limit+grace)
	defer cancel()
	args = append([]string{"-c", `ulimit -d "$0" && exec "$@"`, strconv.Itoa(memory), binary, "-test.timeout=" + limit.String()}, args...)
	cmd := exec.CommandContext(ctx, "sh", args...)
	cmd.Dir = filepath.Join(b.root, pkg)
	cmd.Env = append(os.Environ(), append(env, "TMPDIR="+tmp)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // with what a test starts
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = grace
	out, err := cmd.CombinedOutput()
	if cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what a dead test left; nothing, mostly
	}
	if ctx.Err() != nil {
		return string(out) + "\n" + timedOut, errors.Join(ctx.Err(), err)
	}
	return string(out), err
}

// timedOut is what package testing says of tests that take longer than their -timeout.
const timedOut = "panic: test timed out after"

// testNames lists a binary's tests.
func (b bench) testNames(pkg, binary string) ([]string, error) {
	out, err := b.run(pkg, binary, time.Minute, nil, "-test.list=.")
	if err != nil {
		return nil, errors.Join(err, errors.New(strings.TrimSpace(out)))
	}
	var names []string
	for name := range strings.FieldsSeq(out) {
		for _, kind := range []string{"Test", "Example", "Fuzz"} {
			if strings.HasPrefix(name, kind) {
				names = append(names, name)
				break
			}
		}
	}
	return names, nil
}

// only is the flag that runs those tests and no other.
func only(names []string) string { return "-test.run=^(" + strings.Join(names, "|") + ")$" }
