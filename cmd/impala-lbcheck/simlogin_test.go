package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// ownFile writes a file that only its owner can read.
func ownFile(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestSimLogin_Apply(t *testing.T) {
	t.Parallel()
	keys := keytab.Table{{Realm: "EXAMPLE.COM", Name: []string{"impala", "lb.example.com"}, KVNO: 1, EType: 18, Key: make([]byte, 32)}}.Marshal()
	l := simLogin{
		auth: "ldap+kerberos", user: "alice", passwordFile: ownFile(t, []byte("wonderland\n")), keytab: ownFile(t, keys),
		proxyUsers: "hue=*; bi=alice,bob", sharedKey: true,
	}
	var got simcluster.Config
	if err := l.apply(t.Context(), &got); err != nil {
		t.Fatal(err)
	}
	want := simcluster.Config{
		Auth: simcluster.AuthLDAP | simcluster.AuthKerberos, Users: map[string]string{"alice": "wonderland"}, Keytab: keys,
		ProxyUsers: map[string][]string{"hue": {"*"}, "bi": {"alice", "bob"}}, SharedCookieKey: true,
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("config %+v, want %+v", got, want)
	}
}

func TestSim_RefusesLogins(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"needs --keytab":                         {"--auth", "kerberos"},
		"--keytab: not a Kerberos keytab":        {"--auth", "kerberos", "--keytab", ownFile(t, []byte("keys"))},
		"needs --hs2-http-port":                  {"--auth", "jwt"},
		"--jwks: not a JSON Web Key Set":         {"--auth", "jwt", "--hs2-http-port", "0", "--jwks", ownFile(t, []byte("keys"))},
		"needs --password-file":                  {"--auth", "ldap+kerberos"},
		"--proxy-users hue: it must be":          {"--proxy-users", "hue"},
		"--layer7: it needs HS2 over HTTP":       {"--layer7"},
		"--sticky-cookie: it needs Layer7":       {"--sticky-cookie", "--hs2-http-port", "0"},
		"--fault login-page: it needs HS2 over":  {"--fault", "login-page"},
		"--fault wrong-keytab@1: it needs Kerbe": {"--fault", "wrong-keytab@1"},
	} {
		if _, stderr, code := call(t, append([]string{"sim"}, args...)...); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%v: exit %d, %q; want %q", args, code, stderr, want)
		}
	}
}

func TestSim_AnnouncesHTTP(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal, 1)
	out := &onLine{begins: `{"listener":"beeswax","address":"127.0.0.3`, signals: signals, sig: os.Interrupt}
	code := mainCode([]string{"sim", "--hs2-http-port", "0", "--layer7", "--sticky-cookie"}, env{out: out, err: os.Stderr, signals: signals})
	if code != exitPass || strings.Count(out.text.String(), `{"listener":"hs2-http","address":"127.0.0.`) != 2 {
		t.Errorf("exit %d\n%s", code, out.text.String())
	}
}
