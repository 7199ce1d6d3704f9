package doctor

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// way is a cell that works, with what the lines of clients need of the settings.
type way struct {
	Cell
	host    string
	s       scenarios.Scenario
	service string // of Kerberos: the first part of the service's principal
	fqdn    string // its second part
	realm   string
	path    string // over HTTP
}

// lines are how clients connect, for every way that works. No line has a secret: a
// password is asked for, or named by its file.
func lines(s Seen, flag func(vocab.Fix) string) []Line {
	var out []Line
	for _, c := range s.Cells {
		if c.State != StateWorks {
			continue
		}
		w := newWay(s, c)
		for _, client := range []struct {
			name string
			line func(way) string
		}{{"impala-shell", way.shell}, {"JDBC", way.jdbc}, {"ODBC", way.odbc}, {"Hue", way.hue}} {
			if text := client.line(w); text != "" {
				out = append(out, Line{client.name, text})
			}
		}
		out = append(out, Line{"smoke", w.smoke(flag)})
	}
	return out
}

// smoke is a command line of ours. It names a password's file and never a command,
// which may hold a secret.
func (w way) smoke(flag func(vocab.Fix) string) string {
	s := w.s
	s.Target.Protocol, s.TLS.Enabled, s.Auth.Mechanism = w.Protocol, w.TLS, w.Login
	usual := scenarios.Default()
	if !w.TLS {
		s.TLS = usual.TLS
	}
	if w.Login == scenarios.MechanismNone {
		s.Auth = usual.Auth
	}
	s.Target = ofProtocol(s.Target)
	words := []string{"impala-lbcheck", "smoke", w.address()}
	for _, st := range scenarios.Settings() {
		value := st.Text(&s)
		if st.Name == "" || st.Repeat || !slices.Contains([]scenarios.Group{scenarios.GroupTarget, scenarios.GroupLogin, scenarios.GroupKerberos, scenarios.GroupTLS}, st.Group) || value == st.Text(&usual) {
			continue
		}
		if strings.HasSuffix(st.Key, "_command") {
			continue
		}
		words = append(words, flag(vocab.Fix{Setting: st.Key, Value: value}))
	}
	return strings.Join(words, " ")
}

func newWay(s Seen, c Cell) way {
	a, t := s.Wish.Scenario.Auth, s.Wish.Scenario.Target
	w := way{Cell: c, host: s.Host, s: s.Wish.Scenario, service: a.KerberosServiceName(), fqdn: a.KerberosHostOf(s.Host), realm: "REALM", path: cmp.Or(t.HTTPPath, vocab.DefaultHTTPPath)}
	if _, realm, ok := strings.Cut(a.Principal, "@"); ok {
		w.realm = realm
	}
	return w
}

// address is host:port, with brackets where the host is IPv6.
func (w way) address() string {
	return net.JoinHostPort(w.host, strconv.Itoa(int(w.Port)))
}

// roots is the file of the authorities to trust, as the user has it.
func (w way) roots() string { return cmp.Or(w.s.TLS.CACert, "ca.pem") }

// user is who logs in.
func (w way) user() string { return cmp.Or(w.s.Auth.User, "USER") }

// shell is a command line of impala-shell. It asks for the password.
func (w way) shell() string {
	words := []string{"impala-shell", "-i", w.address()}
	if w.Protocol != vocab.ProtocolHS2 {
		words = append(words, "--protocol="+string(w.Protocol))
	}
	if w.Protocol == vocab.ProtocolHS2HTTP && w.s.Target.HTTPPath != "" {
		words = append(words, "--http_path="+usertext.ShellWord(w.path))
	}
	if w.TLS {
		words = append(words, "--ssl", "--ca_cert="+usertext.ShellWord(w.roots()))
	}
	switch w.Login {
	case scenarios.MechanismLDAP:
		words = append(words, "-l", "-u", usertext.ShellWord(w.user()))
	case scenarios.MechanismKerberos:
		words = append(words, "-k", "-s", w.service)
		if w.fqdn != w.host {
			words = append(words, "-b", usertext.ShellWord(w.fqdn))
		}
	case scenarios.MechanismJWT:
		words = append(words, "-j", "--jwt_cmd='cat TOKEN_FILE'")
	}
	if !w.TLS && (w.Login == scenarios.MechanismLDAP || w.Login == scenarios.MechanismJWT) {
		words = append(words, "--auth_creds_ok_in_clear")
	}
	return strings.Join(words, " ")
}

// jdbc is a URL of Hive's driver. The password is a property of the connection.
func (w way) jdbc() string {
	if w.Protocol == vocab.ProtocolBeeswax {
		return ""
	}
	url := "jdbc:hive2://" + w.address() + "/"
	if w.Protocol == vocab.ProtocolHS2HTTP {
		url += ";transportMode=http;httpPath=" + w.path + ";cookieName=impala.auth"
	}
	if w.TLS {
		url += ";ssl=true;sslTrustStore=TRUST_STORE"
	}
	switch w.Login {
	case scenarios.MechanismNone:
		url += ";auth=noSasl"
	case scenarios.MechanismLDAP:
		url += ";user=" + w.user()
	case scenarios.MechanismKerberos:
		url += fmt.Sprintf(";principal=%s/%s@%s", w.service, w.fqdn, w.realm)
	case scenarios.MechanismJWT:
		url += ";auth=jwt"
	}
	return url
}

// odbc are keys of Cloudera's driver for Impala. The password is PWD, which it asks for.
func (w way) odbc() string {
	if w.Protocol == vocab.ProtocolBeeswax {
		return ""
	}
	keys := []string{"Host=" + w.host, fmt.Sprintf("Port=%d", w.Port)}
	if w.Protocol == vocab.ProtocolHS2HTTP {
		keys = append(keys, "ThriftTransport=2", "HTTPPath="+w.path)
	}
	if w.TLS {
		keys = append(keys, "SSL=1", "TrustedCerts="+w.roots())
	}
	switch w.Login {
	case scenarios.MechanismNone:
		keys = append(keys, "AuthMech=0")
	case scenarios.MechanismLDAP:
		keys = append(keys, "AuthMech=3", "UseSASL=1", "UID="+w.user())
	case scenarios.MechanismKerberos:
		keys = append(keys, "AuthMech=1", "KrbServiceName="+w.service, "KrbFQDN="+w.fqdn, "KrbRealm="+w.realm)
	case scenarios.MechanismJWT:
		keys = append(keys, "AuthMech=14")
	}
	return strings.Join(keys, ";")
}

// hue are settings of hue.ini, which speaks the binary protocol here.
func (w way) hue() string {
	if w.Protocol != vocab.ProtocolHS2 {
		return ""
	}
	ini := []string{"[impala]", "server_host=" + w.host, fmt.Sprintf("server_port=%d", w.Port)}
	switch w.Login {
	case scenarios.MechanismLDAP:
		ini = append(ini, "auth_username="+w.user(), "auth_password_script=SCRIPT")
	case scenarios.MechanismKerberos:
		ini = append(ini, fmt.Sprintf("impala_principal=%s/%s", w.service, w.fqdn))
	}
	if w.TLS {
		ini = append(ini, "[[ssl]]", "enabled=true", "cacerts="+w.roots(), "validate=true")
	}
	return strings.Join(ini, "\n")
}
