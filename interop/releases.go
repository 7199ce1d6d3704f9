//go:build linux

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

// Older releases of Impala's clients, and clients made from impyla.
var (
	impyla18 = []string{"impyla[kerberos]==0.18.0", "sqlalchemy==1.4.54"}
	dbt      = []string{"dbt-impala==1.11.2"}
)

// unavailable is the reason why a proof cannot be tried on this machine, whatever our
// software does. It is NOT PROVEN, but no failure.
type unavailable string

func (u unavailable) Error() string { return string(u) }

// installOldShell creates the virtual environment of a release of impala-shell whose own
// dependencies need Python 2.7 (3.4.0 itself does); Debian 12 has none.
func (l *lab) installOldShell(ctx context.Context, version string) (string, error) {
	python, err := python27(version)
	if err != nil {
		return "", err
	}
	// The last virtualenv that creates environments of Python 2.7.
	creator, err := l.installVenv(ctx, "virtualenv", "virtualenv==20.21.1")
	if err != nil {
		return "", err
	}
	dir := l.file("venv-shell-" + version)
	complete := filepath.Join(dir, "complete")
	if _, err := os.Stat(complete); err == nil {
		return dir, nil
	}
	if _, err := runRequired(ctx, installTimeout, nil, creator+"/bin/virtualenv", "--quiet", "--clear", "-p", python, dir); err != nil {
		return "", err
	}
	if _, err := runRequired(ctx, installTimeout, nil, dir+"/bin/pip", "install", "--quiet", "impala-shell=="+version); err != nil {
		return "", err
	}
	return dir, os.WriteFile(complete, nil, 0o644)
}

// python27 finds a Python 2.7 in PATH or among pyenv's.
func python27(version string) (string, error) {
	home, _ := os.UserHomeDir()
	found, _ := filepath.Glob(filepath.Join(home, ".pyenv", "versions", "2.7.*", "bin", "python2.7"))
	if path, err := exec.LookPath("python2.7"); err == nil && exec.Command(path, "--version").Run() == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", unavailable("impala-shell " + version + " needs Python 2.7 or packages that do, and Debian 12 has none")
	}
	return found[0], nil
}

// isUnavailable tells whether a proof could not be tried.
func isUnavailable(err error) bool {
	var u unavailable
	return errors.As(err, &u)
}
