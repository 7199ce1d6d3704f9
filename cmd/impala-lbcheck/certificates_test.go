package main

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// secured is a cluster with TLS, and the flags to reach it, its authorities written to
// a directory of its own.
func secured(t *testing.T, faults ...string) (c *simcluster.Cluster, flags []string, dir string) {
	t.Helper()
	c, dir = cluster(t, simcluster.Config{Coordinators: 2, TLS: true}, faults...), t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	write(t, ca, string(c.CA()))
	return c, []string{"--tls", "--ca-cert", ca, "--server-name", clusterHost, "--timeout", "20s", "--quiet"}, dir
}

// on is a command against all nodes of a cluster.
func on(scenario string, c *simcluster.Cluster, flags []string, more ...string) []string {
	args := []string{scenario}
	for _, n := range c.Nodes() {
		args = append(args, n.String())
	}
	return append(append(args, flags...), more...)
}

func TestExpectIssuerAndRoot(t *testing.T) {
	t.Parallel()
	c, flags, _ := secured(t)
	for name, tc := range map[string]struct {
		args []string
		code int
		want string
	}{
		"an organization":             {[]string{"--expect-issuer", "O=Amazon"}, exitPass, "the issuer is CN=Simulated Server CA,O=Amazon,C=US"},
		"the line of openssl of old":  {[]string{"--expect-issuer", "issuer= /C=US/O=Amazon/CN=Simulated Server CA"}, exitPass, "the issuer is"},
		"the line of openssl now":     {[]string{"--expect-issuer", "issuer=C = US, O = Amazon, CN = Simulated Server CA"}, exitPass, "the issuer is"},
		"another one, pasted":         {[]string{"--expect-issuer", "issuer= /C=US/O=Another"}, exitFail, "without O=Another"},
		"no attribute":                {[]string{"--expect-issuer", "Amazon"}, exitUsage, `impala-lbcheck: --expect-issuer (expect.tls.issuer): "Amazon" is no attribute such as O=Amazon`},
		"an attribute that is none":   {[]string{"--expect-issuer", "Org=Amazon"}, exitUsage, `"Org" is no attribute of a name`},
		"nothing behind the label":    {[]string{"--expect-issuer", "issuer="}, exitUsage, `"" is no attribute`},
		"the suggestion":              {nil, exitPass, "--expect-issuer 'O=Amazon'"},
		"the root":                    {[]string{"--expect-root", "CN=Simulated Root CA"}, exitPass, "the root is CN=Simulated Root CA,O=Example Trust,C=US"},
		"the root, as a pasted line":  {[]string{"--expect-root", "subject=C = US, O = Example Trust, CN = Simulated Root CA"}, exitPass, "the root is"},
		"another root":                {[]string{"--expect-root", "CN=Amazon Root CA 1"}, exitFail, "without CN=Amazon Root CA 1"},
		"a root that is no attribute": {[]string{"--expect-root", "Amazon"}, exitUsage, "--expect-root (expect.tls.root): "},
	} {
		for _, scenario := range []string{"tls", "smoke"} {
			t.Run(name+", "+scenario, func(t *testing.T) {
				t.Parallel()
				more := tc.args
				if scenario == "smoke" {
					more = append([]string{"--sessions", "30", "--burst", "0"}, more...)
				}
				stdout, stderr, code := call(t, on(scenario, c, flags, more...)...)
				all := strings.Join(strings.Fields(stdout+stderr), " ")
				if code != tc.code || !strings.Contains(all, tc.want) {
					t.Errorf("exit %d, want %d with %q\n%s%s", code, tc.code, tc.want, stdout, stderr)
				}
				if code == exitUsage && strings.Count(stderr, "\n") != 1 {
					t.Errorf("want one line: %q", stderr)
				}
			})
		}
	}
}

func TestTLS_Faults(t *testing.T) {
	t.Parallel()
	const authority = "the intermediate certificate CN=Simulated Server CA,O=Amazon,C=US expire"
	for _, tc := range []struct {
		fault string
		more  []string
		code  int
		want  []string
	}{
		{"expired-intermediate", nil, exitFail, []string{"FAIL: 127.0.0.2", authority + "d on", "(tls.expiry)"}},
		{"expired-intermediate@2", nil, exitFail, []string{"FAIL: 127.0.0.3", authority + "d on", "tls.same-on-all-nodes"}},
		{"expiring-intermediate", []string{"--expect-days-left", "30"}, exitFail, []string{authority + "s on", "in 2 days; the minimum is 30 days"}},
		{"expiring-intermediate", []string{"--expect-days-left", "1"}, exitPass, []string{"the first to expire has 2 days left", "see the note on tls.expiry"}},
		{"expired-root", nil, exitFail, []string{"the root certificate CN=Simulated Root CA of Old,O=Example Trust,C=US expired on"}},
		{"unneeded-expired", nil, exitPass, []string{"is not needed", "see the note on tls.expiry"}},
		{"weak-key", nil, exitFail, []string{"the key is RSA 1024", "(tls.strength)"}},
		{"name-constraint", nil, exitFail, []string{"may not issue this certificate", "impala.example.com"}},
		{"long-chain", nil, exitFail, []string{"too long: 301 certificates"}},
		{"client-certificate@2", nil, exitInconclusive, []string{"127.0.0.3", "showed its certificate and then ended the connection", "--client-cert"}},
	} {
		t.Run(strings.Join(append([]string{tc.fault}, tc.more...), " "), func(t *testing.T) {
			t.Parallel()
			c, flags, _ := secured(t, tc.fault)
			stdout, stderr, code := call(t, on("tls", c, flags, tc.more...)...)
			all := strings.Join(strings.Fields(stdout), " ")
			for _, want := range tc.want {
				if code != tc.code || !strings.Contains(all, want) {
					t.Errorf("exit %d, want %d with %q\n%s%s", code, tc.code, want, stdout, stderr)
				}
			}
		})
	}
}

func TestIncompleteChain_NamesBothCauses(t *testing.T) {
	t.Parallel()
	c, flags, _ := secured(t, "no-intermediate")
	for name, tc := range map[string]struct {
		flags []string
		first string // fix
	}{
		"with authorities of one's own": {flags, "next: install the intermediate certificate"},
		"with the system's":             {[]string{"--tls", "--server-name", clusterHost, "--quiet"}, "next: trust the issuer, if it is a root of your own (--ca-cert)"},
	} {
		stdout, _, code := call(t, on("tls", c, tc.flags)...)
		all := strings.Join(strings.Fields(stdout), " ")
		for _, want := range []string{"Its issuer is CN=Simulated Server CA,O=Amazon,C=US: an intermediate certificate that the server left out, or a root that is not trusted", tc.first} {
			if code != exitFail || !strings.Contains(all, want) {
				t.Errorf("%s: exit %d, want %q\n%s", name, code, want, stdout)
			}
		}
	}
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	c, flags, dir := secured(t, "client-certificate")
	other, _, _ := secured(t)
	file := func(name string) string { return filepath.Join(dir, name) }
	both, foreign := clientCertificate(t, c), clientCertificate(t, other)
	cert, key := both[:strings.Index(both, "-----BEGIN PRIVATE KEY")], both[strings.Index(both, "-----BEGIN PRIVATE KEY"):]
	for name, text := range map[string]string{
		"client.pem": both, "cert.pem": cert, "key.pem": key, "foreign.pem": foreign, "open.pem": key,
		"encrypted.pem": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "empty.pem": "",
	} {
		write(t, file(name), text)
		if err := os.Chmod(file(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, tc := range map[string]struct {
		cert, key string
		smoke     int
		tls       int
		want      string
	}{
		"a good one":               {"cert.pem", "key.pem", exitPass, exitPass, "PASS"},
		"both in one file":         {"client.pem", "client.pem", exitPass, exitPass, "PASS"},
		"none":                     {"", "", exitUnmeasured, exitInconclusive, "--client-cert"},
		"of another authority":     {"foreign.pem", "foreign.pem", exitUnmeasured, exitInconclusive, "the listener refuses the client certificate"},
		"a key of another one":     {"cert.pem", "foreign.pem", exitUsage, exitUsage, "private key does not match public key"},
		"the certificate alone":    {"cert.pem", "", exitUsage, exitUsage, "--client-key"},
		"the key alone":            {"", "key.pem", exitUsage, exitUsage, "--client-cert"},
		"a key that is encrypted":  {"cert.pem", "encrypted.pem", exitUsage, exitUsage, "the key is encrypted"},
		"a file without a key":     {"cert.pem", "empty.pem", exitUsage, exitUsage, "no key in it"},
		"a file without a cert":    {"empty.pem", "key.pem", exitUsage, exitUsage, "no certificate in it"},
		"a key for others to read": {"cert.pem", "open.pem", exitUsage, exitUsage, "chmod 600"},
	} {
		for scenario, want := range map[string]int{"smoke": tc.smoke, "tls": tc.tls} {
			t.Run(name+", "+scenario, func(t *testing.T) {
				t.Parallel()
				if tc.key == "open.pem" {
					showToOthers(t, file(tc.key))
				}
				var more []string
				if tc.cert != "" {
					more = append(more, "--client-cert", file(tc.cert))
				}
				if tc.key != "" {
					more = append(more, "--client-key", file(tc.key))
				}
				if scenario == "smoke" {
					more = append(more, "--sessions", "30", "--burst", "0")
				}
				out := filepath.Join(t.TempDir(), "r.json")
				stdout, stderr, code := call(t, on(scenario, c, flags, append(more, "--out", out)...)...)
				all := strings.Join(strings.Fields(stdout+stderr), " ")
				if code != want || !strings.Contains(all, tc.want) {
					t.Errorf("exit %d, want %d with %q\n%s%s", code, want, tc.want, stdout, stderr)
				}
				stored, _ := os.ReadFile(out)
				if block, _ := pem.Decode([]byte(key)); strings.Contains(all+string(stored), strings.Fields(key)[3]) || block == nil {
					t.Error("the key is shown")
				}
			})
		}
	}
}

// clientCertificate is one that a cluster issued, and its key.
func clientCertificate(t *testing.T, c *simcluster.Cluster) string {
	t.Helper()
	text, err := c.ClientCertificate("ann")
	if err != nil {
		t.Fatal(err)
	}
	if block, _ := pem.Decode(text); block == nil {
		t.Fatal("no PEM")
	} else if _, err := x509.ParseCertificate(block.Bytes); err != nil {
		t.Fatal(err)
	}
	return string(text)
}
