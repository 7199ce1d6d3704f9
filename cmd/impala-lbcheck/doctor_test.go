package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/doctor"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// examined runs doctor and returns its report. A busy machine must not look like a
// server that is mute: cases that wait for the end of a time have a short one of their own.
func examined(t *testing.T, args ...string) (doctor.Report, int) {
	t.Helper()
	stdout, stderr, code := call(t, append([]string{"doctor", "--json", "--timeout", "20s"}, args...)...)
	var r doctor.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("exit %d, %v: %s%s", code, err, stdout, stderr)
	}
	if r.Exit != code {
		t.Errorf("exit %d, and %d in the report", code, r.Exit)
	}
	return r, code
}

// causes are those that a report names.
func causesOf(r doctor.Report) []string {
	var out []string
	for _, p := range r.Problems {
		out = append(out, p.Cause)
	}
	return out
}

const (
	fails       = exitFail
	unreachable = exitUnmeasured
)

func TestDoctor_NamesTheCause(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at    func(*testing.T) (string, []string)
		flags []string
		cause string
		exit  int
	}{
		"plain to TLS":                          {node(overTLS(simcluster.Config{})), []string{"--tls=false"}, "needs-tls", fails},
		"plain to TLS with a login":             {node(overTLS(withLDAP)), append([]string{"--tls=false"}, ldap...), "needs-tls", fails},
		"TLS to plain":                          {node(simcluster.Config{}), []string{"--tls"}, "not-tls", fails},
		"TLS to plain with a login":             {node(withLDAP), append([]string{"--tls"}, ldap...), "not-tls", fails},
		"SASL to NOSASL":                        {node(simcluster.Config{}), ldap, "no-login", fails},
		"SASL to NOSASL within TLS":             {node(overTLS(simcluster.Config{})), ldap, "no-login", fails},
		"SASL to NOSASL of Beeswax":             {beeswaxNode(simcluster.Config{}), ldap, "no-login", fails},
		"NOSASL to SASL":                        {node(withLDAP), nil, "login-needed", fails},
		"NOSASL to SASL within TLS":             {node(overTLS(withLDAP)), nil, "login-needed", fails},
		"NOSASL to SASL of Beeswax":             {beeswaxNode(withLDAP), []string{"--protocol", "beeswax"}, "login-needed", fails},
		"HS2 to the Beeswax port":               {beeswaxNode(simcluster.Config{}), []string{"--protocol", "hs2"}, "other-protocol", fails},
		"Beeswax to the HS2 port":               {node(simcluster.Config{}), []string{"--protocol", "beeswax"}, "other-protocol", fails},
		"Beeswax to the HS2 port, with a login": {node(withLDAP), append([]string{"--protocol", "beeswax"}, ldap...), "other-protocol", fails},
		"binary to an HTTP port":                {port(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), []string{"--protocol", "hs2"}, "http-on-binary-port", fails},
		"Beeswax to an HTTP port":               {port(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), []string{"--protocol", "beeswax"}, "http-on-binary-port", fails},
		"a wrong password":                      {node(withLDAP), slices.Concat(ldap[:5], []string{"echo wrong"}, ldap[6:]), "rejected", fails},
		"a wrong password within TLS":           {node(overTLS(withLDAP)), slices.Concat(ldap[:5], []string{"echo wrong"}, ldap[6:]), "rejected", fails},
		"a right password that is not taken":    {node(withLDAP, "auth-reject"), ldap, "rejected", fails},
		"a mechanism that is not offered":       {port(kerberosOnly), ldap, "mechanism", fails},
		"an expired certificate":                {node(overTLS(withLDAP), "expired"), ldap, "expired", fails},
		"an expired intermediate":               {node(overTLS(simcluster.Config{}), "expired-intermediate"), nil, "expired", fails},
		"a certificate of tomorrow":             {node(overTLS(simcluster.Config{}), "not-yet"), nil, "not-yet-valid", fails},
		"a self-signed certificate":             {node(overTLS(withLDAP), "self-signed"), ldap, "self-signed", fails},
		"a certificate for another name":        {node(overTLS(simcluster.Config{}), "wrong-host"), nil, "wrong-name", fails},
		"an incomplete chain":                   {node(overTLS(withLDAP), "no-intermediate"), ldap, "incomplete-chain", fails},
		"an unknown authority":                  {node(overTLS(simcluster.Config{}), "unknown-ca"), nil, "unknown-ca", fails},
		"an authority for another domain":       {node(overTLS(simcluster.Config{}), "name-constraint"), nil, "constraint", fails},
		"a chain that is too long":              {node(overTLS(simcluster.Config{}), "long-chain"), nil, "chain-too-long", fails},
		"another issuer than expected":          {node(overTLS(simcluster.Config{}), "wrong-issuer"), []string{"--expect-issuer", "O=Amazon"}, "policy", fails},
		"a client certificate is required":      {node(overTLS(withLDAP), "client-certificate"), ldap, "client-certificate", fails},
		"one is asked for, and that is all":     {demandingInSilence, nil, "client-certificate-asked", fails},
		"one is asked for, of a login":          {demandingInSilence, ldap, "client-certificate-asked", fails},
		"TLS 1.1":                               {node(overTLS(simcluster.Config{}), "old-tls"), nil, "old-tls", fails},
		"no common cipher suite":                {withoutCipher, nil, "no-common-cipher", fails},
		"a name that the listener has not":      {port(withoutCertificate), nil, "server-name", fails},
		"a closed port":                         {func(t *testing.T) (string, []string) { return closed(t), nil }, nil, "port-closed", unreachable},
		"a name that nobody has":                {func(*testing.T) (string, []string) { return "nobody.invalid:21050", nil }, nil, "name-unknown", unreachable},
		"an SSH server":                         {port(saying("SSH-2.0-OpenSSH_9.2p1\r\n")), nil, "other-server", fails},
		"an SSH server, with TLS":               {port(saying("SSH-2.0-OpenSSH_9.2p1\r\n")), []string{"--tls"}, "other-server", fails},
		"a MySQL server":                        {port(saying("\x4a\x00\x00\x00\x0a8.0.36\x00")), ldap, "other-server", fails},
		"a server of mail":                      {port(saying("220 mail ESMTP\r\n")), nil, "other-server", fails},
		"a server of its own":                   {port(saying("\x1b[2J::error::\r\n")), nil, "other-server", fails},
		"a PROXY header is expected":            {before(withLDAP, acceptProxy), ldap, "proxy-header-wanted", fails},
		"a PROXY header is expected, no login":  {before(simcluster.Config{}, acceptProxy), nil, "proxy-header-wanted", fails},
		"a PROXY header is sent to a coordinator": {before(withLDAP, func(t *testing.T, to string) string {
			return relay(t, to, "PROXY TCP4 192.0.2.1 192.0.2.2 4000 21050\r\n")
		}), ldap, "closed-at-once", fails},
		"a PROXY header is answered":           {port(saying("PROXY TCP4 192.0.2.1 192.0.2.2 4000 21050\r\n")), nil, "proxy-header", fails},
		"a dead coordinator":                   {port(func(net.Conn) {}), nil, "closed-at-once", fails},
		"a dead coordinator, of a balancer":    {node(simcluster.Config{}, "refused"), nil, "closed-at-once", fails},
		"one who closes when asked":            {port(func(c net.Conn) { _, _ = c.Read(make([]byte, 1)) }), nil, "closed-when-asked", fails},
		"a mute server":                        {port(mute), nil, "mute", fails},
		"a coordinator that hangs":             {node(withLDAP, "hung"), ldap, "mute", fails},
		"mute within TLS":                      {node(overTLS(simcluster.Config{}), "hung"), nil, "mute", fails},
		"a draining coordinator":               {node(simcluster.Config{}, "draining"), nil, "shutting-down", fails},
		"a draining coordinator, LDAP":         {node(overTLS(withLDAP), "draining"), ldap, "shutting-down", fails},
		"a session that does not open":         {node(simcluster.Config{}, "slow=30s"), []string{"--timeout", "2s"}, "session-hangs", fails},
		"HTTP to the binary port":              {node(simcluster.Config{}), []string{"--protocol", "hs2-http"}, "binary-on-http-port", fails},
		"HTTP to the binary port with a login": {node(withLDAP), append([]string{"--protocol", "hs2-http"}, ldap...), "binary-on-http-port", fails},
		"HTTP to HTTPS":                        {httpNode(overTLS(simcluster.Config{})), []string{"--protocol", "hs2-http", "--tls=false"}, "needs-tls", fails},
		"HTTPS to HTTP":                        {httpNode(simcluster.Config{}), []string{"--tls"}, "not-tls", fails},
		"the binary protocol to Impala's HTTP": {httpNode(simcluster.Config{}), []string{"--protocol", "hs2"}, "http-on-binary-port", fails},
		"no login over HTTP":                   {httpNode(withLDAP), nil, "login-needed", fails},
		"a wrong password over HTTP":           {httpNode(withLDAP), slices.Concat(ldap[:5], []string{"echo wrong"}, ldap[6:]), "rejected", fails},
		"a wrong password over HTTPS":          {httpNode(overTLS(withLDAP)), slices.Concat(ldap[:5], []string{"echo wrong"}, ldap[6:]), "rejected", fails},
		"a token that nobody issued":           {httpNode(overTLS(withJWT(t))), jwt("a.b.c"), "rejected", fails},
		"a token to who wants a password":      {httpNode(overTLS(withLDAP)), jwt("a.b.c"), "no-credentials", fails},
		"a web page":                           {port(answering("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<html></html>\n")), []string{"--protocol", "hs2-http"}, "not-impala", fails},
		"an answer without a body":             {port(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")), nil, "not-impala", fails},
		"an expired certificate over HTTPS":    {withFault(httpNode, overTLS(withLDAP), "expired"), ldap, "expired", fails},
		"404":                                  {port(answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")), nil, "no-path", fails},
		"302":                                  {port(answering("HTTP/1.1 302 Found\r\nLocation: https://sso.example.com/\r\nContent-Length: 0\r\n\r\n")), nil, "redirect", fails},
		"503":                                  {port(answering("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n")), nil, "unavailable", fails},
		"502":                                  {port(answering("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")), nil, "http-status", fails},
		"403":                                  {port(answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")), nil, "unauthorized", fails},
		"a time limit before one that hangs":   {node(withLDAP, "hung", "idle=1s:fin"), ldap, "time-limit", fails},
		"a time limit on the way":              {node(simcluster.Config{}, "slow=30s", "idle=1s:fin"), []string{"--timeout", "4s"}, "time-limit", fails},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, more := c.at(t)
			r, code := examined(t, slices.Concat([]string{addr}, more, c.flags)...)
			if got := causesOf(r); !slices.Equal(got, []string{c.cause}) || code != c.exit {
				t.Errorf("exit %d, causes %v, want %d and %s\n%+v", code, got, c.exit, c.cause, r)
			}
			for _, p := range r.Problems {
				if !strings.HasSuffix(p.Link, "#"+p.Cause) || len(p.Fix) == 0 && p.Cause != "policy" {
					t.Errorf("no remedy: %+v", p)
				}
			}
		})
	}
}

func TestDoctor_CallsAHealthyCellHealthy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at    func(*testing.T) (string, []string)
		flags []string
		line  string
	}{
		"HS2":                {node(simcluster.Config{}), nil, ";auth=noSasl"},
		"HS2, TLS":           {node(overTLS(simcluster.Config{})), []string{"--tls"}, "--ssl"},
		"HS2, LDAP":          {node(withLDAP), ldap, "-l -u ann --auth_creds_ok_in_clear"},
		"HS2, LDAP, TLS":     {node(overTLS(withLDAP)), ldap, ";ssl=true;sslTrustStore=TRUST_STORE;user=ann"},
		"HTTP":               {httpNode(simcluster.Config{}), nil, ";transportMode=http;httpPath=cliservice;cookieName=impala.auth;auth=noSasl"},
		"HTTPS":              {httpNode(overTLS(simcluster.Config{})), nil, "--protocol=hs2-http --ssl"},
		"HTTP, LDAP":         {httpNode(withLDAP), ldap, "ThriftTransport=2;HTTPPath=cliservice;AuthMech=3"},
		"HTTPS, LDAP":        {httpNode(overTLS(withLDAP)), ldap, "-l -u ann"},
		"Beeswax":            {beeswaxNode(simcluster.Config{}), nil, "--protocol=beeswax"},
		"Beeswax, TLS":       {beeswaxNode(overTLS(simcluster.Config{})), []string{"--protocol", "beeswax"}, "--protocol=beeswax --ssl"},
		"Beeswax, LDAP":      {beeswaxNode(withLDAP), append([]string{"--protocol", "beeswax"}, ldap...), "-l -u ann"},
		"Beeswax, LDAP, TLS": {beeswaxNode(overTLS(withLDAP)), append([]string{"--protocol", "beeswax"}, ldap...), "-l -u ann"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, more := c.at(t)
			r, code := examined(t, slices.Concat([]string{addr}, more, c.flags)...)
			var lines []string
			for _, l := range r.Lines {
				lines = append(lines, l.Text)
			}
			if all := strings.Join(lines, "\n"); code != exitPass || len(r.Problems) > 0 || !strings.Contains(all, c.line) || strings.Contains(all, "s3cret") {
				t.Errorf("exit %d, problems %+v, lines\n%s", code, r.Problems, all)
			}
		})
	}
}

// A proxy that drops the login, and one that passes it on.
func TestDoctor_FindsAProxyThatDropsTheLogin(t *testing.T) {
	t.Parallel()
	issuer, err := simcluster.NewTokenIssuer()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := issuer.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Token("ann", time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	addr, _ := httpNode(simcluster.Config{Auth: simcluster.AuthJWT | simcluster.AuthLDAP, JWKS: keys})(t)
	for name, c := range map[string]struct {
		drops  bool
		causes []string
	}{"dropped": {true, []string{"no-credentials"}}, "passed on": {false, nil}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(&url.URL{Scheme: "http", Host: addr})
				if c.drops {
					r.Out.Header.Del("Authorization")
				}
			}}
			front := httptest.NewServer(proxy)
			t.Cleanup(front.Close)
			r, code := examined(t, append([]string{front.Listener.Addr().String(), "--allow-cleartext-auth"}, jwt(token)...)...)
			if got := causesOf(r); !slices.Equal(got, c.causes) || (code == exitPass) != (c.causes == nil) || strings.Contains(fmt.Sprint(r), token) {
				t.Errorf("exit %d, causes %v\n%+v", code, got, r)
			}
		})
	}
}

// However many ports ask for it, a login that is refused is sent once.
func TestDoctor_SendsABadLoginOnce(t *testing.T) {
	t.Parallel()
	config := withLDAP
	config.Coordinators, config.Nodes, config.Beeswax = 1, 3, true
	c := cluster(t, config)
	stdout, _, code := call(t, append([]string{"doctor", c.Nodes()[0].String(), "--timeout", "20s"}, slices.Concat(ldap[:5], []string{"echo hunter2"}, ldap[6:])...)...)
	if s := c.Stats(); code != exitFail || s.Logins != 1 || s.SessionsOpened != 0 {
		t.Errorf("exit %d, %+v\n%s", code, s, stdout)
	}
	if strings.Contains(stdout, "hunter2") {
		t.Errorf("the password is shown:\n%s", stdout)
	}
}

// A password needs TLS, or leave to go without it.
func TestDoctor_SendsNoPasswordInClear(t *testing.T) {
	t.Parallel()
	config := withLDAP
	config.Coordinators, config.Nodes = 1, 1
	c := cluster(t, config)
	r, code := examined(t, append([]string{c.Nodes()[0].String()}, ldap[:6]...)...)
	if s := c.Stats(); code != exitFail || s.Logins != 0 || !slices.Equal(causesOf(r), []string{"in-clear"}) {
		t.Errorf("exit %d, %+v\n%+v", code, s, r)
	}
}

func TestDoctor_RefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"no host":           {"doctor"},
		"two hosts":         {"doctor", "a", "b"},
		"an unknown client": {"doctor", "127.0.0.1", "--as", "excel"},
		"no user":           {"doctor", "127.0.0.1", "--auth", "ldap"},
		"a URL":             {"doctor", "https://127.0.0.1"},
		"no such file":      {"doctor", "127.0.0.1", "--ca-cert", "no-such.pem"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if stdout, stderr, code := call(t, args...); code != exitUsage || stdout != "" || stderr == "" {
				t.Errorf("exit %d: %s%s", code, stdout, stderr)
			}
		})
	}
}

// Every client has an answer, on a healthy cluster and where nothing works.
func TestDoctor_AnswersForClients(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at   func(*testing.T) (string, []string)
		as   string
		code int
		says string
	}{
		"Hue":                       {node(simcluster.Config{}), "hue", exitPass, "balance source"},
		"JDBC without a login":      {node(simcluster.Config{}), "jdbc", exitPass, "auth=noSasl"},
		"impala-shell with TLS":     {node(overTLS(simcluster.Config{})), "impala-shell", exitPass, "--ca_cert"},
		"impala-shell with Beeswax": {beeswaxNode(simcluster.Config{}), "impala-shell", exitPass, "--protocol=beeswax"},
		"JDBC with Beeswax":         {beeswaxNode(simcluster.Config{}), "jdbc", exitFail, "no session of that opens here"},
		"Hue with Beeswax":          {beeswaxNode(simcluster.Config{}), "hue", exitFail, "it speaks hs2"},
		"another HiveServer2":       {node(simcluster.Config{}, "no-ping"), "impala-shell", exitPass, "--strict_hs2_protocol"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, more := c.at(t)
			r, code := examined(t, slices.Concat([]string{addr, "--as", c.as}, more)...)
			if code != c.code || r.As == nil || !strings.Contains(fmt.Sprint(r.As.Reasons), c.says) {
				t.Errorf("exit %d, %+v", code, r.As)
			}
		})
	}
}
