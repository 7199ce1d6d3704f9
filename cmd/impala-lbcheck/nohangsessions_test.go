package main

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// mutePath is where sessions of a cluster are left without an answer.
type mutePath struct {
	path   string
	at     func(*testing.T) (string, []string) // a node, and how it is spoken to; nil: HS2 without a login
	flags  []string
	word   string // what the client says last; "": nothing is ever answered
	closes bool   // it is the end of a session
}

// onHS2 are the calls of HiveServer2, by what a client says: the name of a method.
var onHS2 = []string{"OpenSession", "PingImpalaHS2Service", "ExecuteStatement", "GetOperationStatus", "FetchResults", "CloseOperation", "CloseSession"}

// onBeeswax are those of Beeswax, with the length of the name before it.
var onBeeswax = []string{"\x10PingImpalaService", "\x05query", "\x09get_state", "\x05fetch", "\x05close"}

// mutePaths are the paths of a session.
func mutePaths() []mutePath {
	all := []mutePath{
		{path: "TLS handshake", at: mutely("--tls")},
		{path: "answer to the first byte", at: mutely()},
		{path: "SASL", at: node(withLDAP), flags: ldap, word: "PLAIN"},
		{path: "HTTP, answer to the first byte", at: mutely("--protocol", "hs2-http")},
	}
	for _, call := range onHS2 {
		all = append(all,
			mutePath{path: call, word: call, closes: call == "CloseSession"},
			mutePath{path: "HTTP, " + call, word: call, at: httpNode(simcluster.Config{}), flags: []string{"--protocol", "hs2-http"}, closes: call == "CloseSession"})
	}
	for _, call := range onBeeswax {
		all = append(all, mutePath{path: "Beeswax, " + call[1:], word: call, at: beeswaxNode(simcluster.Config{}), flags: []string{"--protocol", "beeswax"}})
	}
	return all
}

// mutely is a port that never answers.
func mutely(flags ...string) func(*testing.T) (string, []string) {
	return func(t *testing.T) (string, []string) { return peertest.Serve(t, mute), flags }
}

// sessionCommands are the commands that open sessions, with flags by which they end soon.
var sessionCommands = map[string][]string{
	"smoke":        {"--sessions", "4", "--burst", "2"},
	"spread":       {"--sessions", "4", "--burst", "2"},
	"tls":          {},
	"query":        {"--sql", "SELECT count(*) FROM t", "--sessions", "4"},
	"capacity":     {"--hold", "3", "--for", "100ms"},
	"watch":        {"--watch-for", "300ms", "--long", "1"},
	"idle":         {"--idle-steps", "100ms,200ms", "--min-idle", "100ms"},
	"handle-reuse": {},
	"run":          {},
	"doctor":       {},
}

func TestNoHang_Sessions(t *testing.T) {
	t.Parallel()
	scenario := filepath.Join(t.TempDir(), "s.yaml")
	write(t, scenario, "name: mine\nload: {sessions: 4, burst: 2}\n")
	for _, p := range mutePaths() {
		for command, flags := range sessionCommands {
			if command == "tls" && p.path != "TLS handshake" {
				continue // which is all that it waits for
			}
			t.Run(command+", "+p.path, func(t *testing.T) {
				t.Parallel()
				at := p.at
				if at == nil {
					at = node(simcluster.Config{})
				}
				addr, spoken := at(t)
				b := blocked{path: p.path, command: command, limit: 4 * patience(), why: "scouts and a probe, 4 x --timeout"}
				if p.word != "" {
					m := peertest.MuteAt(t, addr, p.word)
					addr, b.met = m.Addr, func() bool { return m.Met() > 0 }
				}
				if command == "run" {
					b.args = []string{scenario}
				}
				b.args = slices.Concat(b.args, []string{addr, "--timeout", patience().String()}, flags, p.flags, spoken)
				if command != "doctor" {
					b.args = append(b.args, "--quiet")
				}
				b.run(t)
			})
		}
	}
}
