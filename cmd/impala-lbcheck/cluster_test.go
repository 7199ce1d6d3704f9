package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// cluster starts a cluster for one test, with the faults named.
func cluster(t *testing.T, config simcluster.Config, faults ...string) *simcluster.Cluster {
	t.Helper()
	config.Host = clusterHost
	for _, name := range faults {
		f, err := simcluster.ParseFault(name)
		if err != nil {
			t.Fatal(err)
		}
		config.Faults = append(config.Faults, f)
	}
	c, err := simcluster.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestSmoke_NoSecondLoginAfterARejection(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "good"}}, "auth-reject")
	pw := filepath.Join(t.TempDir(), "pw")
	write(t, pw, "good")
	stdout, _, code := call(t, "smoke", c.Nodes()[0].String(), c.Nodes()[1].String(), "--quiet",
		"--auth", "ldap", "--user", "u", "--password-file", pw, "--allow-cleartext-auth")
	if code != exitUnmeasured || c.Stats().Logins != 1 {
		t.Errorf("exit %d after %d logins, want %d after 1\n%s", code, c.Stats().Logins, exitUnmeasured, stdout)
	}
}

func TestSmoke_NothingFollowsARefusedCertificate(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"wrong-issuer", "expired", "not-yet", "wrong-host", "no-intermediate", "self-signed", "unknown-ca", "old-tls"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			c := cluster(t, simcluster.Config{TLS: true, Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "good"}}, fault)
			dir := t.TempDir()
			write(t, filepath.Join(dir, "pw"), "good")
			write(t, filepath.Join(dir, "ca.pem"), string(c.CA()))
			stdout, _, code := call(t, "smoke", c.Nodes()[0].String(), c.Nodes()[1].String(), "--quiet", "--tls",
				"--ca-cert", filepath.Join(dir, "ca.pem"), "--server-name", clusterHost, "--expect-issuer", "O=Amazon",
				"--auth", "ldap", "--user", "u", "--password-file", filepath.Join(dir, "pw"))
			s := c.Stats()
			if code != exitFail || s.Logins != 0 || s.BytesAfterHandshake != 0 {
				t.Errorf("exit %d, %d logins, %d bytes after the handshake: want %d, 0, 0\n%s",
					code, s.Logins, s.BytesAfterHandshake, exitFail, stdout)
			}
		})
	}
}

// A balancer that accepts and a backend that never answers, or a node that
// takes no connection at all: the command is back soon after three times its limit.
func TestSmoke_LeavesASilentBalancerAtTheLimit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config simcluster.Config
		flags  []string
		class  string
	}{
		"before the session": {simcluster.Config{}, nil, "open.timeout"},
		"before the login": {
			simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "good"}},
			[]string{"--auth", "ldap", "--user", "u", "--password-command", "echo good", "--allow-cleartext-auth"}, "sasl.timeout",
		},
		"before the handshake": {simcluster.Config{}, []string{"--tls"}, "tls.timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			hung := cluster(t, c.config, "hung")
			const limit = 2 * time.Second
			begin := time.Now()
			stdout, _, code := call(t, append([]string{"smoke", hung.Nodes()[0].String(), "--quiet", "--timeout", limit.String()}, c.flags...)...)
			took := time.Since(begin)
			if code != exitUnmeasured || !strings.Contains(stdout, c.class) || took < 3*limit || took > 5*limit { // what answers is asked then, within the limit; a busy machine may be late
				t.Errorf("exit %d after %v, want %d and %s after %v\n%s", code, took, exitUnmeasured, c.class, 3*limit, stdout)
			}
		})
	}
}

func TestSim_AnnouncesItsListeners(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal, 1)
	out := &onLine{begins: `{"listener":"beeswax","address":"127.0.0.4`, signals: signals, sig: os.Interrupt}
	code := mainCode([]string{"sim", "--direct", "--coordinators", "3"},
		env{out: out, err: os.Stderr, signals: signals})
	if code != exitPass {
		t.Errorf("exit %d", code)
	}
	lines := strings.Split(strings.TrimSpace(out.text.String()), "\n")
	if len(lines) != 6 {
		t.Fatalf("%d lines, want one per protocol and coordinator:\n%s", len(lines), out.text.String())
	}
	for i, text := range lines {
		var line listenerLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatal(err)
		}
		if line.Coordinator != line.Coordinators[i%3] || len(line.PIDs[line.Coordinator]) != 1 || !line.Address.Addr().IsLoopback() {
			t.Errorf("line %d: %s", i, text)
		}
	}
}
