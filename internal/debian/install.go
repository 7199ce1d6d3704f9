//go:build linux

package debian

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Python is Debian's interpreter, which matches the headers of python3-dev.
const Python = "/usr/bin/python3"

// Package is a Debian package.
type Package struct {
	File string // pattern of a file that shows that the package is installed
	Name string
}

// Install installs the packages that are missing, without starting their services.
func Install(ctx context.Context, packages []Package) error {
	missing := missingNames(packages)
	if len(missing) == 0 {
		return nil
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("these Debian packages are missing and only root can install them: %s", strings.Join(missing, " "))
	}
	restore, err := forbidServices(policyFile)
	if err != nil {
		return err
	}
	defer restore()
	if err := run(ctx, "apt-get", "update", "-qq"); err != nil {
		return err
	}
	return run(ctx, "apt-get", append([]string{"install", "-y", "-qq", "--no-install-recommends"}, missing...)...)
}

func missingNames(packages []Package) []string {
	var missing []string
	for _, p := range packages {
		if found, _ := filepath.Glob(p.File); len(found) == 0 {
			missing = append(missing, p.Name)
		}
	}
	return missing
}

// policyFile is a script that invoke-rc.d runs before it starts a service; exit
// code 101 forbids the start.
const policyFile = "/usr/sbin/policy-rc.d"

// forbidServices keeps packages from starting services until restore is called. It
// leaves an existing file as it is.
func forbidServices(path string) (restore func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if _, err := f.WriteString("#!/bin/sh\nexit 101\n"); err != nil {
		return nil, err
	}
	return func() { os.Remove(path) }, nil
}

// Venv creates a virtual environment in dir with packages from PyPI, the arguments of
// pip install, unless there is a complete one with the same arguments.
func Venv(ctx context.Context, dir string, packages ...string) error {
	complete, want := filepath.Join(dir, "complete"), strings.Join(packages, " ")
	if b, err := os.ReadFile(complete); err == nil && string(b) == want {
		return nil
	}
	if err := run(ctx, Python, "-m", "venv", "--clear", dir); err != nil {
		return err
	}
	if err := run(ctx, filepath.Join(dir, "bin", "pip"), append([]string{"install", "--quiet"}, packages...)...); err != nil {
		return err
	}
	return os.WriteFile(complete, []byte(want), 0o644)
}

// run runs a command without questions to the user; an error has the end of its
// output.
func run(ctx context.Context, name string, args ...string) error {
	const maxOutput = 400
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // with its children
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, out[max(0, len(out)-maxOutput):])
	}
	return nil
}
