//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// The clients and servers from PyPI are pinned: a proof names what it was given
// with. Each has a venv of its own, since impala-shell pins another Thrift than impyla takes.
const (
	pySpark        = "pyspark==3.5.8" // the last line for Java 17 and Scala 2.12
	pyImpala       = "impala-shell==4.6.0"
	pyImpyla       = "impyla==0.24.0"
	debPython      = "/usr/bin/python3" // Debian's, whose headers python3-dev has
	policyFile     = "/usr/sbin/policy-rc.d"
	installTimeout = 8 * time.Minute
)

// debianPackages lists what is needed of Debian 12: the file that shows it is there,
// and the package that brings it.
var debianPackages = []struct{ file, pkg string }{
	{file: "/usr/sbin/haproxy", pkg: "haproxy"},
	{file: "/usr/sbin/nginx", pkg: "nginx-light"},
	{file: "/usr/lib/nginx/modules/ngx_stream_module.so", pkg: "libnginx-mod-stream"},
	{file: "/usr/bin/g++", pkg: "g++"},
	{file: "/usr/include/python3.*/Python.h", pkg: "python3-dev"},
	{file: "/usr/lib/python3.*/ensurepip/__init__.py", pkg: "python3-venv"},
	{file: "/usr/include/sasl/sasl.h", pkg: "libsasl2-dev"},
	{file: "/usr/bin/krb5-config", pkg: "libkrb5-dev"},
	{file: "/usr/bin/openssl", pkg: "openssl"},
	{file: "/usr/bin/java", pkg: "openjdk-17-jre-headless"},
	{file: "/usr/bin/prlimit", pkg: "util-linux"},
	{file: "/usr/bin/socat", pkg: "socat"},
	{file: "/usr/sbin/ip", pkg: "iproute2"},
	{file: "/usr/sbin/nft", pkg: "nftables"},
}

// installPackages brings in the packages that are missing, without starting
// any service of theirs.
func installPackages(ctx context.Context) error {
	var missing []string
	for _, d := range debianPackages {
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
	restore, err := forbidServices()
	if err != nil {
		return err
	}
	defer restore()
	env := []string{"DEBIAN_FRONTEND=noninteractive"}
	if _, err := runRequired(ctx, installTimeout, env, "apt-get", "update", "-qq"); err != nil {
		return err
	}
	install := append([]string{"apt-get", "install", "-y", "-qq", "--no-install-recommends"}, missing...)
	_, err = runRequired(ctx, installTimeout, env, install...)
	return err
}

// forbidServices keeps packages from starting services: invoke-rc.d asks
// policy-rc.d, and 101 means no. One that is already there is left as it is.
func forbidServices() (restore func(), err error) {
	f, err := os.OpenFile(policyFile, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
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
	return func() { os.Remove(policyFile) }, nil
}

// installVenv makes a venv with one package from PyPI and returns its folder. A
// complete one of the same version is used again.
func (l *lab) installVenv(ctx context.Context, name, requirement string) (string, error) {
	if err := l.packages(); err != nil {
		return "", err
	}
	dir := filepath.Join(l.work, "venv-"+name)
	mark := filepath.Join(dir, "complete")
	if b, err := os.ReadFile(mark); err == nil && string(b) == requirement {
		return dir, nil
	}
	if _, err := runRequired(ctx, installTimeout, nil, debPython, "-m", "venv", "--clear", dir); err != nil {
		return "", err
	}
	pip := filepath.Join(dir, "bin", "pip")
	if _, err := runRequired(ctx, installTimeout, nil, pip, "install", "--quiet", requirement); err != nil {
		return "", err
	}
	return dir, os.WriteFile(mark, []byte(requirement), 0o644)
}

// buildTool builds the command under test.
func (l *lab) buildTool(ctx context.Context) (string, error) {
	return l.build(ctx, l.root, "impala-lbcheck", "./cmd/impala-lbcheck")
}

// buildGohive builds the client in interop/gohive, a module of its own.
func (l *lab) buildGohive(ctx context.Context) (string, error) {
	return l.build(ctx, filepath.Join(l.root, "interop", "gohive"), "gohive", ".")
}

func (l *lab) build(ctx context.Context, dir, name, pkg string) (string, error) {
	bin := filepath.Join(l.work, name)
	_, err := runRequired(ctx, installTimeout, nil, "go", "build", "-C", dir, "-o", bin, pkg)
	return bin, err
}

// versions says what the proofs were given with; software that was not needed
// or could not be had is left out.
func (l *lab) versions() map[string]string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	v := map[string]string{"pyspark": pySpark, "impala-shell": pyImpala, "impyla": pyImpyla, "moto": pyMoto, "awscli": pyAWS}
	for name, argv := range map[string][]string{
		"haproxy":        {"haproxy", "-v"},
		"nginx":          {"nginx", "-v"},
		"java":           {"java", "-version"},
		"python":         {debPython, "--version"},
		"go":             {"go", "version"},
		"gohive":         {"go", "list", "-C", filepath.Join(l.root, "interop", "gohive"), "-m", "github.com/beltran/gohive"},
		"impala-lbcheck": {filepath.Join(l.work, "impala-lbcheck"), "version"},
	} {
		if _, err := exec.LookPath(argv[0]); err != nil {
			continue
		}
		if a, err := runCommand(ctx, 10*time.Second, nil, argv...); err == nil && a.code == 0 {
			first, _, _ := strings.Cut(string(a.stdout)+string(a.stderr), "\n")
			v[name] = strings.TrimSpace(first)
		}
	}
	return v
}
