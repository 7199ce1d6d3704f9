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

	"github.com/impala-lbcheck/impala-lbcheck/internal/debian"
)

// The clients from PyPI are pinned. Each has its own virtual environment, because
// impala-shell and impyla need different versions of Thrift.
const (
	pyImpala   = "impala-shell==4.6.0"
	pyImpyla   = "impyla[kerberos]==0.24.0"
	haproxyBin = "/usr/sbin/haproxy"
)

// debianPackages are the packages of Debian 12 that the comparison needs.
var debianPackages = []debian.Package{
	{File: haproxyBin, Name: "haproxy"},
	{File: "/usr/bin/g++", Name: "g++"},
	{File: "/usr/include/python3.*/Python.h", Name: "python3-dev"},
	{File: "/usr/lib/python3.*/ensurepip/__init__.py", Name: "python3-venv"},
	{File: "/usr/include/sasl/sasl.h", Name: "libsasl2-dev"},
	{File: "/usr/bin/krb5-config", Name: "libkrb5-dev"},
}

// install installs what is missing and builds impala-lbcheck.
func (l *lab) install(ctx context.Context) error {
	if err := os.MkdirAll(l.work, 0o755); err != nil {
		return err
	}
	progress("building and installing what is missing")
	if err := debian.Install(ctx, debianPackages); err != nil {
		return err
	}
	l.python = map[string]string{}
	for name, requirement := range map[string]string{clientImpyla: pyImpyla, clientShell: pyImpala} {
		dir := l.file("venv-" + name)
		if err := debian.Venv(ctx, dir, requirement); err != nil {
			return err
		}
		l.python[name] = filepath.Join(dir, "bin")
	}
	build := exec.CommandContext(ctx, "go", "build", "-C", "..", "-o", l.file("impala-lbcheck"), "./cmd/impala-lbcheck")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build impala-lbcheck: %w: %s", err, out)
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
