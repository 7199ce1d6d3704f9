//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// The clients from PyPI are pinned. Each has a venv of its own, since
// impala-shell pins another Thrift than impyla takes.
const (
	pyImpala   = "impala-shell==4.6.0"
	pyImpyla   = "impyla==0.24.0"
	debPython  = "/usr/bin/python3" // Debian's, whose headers python3-dev has
	haproxyBin = "/usr/sbin/haproxy"
)

// debian lists what is needed of Debian 12: the file that shows it is there,
// and the package that brings it.
var debian = []struct{ file, pkg string }{
	{haproxyBin, "haproxy"},
	{"/usr/bin/g++", "g++"},
	{"/usr/include/python3.*/Python.h", "python3-dev"},
	{"/usr/lib/python3.*/ensurepip/__init__.py", "python3-venv"},
	{"/usr/include/sasl/sasl.h", "libsasl2-dev"},
	{"/usr/bin/krb5-config", "libkrb5-dev"},
}

// install brings in what is missing and builds the simulated cluster.
func (l *lab) install(ctx context.Context) error {
	if err := os.MkdirAll(l.work, 0o755); err != nil {
		return err
	}
	progress("building and installing what is missing")
	if err := installPackages(ctx); err != nil {
		return err
	}
	l.python = map[string]string{}
	for name, requirement := range map[string]string{impyla: pyImpyla, shell: pyImpala} {
		dir, err := l.venv(ctx, name, requirement)
		if err != nil {
			return err
		}
		l.python[name] = filepath.Join(dir, "bin")
	}
	return must(ctx, "go", "build", "-C", "..", "-o", l.file("impala-lbcheck"), "./cmd/impala-lbcheck")
}

// installPackages brings in Debian's. HAProxy's own service is not started.
func installPackages(ctx context.Context) error {
	var missing []string
	for _, d := range debian {
		if found, _ := filepath.Glob(d.file); len(found) == 0 {
			missing = append(missing, d.pkg)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("these Debian packages are missing and only root can install them: %s", strings.Join(missing, " "))
	}
	// invoke-rc.d asks policy-rc.d whether to start a service, and 101 means no.
	const policy = "/usr/sbin/policy-rc.d"
	if _, err := os.Stat(policy); os.IsNotExist(err) {
		if err := os.WriteFile(policy, []byte("#!/bin/sh\nexit 101\n"), 0o755); err != nil {
			return err
		}
		defer os.Remove(policy)
	}
	if err := must(ctx, "apt-get", "update", "-qq"); err != nil {
		return err
	}
	return must(ctx, "env", append([]string{"DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends"}, missing...)...)
}

// venv makes a venv with one package; a complete one of that version is used again.
func (l *lab) venv(ctx context.Context, name, requirement string) (string, error) {
	dir := l.file("venv-" + name)
	mark := filepath.Join(dir, "complete")
	if b, err := os.ReadFile(mark); err == nil && string(b) == requirement {
		return dir, nil
	}
	if err := must(ctx, debPython, "-m", "venv", "--clear", dir); err != nil {
		return "", err
	}
	if err := must(ctx, filepath.Join(dir, "bin", "pip"), "install", "--quiet", requirement); err != nil {
		return "", err
	}
	return dir, os.WriteFile(mark, []byte(requirement), 0o644)
}

// must runs a command that has to succeed.
func must(ctx context.Context, name string, args ...string) error {
	b, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, b[max(0, len(b)-400):])
	}
	return nil
}

func cores() string { return strconv.Itoa(runtime.NumCPU()) }

// goVersion names Go and the versions of the clients that are linked in.
func goVersion() string {
	text := runtime.Version()
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return text
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/beltran/gohive" || m.Path == "github.com/apache/thrift" {
			text += ", " + filepath.Base(m.Path) + " " + m.Version
		}
	}
	return text
}
