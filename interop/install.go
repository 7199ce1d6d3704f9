//go:build linux

package main

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/debian"
)

// The clients and servers from PyPI are pinned, so that proofs are reproducible.
// Each has its own virtual environment, because impala-shell and impyla need
// different versions of Thrift.
const (
	pySpark  = "pyspark==3.5.8" // the last release line for Java 17 and Scala 2.12
	pySpark4 = "pyspark==4.1.4"
	pyImpala = "impala-shell==4.6.0"
	pyImpyla = "impyla[kerberos]==0.24.0"

	installTimeout = 8 * time.Minute
)

// debianPackages are the packages of Debian 12 that the proofs need.
var debianPackages = []debian.Package{
	{File: "/usr/sbin/haproxy", Name: "haproxy"},
	{File: "/usr/sbin/nginx", Name: "nginx-light"},
	{File: "/usr/lib/nginx/modules/ngx_stream_module.so", Name: "libnginx-mod-stream"},
	{File: "/usr/bin/g++", Name: "g++"},
	{File: "/usr/include/python3.*/Python.h", Name: "python3-dev"},
	{File: "/usr/lib/python3.*/ensurepip/__init__.py", Name: "python3-venv"},
	{File: "/usr/include/sasl/sasl.h", Name: "libsasl2-dev"},
	{File: "/usr/bin/krb5-config", Name: "libkrb5-dev"},
	{File: "/usr/bin/openssl", Name: "openssl"},
	{File: "/usr/bin/javac", Name: "openjdk-17-jdk-headless"},
	{File: "/usr/share/java/thrift.jar", Name: "libthrift-java"},
	{File: "/usr/bin/mvn", Name: "maven"},
	{File: "/usr/sbin/krb5kdc", Name: "krb5-kdc"},
	{File: "/usr/sbin/kadmin.local", Name: "krb5-admin-server"},
	{File: "/usr/bin/kinit", Name: "krb5-user"},
	{File: "/usr/sbin/sasl-sample-server", Name: "sasl2-bin"},
	{File: "/usr/lib/*/sasl2/libgssapiv2.so", Name: "libsasl2-modules-gssapi-mit"},
	{File: "/usr/bin/faketime", Name: "faketime"},
	{File: "/usr/sbin/slapd", Name: "slapd"},
	{File: "/usr/bin/prlimit", Name: "util-linux"},
	{File: "/usr/bin/socat", Name: "socat"},
	{File: "/usr/sbin/ip", Name: "iproute2"},
	{File: "/usr/sbin/nft", Name: "nftables"},
	{File: "/usr/bin/containerd", Name: "containerd"},
	{File: "/usr/sbin/runc", Name: "runc"},
	{File: "/usr/bin/man", Name: "man-db"},
	{File: "/usr/share/bash-completion/bash_completion", Name: "bash-completion"},
	{File: "/usr/bin/zsh", Name: "zsh"},
	{File: "/usr/bin/fish", Name: "fish"},
	{File: "/usr/bin/promtool", Name: "prometheus"},
}

// installPackages installs the Debian packages that are missing.
func installPackages(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, installTimeout)
	defer cancel()
	return debian.Install(ctx, debianPackages)
}

// installVenv creates a virtual environment with packages from PyPI, the arguments of
// pip install, and returns its directory.
func (l *lab) installVenv(ctx context.Context, name string, packages ...string) (string, error) {
	if err := l.packages(); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, installTimeout)
	defer cancel()
	dir := filepath.Join(l.work, "venv-"+name)
	return dir, debian.Venv(ctx, dir, packages...)
}

// buildTool builds the command under test as releases have it: static and stripped.
func (l *lab) buildTool(ctx context.Context) (string, error) {
	bin := l.file("impala-lbcheck")
	_, err := runRequired(ctx, installTimeout, []string{"CGO_ENABLED=0"}, "go", "build", "-C", l.root, "-ldflags=-s -w", "-o", bin, "./cmd/impala-lbcheck")
	return bin, err
}

// buildGohive builds the client in interop/gohive, which is a separate module.
func (l *lab) buildGohive(ctx context.Context) (string, error) {
	return l.build(ctx, filepath.Join(l.root, "interop", "gohive"), "gohive", ".")
}

func (l *lab) build(ctx context.Context, dir, name, pkg string) (string, error) {
	bin := filepath.Join(l.work, name)
	_, err := runRequired(ctx, installTimeout, nil, "go", "build", "-C", dir, "-o", bin, pkg)
	return bin, err
}

// versions returns the versions of the software that was used.
func (l *lab) versions() map[string]string {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	v := map[string]string{"pyspark": pySpark, "pyspark 4": pySpark4, "impala-shell": pyImpala, "impyla": pyImpyla, "moto": pyMoto, "awscli": pyAWS, "envoy": pyEnvoy,
		"impyla older": impyla18[0], "dbt": dbt[0], "hive": hiveVersion, "hive-jdbc": jdbcVersion, "kubernetes-validate": pyKubernetes}
	for name, argv := range map[string][]string{
		"haproxy":        {"haproxy", "-v"},
		"nginx":          {"nginx", "-v"},
		"java":           {"java", "-version"},
		"krb5-kdc":       {"dpkg-query", "-W", "-f", "${Version}", "krb5-kdc"},
		"cyrus-sasl":     {"dpkg-query", "-W", "-f", "${Version}", "sasl2-bin"},
		"containerd":     {"containerd", "--version"},
		"runc":           {"runc", "--version"},
		"kustomize":      {filepath.Join(l.work, "kustomize"), "version"},
		"openldap":       {"dpkg-query", "-W", "-f", "${Version}", "slapd"},
		"prometheus":     {"dpkg-query", "-W", "-f", "${Version}", "prometheus"},
		"python":         {debian.Python, "--version"},
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
