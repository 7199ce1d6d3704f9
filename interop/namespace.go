//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// namespace is a network namespace that has only a loopback device, so that faults
// of connections and ports do not affect others.
type namespace string

// ipTimeout limits a command for a namespace.
const ipTimeout = 10 * time.Second

// namespacePrefix is the prefix of our namespaces' names; our pid follows.
const namespacePrefix = "impala-lbcheck-"

// newNamespace creates a namespace and deletes those of runs that were killed. part
// is the end of its name.
func (l *lab) newNamespace(ctx context.Context, part string) (namespace, error) {
	if err := l.packages(); err != nil {
		return "", err
	}
	if err := deleteStaleNamespaces(ctx); err != nil {
		return "", err
	}
	n := namespace(fmt.Sprintf("%s%d-%s", namespacePrefix, os.Getpid(), part))
	if _, err := runRequired(ctx, ipTimeout, nil, "ip", "netns", "add", string(n)); err != nil {
		return "", err
	}
	if _, err := runRequired(ctx, ipTimeout, nil, "ip", "-n", string(n), "link", "set", "lo", "up"); err != nil {
		n.delete()
		return "", err
	}
	return n, nil
}

// delete removes the namespace. The kernel keeps it until its last process ends.
func (n namespace) delete() { deleteNamespace(string(n)) }

func deleteNamespace(name string) {
	runRequired(context.Background(), ipTimeout, nil, "ip", "netns", "delete", name) // best effort
}

// execPrefix returns the command that executes another one in the namespace.
func (n namespace) execPrefix() []string { return []string{"ip", "netns", "exec", string(n)} }

// run runs a command in the namespace and returns its stdout.
func (n namespace) run(ctx context.Context, argv ...string) ([]byte, error) {
	return runRequired(ctx, ipTimeout, nil, append(n.execPrefix(), argv...)...)
}

// deleteStaleNamespaces deletes our namespaces whose process no longer exists.
func deleteStaleNamespaces(ctx context.Context) error {
	list, err := runRequired(ctx, ipTimeout, nil, "ip", "netns", "list")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(list)) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		rest, ours := strings.CutPrefix(name, namespacePrefix)
		pid, _, _ := strings.Cut(rest, "-")
		if _, err := os.Stat("/proc/" + pid); ours && os.IsNotExist(err) {
			deleteNamespace(name)
		}
	}
	return nil
}
