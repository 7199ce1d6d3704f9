package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/doctor"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// mutePath is where sessions of a cluster are left without an answer.
type mutePath struct {
	path  string
	at    func(*testing.T) (addr string, flags []string) // a node; nil: HS2 without a login
	flags []string
	word  string // what the client says last; "": nothing is ever answered
	query bool   // it is a call of a statement
}

// onHS2 are the calls of HiveServer2, by what a client says: the name of a method.
var onHS2 = []string{"OpenSession", "PingImpalaHS2Service", "CloseSession", "ExecuteStatement", "GetOperationStatus", "FetchResults", "CloseOperation"}

// onBeeswax are those of Beeswax. The length of a name comes before it.
var onBeeswax = []string{"PingImpalaService", "query", "get_state", "fetch", "close"}

// ofStatements are those of both that a session without a statement does not make.
var ofStatements = []string{"ExecuteStatement", "GetOperationStatus", "FetchResults", "CloseOperation", "query", "get_state", "fetch", "close"}

// byHTTP and byBeeswax are protocols of sessions.
var (
	byHTTP    = []string{"--protocol", "hs2-http"}
	byBeeswax = []string{"--protocol", "beeswax"}
)

// mutePaths are the paths of a session.
func mutePaths() []mutePath {
	all := []mutePath{
		{path: "TLS handshake", at: mutely, flags: []string{"--tls"}},
		{path: "the first answer", at: mutely},
		{path: "the first answer over HTTP", at: mutely, flags: byHTTP},
		{path: "the first answer over HTTPS", at: mutely, flags: append([]string{"--tls"}, byHTTP...)},
		{path: "the first answer of Beeswax", at: mutely, flags: byBeeswax},
		{path: "SASL", at: node(withLDAP), flags: ldap, word: "PLAIN"},
		{path: "SASL of Beeswax", at: beeswaxNode(withLDAP), flags: append(ldap, byBeeswax...), word: "PLAIN"},
		{path: "TCP connect", at: func(t *testing.T) (string, []string) { return blackhole(t), nil }},
		{path: "KDC, by UDP and TCP", at: func(t *testing.T) (string, []string) {
			return peertest.Serve(t, mute), ticket(t, kdcAt(mutePort(t)))
		}},
	}
	for _, call := range onHS2 {
		query := slices.Contains(ofStatements, call)
		all = append(all,
			mutePath{path: call, word: call, query: query},
			mutePath{path: call + " over HTTP", word: call, query: query, at: httpNode(simcluster.Config{}), flags: byHTTP})
	}
	for _, call := range onBeeswax {
		word := string(rune(len(call))) + call
		all = append(all, mutePath{path: call + " of Beeswax", word: word, query: slices.Contains(ofStatements, call), at: beeswaxNode(simcluster.Config{}), flags: byBeeswax})
	}
	return all
}

// mutely is a port that never answers.
func mutely(t *testing.T) (string, []string) { return peertest.Serve(t, mute), nil }

// sessionCommands are the commands that open sessions, with flags by which they end soon.
var sessionCommands = []struct {
	command string
	flags   []string
}{
	{"smoke", []string{"--quiet", "--sessions", "4", "--burst", "2"}},
	{"spread", []string{"--quiet", "--sessions", "4", "--burst", "2"}},
	{"run", []string{"--quiet"}},
	{"tls", []string{"--quiet"}},
	{"query", []string{"--quiet", "--sql", "SELECT count(*) FROM t", "--expect-coordinators", "1"}},
	{"capacity", []string{"--quiet", "--hold", "3", "--for", "100ms"}},
	{"watch", []string{"--quiet", "--watch-for", "300ms", "--long", "1"}},
	{"idle", []string{"--quiet", "--idle-steps", "100ms,200ms", "--min-idle", "100ms"}},
	{"handle-reuse", []string{"--quiet", "--rate", "50/s"}},
	{"doctor", nil},
}

// has reports whether a command comes to the path.
func (p mutePath) has(command string) bool {
	switch command {
	case "doctor":
		return !p.query
	case "tls":
		return p.path == "TLS handshake" || p.path == "TCP connect"
	case "handle-reuse":
		return !strings.Contains(p.path, "Beeswax") // which has no handles
	}
	return true
}

// limit is how long a command may take whose sessions are left without an answer there.
func (p mutePath) limit(command string) (time.Duration, string) {
	switch {
	case command == "doctor":
		return doctor.Limit, "all of an examination"
	case strings.HasPrefix(p.path, "CloseSession"):
		return 15 * time.Second, "10 s for closes that hang, and 5 s for the last"
	}
	return 4 * patience(), "scouts and a probe, 4 x --timeout"
}

// Whatever of a session is never answered, every command that opens sessions ends.
func TestNoHang_Sessions(t *testing.T) {
	t.Parallel()
	scenario := filepath.Join(t.TempDir(), "s.yaml")
	write(t, scenario, "name: mine\nload: {sessions: 4, burst: 2}\n")
	seen := map[string]bool{}
	for _, p := range mutePaths() {
		for _, c := range sessionCommands {
			command := c.command
			b := blocked{path: p.path, command: command}
			b.limit, b.why = p.limit(command)
			if strings.HasPrefix(p.path, "CloseSession") { // which is a finding where it is most of them
				b.exits = []int{exitPass, exitFail, exitInconclusive}
			}
			covered := seen[p.path] && seen[command] // which is enough where nothing is measured
			if !p.has(command) || !measured() && (covered || command == "doctor") || !b.waits() {
				continue
			}
			seen[p.path], seen[command] = true, true
			t.Run(command+", "+p.path, func(t *testing.T) {
				t.Parallel()
				at := p.at
				if at == nil {
					at = node(simcluster.Config{})
				}
				addr, spoken := at(t)
				if p.word != "" {
					m := peertest.MuteAt(t, addr, p.word)
					addr, b.met = m.Addr, func() bool { return m.Met() > 0 }
				}
				if command == "run" {
					b.args = []string{scenario}
				}
				b.args = slices.Concat(b.args, []string{addr, "--timeout", patience().String()}, c.flags, p.flags, spoken)
				b.wait(t)
			})
		}
	}
}
