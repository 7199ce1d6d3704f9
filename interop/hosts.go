//go:build linux

package main

import (
	"os"
	"strings"
)

// The addresses of lbName, which has the first two, and of threeName.
const (
	nodeOne   = "127.0.1.1"
	nodeTwo   = "127.0.1.2"
	nodeThree = "127.0.1.3"
)

// threeName is a balancer's host name with three addresses.
const threeName = "three.example.com"

const (
	hostsFile = "/etc/hosts"
	hostsMark = "# impala-lbcheck interop"
)

// addHostNames makes lbName resolve to both nodes, threeName to three and simName to
// the simulated node, until the lab is closed. It replaces the lines of a run that was
// killed.
func (l *lab) addHostNames() error {
	lines := ""
	for _, line := range []string{
		nodeOne + " " + lbName, nodeTwo + " " + lbName,
		nodeOne + " " + threeName, nodeTwo + " " + threeName, nodeThree + " " + threeName,
		simNode + " " + simName,
	} {
		lines += line + " " + hostsMark + "\n"
	}
	l.removeHostNames = func() { rewriteHosts("") }
	return rewriteHosts(lines)
}

// rewriteHosts replaces our lines in /etc/hosts. It writes in place, because in a
// container the file is a mount and cannot be replaced.
func rewriteHosts(lines string) error {
	b, err := os.ReadFile(hostsFile)
	if err != nil {
		return err
	}
	return os.WriteFile(hostsFile, []byte(replaceHostsLines(string(b), lines)), 0o644)
}

// replaceHostsLines replaces our lines in content; "" removes them.
func replaceHostsLines(content, lines string) string {
	var kept strings.Builder
	for line := range strings.Lines(content) {
		if !strings.Contains(line, hostsMark) {
			kept.WriteString(line)
		}
	}
	others := kept.String()
	if lines != "" && others != "" && !strings.HasSuffix(others, "\n") {
		others += "\n"
	}
	return others + lines
}
