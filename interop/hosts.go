//go:build linux

package main

import (
	"os"
	"strings"
)

// The nodes of lbName: what its two A records would say.
const (
	nodeOne = "127.0.1.1"
	nodeTwo = "127.0.1.2"
)

const (
	hostsFile = "/etc/hosts"
	hostsMark = "# impala-lbcheck interop"
)

// addHostNames makes lbName resolve to both nodes and simName to the simulated
// one, until the lab is closed. Lines
// that a killed run left behind are replaced.
func (l *lab) addHostNames() error {
	ours := ""
	for _, line := range []string{nodeOne + " " + lbName, nodeTwo + " " + lbName, simNode + " " + simName} {
		ours += line + " " + hostsMark + "\n"
	}
	l.removeHostNames = func() { rewriteHosts("") }
	return rewriteHosts(ours)
}

// rewriteHosts replaces our lines. It writes in place: in a container the file
// is a mount and cannot be replaced by another.
func rewriteHosts(ours string) error {
	b, err := os.ReadFile(hostsFile)
	if err != nil {
		return err
	}
	return os.WriteFile(hostsFile, []byte(replaceHostsLines(string(b), ours)), 0o644)
}

// replaceHostsLines returns the content with other lines of ours; "" is none.
func replaceHostsLines(content, ours string) string {
	var kept strings.Builder
	for line := range strings.Lines(content) {
		if !strings.Contains(line, hostsMark) {
			kept.WriteString(line)
		}
	}
	others := kept.String()
	if ours != "" && others != "" && !strings.HasSuffix(others, "\n") {
		others += "\n"
	}
	return others + ours
}
