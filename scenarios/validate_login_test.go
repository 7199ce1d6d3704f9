package scenarios_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func overHTTP(s *scenarios.Scenario) { s.Target.Protocol = scenarios.ProtocolHS2HTTP }

// login returns what sets the login of a scenario over TLS.
func login(a scenarios.Auth) func(*scenarios.Scenario) {
	return func(s *scenarios.Scenario) { s.Auth, s.TLS.Enabled = a, true }
}

// both sets one after the other.
func both(sets ...func(*scenarios.Scenario)) func(*scenarios.Scenario) {
	return func(s *scenarios.Scenario) {
		for _, set := range sets {
			set(s)
		}
	}
}

func TestValidate_NamesWhatIsWrongWithALogin(t *testing.T) {
	t.Parallel()
	kerberos, jwt := scenarios.MechanismKerberos, scenarios.MechanismJWT
	for name, c := range map[string]struct {
		set  func(*scenarios.Scenario)
		want string
	}{
		"ldap without a user":           {login(scenarios.Auth{Mechanism: "ldap"}), "auth.user: a login with ldap needs a user name; set auth.user"},
		"a password in cleartext":       {func(s *scenarios.Scenario) { s.Auth = scenarios.Auth{Mechanism: "ldap", User: "u"} }, "auth.mechanism: ldap would send the password in cleartext, since TLS is off; set tls.enabled: true or auth.allow_cleartext: true"},
		"a token in cleartext":          {both(func(s *scenarios.Scenario) { s.Auth.Mechanism = jwt }, overHTTP), "auth.mechanism: jwt would send the token in cleartext, since TLS is off; set tls.enabled: true or auth.allow_cleartext: true"},
		"two sources of a password":     {login(scenarios.Auth{Mechanism: "ldap", User: "u", PasswordFile: "f", PasswordCommand: "c"}), "auth.password_command: auth.password_file is set, too; set one of the two"},
		"two sources of a token":        {both(login(scenarios.Auth{Mechanism: jwt, TokenFile: "f", TokenCommand: "c"}), overHTTP), "auth.token_command: auth.token_file is set, too; set one of the two"},
		"a password that nothing uses":  {func(s *scenarios.Scenario) { s.Auth.PasswordFile = "f" }, "auth.mechanism: a password is given, but no login that uses it; set auth.mechanism: ldap"},
		"a password beside a token":     {both(login(scenarios.Auth{Mechanism: jwt, PasswordFile: "f"}), overHTTP), "auth.mechanism: a password is given, but no login that uses it; set auth.mechanism: ldap"},
		"a token that nothing uses":     {func(s *scenarios.Scenario) { s.Auth.TokenCommand = "c" }, "auth.mechanism: a token is given, but no login that uses it; set auth.mechanism: jwt"},
		"a token without HTTP":          {login(scenarios.Auth{Mechanism: jwt}), "auth.mechanism: jwt is a login over HTTP alone; set target.protocol: hs2-http"},
		"a user beside a token":         {both(login(scenarios.Auth{Mechanism: jwt, User: "u"}), overHTTP), "auth.user: with jwt the token says who logs in; remove it"},
		"a user beside a ticket":        {login(scenarios.Auth{Mechanism: kerberos, User: "alice"}), "auth.user: with kerberos the principal is who logs in; set auth.principal: alice"},
		"a keytab that nothing uses":    {login(scenarios.Auth{Keytab: "f"}), "auth.keytab: needs a login with Kerberos; set auth.mechanism: kerberos"},
		"a protection of no login":      {login(scenarios.Auth{KerberosQOP: "auth"}), "auth.kerberos_qop: needs a login with Kerberos; set auth.mechanism: kerberos"},
		"a Kerberos password of nobody": {login(scenarios.Auth{Mechanism: kerberos, PasswordFile: "f"}), "auth.principal: a password is given, but not whose it is; set auth.principal"},
		"a keytab and a cache":          {login(scenarios.Auth{Mechanism: kerberos, Principal: "p", Keytab: "f", CCache: "c"}), "auth.ccache: auth.keytab is set, too; set one of the two"},
		"a keytab and a password":       {login(scenarios.Auth{Mechanism: kerberos, Principal: "p", Keytab: "f", PasswordCommand: "c"}), "auth.keytab: a password is given, too; give one of the two"},
		"a cache and a password":        {login(scenarios.Auth{Mechanism: kerberos, Principal: "p", CCache: "f", PasswordCommand: "c"}), "auth.ccache: a password is given, too; give one of the two"},
		"a protection over HTTP":        {both(login(scenarios.Auth{Mechanism: kerberos, KerberosQOP: "auth-int"}), overHTTP), "auth.kerberos_qop: over HTTP, Kerberos protects no messages; set auth.kerberos_qop: auth or tls.enabled: true"},
		"a ticket for an address": {both(login(scenarios.Auth{Mechanism: kerberos}), func(s *scenarios.Scenario) { s.Target.Endpoints = []string{"lb", "10.0.0.1:21050"} }),
			"auth.kerberos_host: 10.0.0.1 is an address, and a Kerberos ticket is for a name: which full name of the balancer do the coordinators have a key for?; set auth.kerberos_host: impala.example.com"},
		"a ticket for an IPv6 address": {both(login(scenarios.Auth{Mechanism: kerberos}), func(s *scenarios.Scenario) { s.Target.Endpoints = []string{"[::1]"} }),
			"auth.kerberos_host: ::1 is an address, and a Kerberos ticket is for a name: which full name of the balancer do the coordinators have a key for?; set auth.kerberos_host: impala.example.com"},
		"an address as the service's host": {login(scenarios.Auth{Mechanism: kerberos, KerberosHost: "10.0.0.1"}), "auth.kerberos_host: must be the name in the service's principal, and no address"},
		"a realm in the service's host":    {login(scenarios.Auth{Mechanism: kerberos, KerberosHost: "lb.example.com@EXAMPLE.COM"}), "auth.kerberos_host: must be the host alone, such as impala.example.com"},
		"a host in the service's name":     {login(scenarios.Auth{Mechanism: kerberos, KerberosService: "impala/lb"}), "auth.kerberos_service: must be the first part of the principal alone, such as impala"},
		"a colon in the user of Basic": {both(func(s *scenarios.Scenario) {
			s.Auth = scenarios.Auth{Mechanism: "ldap", User: "a:b"}
			s.TLS.Enabled = true
		}, overHTTP), "auth.user: a user of HTTP's Basic login has no colon"},
		"delegation to two lines": {login(scenarios.Auth{Mechanism: kerberos, Delegate: "b\nc"}), "auth.delegate: has a control character"},
		"delegation over Beeswax": {func(s *scenarios.Scenario) { s.Auth.Delegate, s.Target.Protocol = "bob", scenarios.ProtocolBeeswax }, "auth.delegate: Beeswax knows no delegation; set target.protocol: hs2"},

		"a path without HTTP":       {func(s *scenarios.Scenario) { s.Target.HTTPPath = "p" }, "target.http_path: needs HS2 over HTTP; set target.protocol: hs2-http"},
		"a header without HTTP":     {func(s *scenarios.Scenario) { s.Target.HTTPHeaders = []string{"A: b"} }, "target.http_headers: needs HS2 over HTTP; set target.protocol: hs2-http"},
		"a connection without HTTP": {func(s *scenarios.Scenario) { s.Target.HTTPConnection = "call" }, "target.http_connection: needs HS2 over HTTP; set target.protocol: hs2-http"},
		"100 Continue without HTTP": {func(s *scenarios.Scenario) { s.Target.HTTPExpect = true }, "target.http_expect: needs HS2 over HTTP; set target.protocol: hs2-http"},
		"a path with a host":        {path("https://lb/cliservice"), "target.http_path: must be the path alone, without scheme and host, such as gateway/default/impala"},
		"a path with a blank":       {path("a b"), "target.http_path: has a character that must be written as %XX"},
		"a path with a line":        {path("a\r\nHost:"), "target.http_path: has a character that must be written as %XX"},
		"a path with a fragment":    {path("a#b"), "target.http_path: must have no fragment"},
		"a path that is too long":   {path(strings.Repeat("a", 4097)), "target.http_path: has more than 4096 bytes"},
		"no header":                 {headers("X"), `target.http_headers: "X" is no header; write 'Name: value'`},
		"a header of no name":       {headers(": b"), `target.http_headers: ": b" is no header; write 'Name: value'`},
		"a header with a blank":     {headers("X Y: b"), `target.http_headers: "X Y: b" is no header; write 'Name: value'`},
		"a header of two lines":     {headers("X: b\r\nY: c"), "target.http_headers: X has a control character in its value"},
		"a login as a header":       {headers("authorization: Basic x"), "target.http_headers: authorization is written by the client itself; logins are settings of auth"},
		"too many headers":          {headers(make([]string, 65)...), "target.http_headers: there are 65 headers, and 64 at most"},
		"a header that is too long": {headers("X: " + strings.Repeat("a", 8<<10)), "target.http_headers: X has more than 8192 bytes"},
		"headers that are too long": {headers(slices.Repeat([]string{"X: " + strings.Repeat("a", 8000)}, 5)...), "target.http_headers: have more than 32768 bytes together"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := runnable()
			c.set(&s)
			var invalid *scenarios.InvalidError
			if err := s.Validate(); !errors.As(err, &invalid) || err.Error() != c.want {
				t.Errorf("\n got %v\nwant %s", err, c.want)
			}
		})
	}
}

func path(p string) func(*scenarios.Scenario) {
	return both(overHTTP, func(s *scenarios.Scenario) { s.Target.HTTPPath = p })
}

func headers(h ...string) func(*scenarios.Scenario) {
	return both(overHTTP, func(s *scenarios.Scenario) { s.Target.HTTPHeaders = h })
}

func TestValidate_AcceptsLogins(t *testing.T) {
	t.Parallel()
	kerberos := scenarios.MechanismKerberos
	for name, set := range map[string]func(*scenarios.Scenario){
		"ldap over HTTP":                  both(login(scenarios.Auth{Mechanism: "ldap", User: "u", PasswordFile: "f"}), overHTTP),
		"a token over HTTPS":              both(login(scenarios.Auth{Mechanism: "jwt", TokenCommand: "c"}), overHTTP),
		"a token in cleartext, if meant":  both(overHTTP, func(s *scenarios.Scenario) { s.Auth = scenarios.Auth{Mechanism: "jwt", AllowCleartext: true} }),
		"Kerberos sends no secret":        func(s *scenarios.Scenario) { s.Auth.Mechanism = kerberos },
		"Kerberos over HTTP without TLS":  both(overHTTP, func(s *scenarios.Scenario) { s.Auth.Mechanism = kerberos }),
		"Kerberos over Beeswax":           func(s *scenarios.Scenario) { s.Auth.Mechanism, s.Target.Protocol = kerberos, scenarios.ProtocolBeeswax },
		"an address, and the name for it": both(login(scenarios.Auth{Mechanism: kerberos, KerberosHost: "lb.example.com"}), func(s *scenarios.Scenario) { s.Target.Endpoints = []string{"10.0.0.1"} }),
		"Kerberos by password":            login(scenarios.Auth{Mechanism: kerberos, Principal: "alice@EXAMPLE.COM", PasswordFile: "f"}),
		"messages that are encrypted":     login(scenarios.Auth{Mechanism: kerberos, KerberosQOP: "auth-conf"}),
		"delegation":                      login(scenarios.Auth{Mechanism: "ldap", User: "hue", Delegate: "bob"}),
		"the path of a gateway":           path("/gateway/default/impala?x=%20y"),
		"a header with colons":            headers("X-Forwarded-For: 2001:db8::1", "X-Empty:"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := runnable()
			set(&s)
			if err := s.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

// What a command is may hold a secret, so that no result stores it.
func TestAuth_StoresNoCommand(t *testing.T) {
	t.Parallel()
	s := runnable()
	s.Auth = scenarios.Auth{PasswordCommand: "echo hunter2", TokenCommand: "echo hunter2"}
	stored, err := json.Marshal(s)
	if err != nil || strings.Contains(string(stored), "hunter2") || strings.Count(string(stored), "(not stored)") != 2 {
		t.Errorf("stored as %s, %v", stored, err)
	}
}
