//go:build unix && !noaws

package main

import (
	"path/filepath"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// startedAccount is the environment of an account of AWS, whose lb.yaml is in a directory.
func startedAccount(t *testing.T, dir string) []string {
	write(t, filepath.Join(dir, "lb.yaml"), lbfile.Init(lbfile.ClassicPage, "blue"))
	return awsEnviron(auditedAccount(t).URL(), dir)
}
