//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// namespace is a network of its own, with a loopback and nothing else: what is
// done to its connections and ports is done to nobody else's.
type namespace string

// ipTimeout is the longest that one command about a namespace may take.
const ipTimeout = 10 * time.Second

// namespacePrefix begins the names of all of ours; our pid follows.
const namespacePrefix = "impala-lbcheck-"

// newNamespace makes one that is told apart by part, and takes away those of
// runs that were killed.
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

// delete removes it. The kernel keeps it until its last process has ended.
func (n namespace) delete() { deleteNamespace(string(n)) }

func deleteNamespace(name string) {
	runRequired(context.Background(), ipTimeout, nil, "ip", "netns", "delete", name) // nothing can be done where it fails
}

// execPrefix is the command that execs another in the namespace.
func (n namespace) execPrefix() []string { return []string{"ip", "netns", "exec", string(n)} }

// run runs a command in it and returns what that printed.
func (n namespace) run(ctx context.Context, argv ...string) ([]byte, error) {
	return runRequired(ctx, ipTimeout, nil, append(n.execPrefix(), argv...)...)
}

// deleteStaleNamespaces removes those whose process has ended without doing so.
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
