package main

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// secretLogin is a login with a marked secret, and what becomes of it.
type secretLogin struct {
	files map[string]string // to be written, by name; an argument {name} is its path
	args  []string
	want  int
	forms []string // of the secret; nil: those of marked
}

// TestSecrets_AreNowhere runs every mechanism, at the most verbose, through success and
// failure, and looks for its secret in all that comes out, and in the command line of
// every process.
func TestSecrets_AreNowhere(t *testing.T) {
	t.Parallel()
	for name, c := range secretLogins(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := func(name string) string { return filepath.Join(dir, name) }
			args := []string{
				"smoke", "--sessions", "40", "--burst", "2", "--explain", "--timeout", "20s",
				"--out", file("r.json"), "--out", file("r.xml"), "--observations", file("o.jsonl"),
			}
			for _, arg := range c.args {
				for name := range c.files {
					arg = strings.ReplaceAll(arg, "{"+name+"}", file(name))
				}
				args = append(args, strings.ReplaceAll(arg, "{leaks}", file("leaks")))
			}
			for name, text := range c.files {
				write(t, file(name), text)
			}
			stdout, stderr, code := call(t, args...)
			if code != c.want {
				t.Errorf("exit %d, want %d\n%s%s", code, c.want, stdout, stderr)
			}
			found := map[string]string{"stdout": stdout, "stderr": stderr}
			for _, name := range []string{"r.json", "r.xml", "o.jsonl", "leaks"} {
				if b, err := os.ReadFile(file(name)); err == nil {
					found[name] = string(b)
				}
			}
			for where, text := range found {
				for _, form := range c.forms {
					if strings.Contains(text, form) {
						t.Errorf("the secret is in %s:\n%s", where, text)
					}
				}
			}
			if found["leaks"] != "" {
				t.Errorf("the secret is in the command line of %s", found["leaks"])
			}
		})
	}
}

// forms are how a secret can be written.
func forms(secret string) []string {
	return []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)), hex.EncodeToString([]byte(secret))}
}

// lookingFor is a command that prints a file, once it has looked for its content among
// the arguments of every process.
func lookingFor(name string) string {
	return "grep -F -l -f {" + name + "} /proc/[0-9]*/cmdline >{leaks} 2>/dev/null; cat {" + name + "}"
}

func secretLogins(t *testing.T) map[string]secretLogin {
	t.Helper()
	all := map[string]secretLogin{}
	for name, c := range basicLogins(t) {
		all["Basic, "+name] = c
	}
	for name, c := range tokenLogins(t) {
		all["a token, "+name] = c
	}
	for name, c := range ticketLogins(t) {
		all["Kerberos, "+name] = c
	}
	return all
}

func basicLogins(t *testing.T) map[string]secretLogin {
	cl := cluster(t, simcluster.Config{HTTP: true, Auth: simcluster.AuthLDAP, Users: map[string]string{"u": marked}})
	login := func(password string, more ...string) secretLogin {
		args := []string{cl.HTTPNodes()[0].String(), "--protocol", "hs2-http", "--auth", "ldap", "--user", "u", "--allow-cleartext-auth"}
		return secretLogin{map[string]string{"pw": password}, append(args, more...), exitPass, append(forms(password), forms("u:"+password)...)}
	}
	refused := login(marked+"x", "--password-file", "{pw}")
	refused.want = exitUnmeasured
	return map[string]secretLogin{
		"accepted":                 login(marked, "--password-file", "{pw}"),
		"accepted, from a command": login(marked, "--password-command", lookingFor("pw")),
		"refused":                  refused,
	}
}

func tokenLogins(t *testing.T) map[string]secretLogin {
	issuer, err := simcluster.NewTokenIssuer()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := issuer.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Token("alice", time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	cl := cluster(t, simcluster.Config{HTTP: true, Auth: simcluster.AuthJWT, JWKS: keys})
	login := func(token string, want int, more ...string) secretLogin {
		args := []string{cl.HTTPNodes()[0].String(), "--protocol", "hs2-http", "--auth", "jwt", "--allow-cleartext-auth"}
		return secretLogin{map[string]string{"token": token}, append(args, more...), want, append(forms(token), strings.Split(token, ".")[1:]...)}
	}
	forged := strings.TrimRight(token, "abcdefgh") + "AAAA"
	return map[string]secretLogin{
		"accepted":                 login(token, exitPass, "--token-file", "{token}"),
		"accepted, from a command": login(token, exitPass, "--token-command", lookingFor("token")),
		"refused":                  login(forged, exitUnmeasured, "--token-file", "{token}"),
		"that is none":             login(marked, exitUnmeasured, "--token-file", "{token}"),
		"that cannot be sent":      login(marked+" "+marked, exitUsage, "--token-file", "{token}"),
		"of two lines":             login(marked+"\n"+marked, exitUsage, "--token-file", "{token}"),
		"a command that leaks":     login(marked, exitUsage, "--token-command", "cat {token} >&2; exit 1"),
	}
}

// ticketLogins are those by a password, and by a keytab, of which the key is the secret.
func ticketLogins(t *testing.T) map[string]secretLogin {
	kdc, err := simkdc.Start(simkdc.Config{Realm: demoRealm})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kdc.Close(); err != nil {
			t.Error(err)
		}
	})
	const service = "impala/lb.example.com"
	for _, err := range []error{kdc.AddUser("alice", marked), kdc.AddService(service)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	cl := cluster(t, simcluster.Config{HTTP: true, Auth: simcluster.AuthKerberos, Keytab: kdc.Keytab(service)})
	keytab := string(kdc.Keytab("alice"))
	login := func(node string, password string, want int, more ...string) secretLogin {
		args := []string{node, "--auth", "kerberos", "--krb5-conf", "{krb5.conf}", "--kerberos-host-fqdn", "lb.example.com", "--principal", "alice"}
		files := map[string]string{"krb5.conf": kdc.Krb5Conf(), "pw": password, "keytab": keytab}
		key := keytab[len(keytab)-16:]
		return secretLogin{files, append(args, more...), want, slices.Concat(forms(password), forms(key))}
	}
	binary, http := cl.Nodes()[0].String(), cl.HTTPNodes()[0].String()
	elsewhere := login(binary, marked, exitUnmeasured, "--password-file", "{pw}")
	elsewhere.args = append(elsewhere.args, "--kerberos-service-name", "other")
	return map[string]secretLogin{
		"by password":                 login(binary, marked, exitPass, "--password-file", "{pw}"),
		"by password, from a command": login(binary, marked, exitPass, "--password-command", lookingFor("pw")),
		"by password, over HTTP":      login(http, marked, exitPass, "--protocol", "hs2-http", "--password-file", "{pw}"),
		"by a wrong password":         login(binary, marked+"x", exitUnmeasured, "--password-file", "{pw}"),
		"by keytab":                   login(binary, marked, exitPass, "--keytab", "{keytab}"),
		"for no such service":         elsewhere,
		"with a keytab as the cache":  login(binary, marked, exitUnmeasured, "--ccache", "{keytab}"),
	}
}

// A panic prints what it is given.
func TestSecrets_FormatShowsNothing(t *testing.T) {
	t.Parallel()
	with := secrets{
		password: marked, webPassword: marked, token: marked,
		kerberos: hs2client.KerberosLogin{Password: marked, Keytab: []byte(marked), CCache: []byte(marked)},
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		for _, v := range []any{with, &with} {
			if text := fmt.Sprintf(format, v); strings.Contains(text, marked) || strings.Contains(text, hex.EncodeToString([]byte(marked))) {
				t.Errorf("%s: %s", format, text)
			}
		}
	}
}
