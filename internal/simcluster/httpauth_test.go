package simcluster

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// basic is the header of a login with a password.
func basic(user, password string) httpHeader {
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// newIssuer returns an issuer and its key set.
func newIssuer(t testing.TB) (*TokenIssuer, []byte) {
	t.Helper()
	i, err := NewTokenIssuer()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := i.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	return i, keys
}

// bearer is the header of a login with a new token.
func bearer(t testing.TB, i *TokenIssuer, user string, lifetime time.Duration) httpHeader {
	t.Helper()
	token, err := i.Token(user, time.Now(), lifetime)
	if err != nil {
		t.Fatal(err)
	}
	return "Authorization: Bearer " + token
}

func TestHTTPAuth_LogsIn(t *testing.T) {
	t.Parallel()
	issuer, keys := newIssuer(t)
	for name, c := range map[string]struct {
		auth   Auth
		header httpHeader
	}{
		"LDAP":              {AuthLDAP, basic("alice", "wonderland")},
		"JWT":               {AuthJWT, bearer(t, issuer, "alice", time.Hour)},
		"JWT beside LDAP":   {AuthJWT | AuthLDAP, bearer(t, issuer, "alice", time.Hour)},
		"LDAP beside JWT":   {AuthJWT | AuthLDAP, basic("alice", "wonderland")},
		"none, with a user": {AuthNone, basic("bob", "")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1, HTTP: true, Auth: c.auth, Users: testUsers, JWKS: keys})
			want := "alice"
			if c.auth == AuthNone {
				want = "anonymous"
			}
			if _, user, err := visitHTTP(t, cl.HTTPNodes()[0], "select user()", c.header); err != nil || user != want {
				t.Errorf("user() is %q, %v; want %s", user, err, want)
			}
			if s := cl.Stats(); c.auth != AuthNone && (s.Logins != s.HTTPRequests || s.Rejected != 0) {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

func TestHTTPAuth_Refusals(t *testing.T) {
	t.Parallel()
	issuer, keys := newIssuer(t)
	stranger, _ := newIssuer(t)
	const (
		basicChallenge = "WWW-Authenticate: Basic\r\n"
		invalidToken   = `WWW-Authenticate: Bearer error="invalid_token",error_description="`
	)
	for name, c := range map[string]struct {
		auth    Auth
		headers []httpHeader
		want    []string // header lines, in this order; no others but Date and Connection
	}{
		"LDAP, nothing":               {auth: AuthLDAP, want: []string{basicChallenge}},
		"LDAP, wrong password":        {auth: AuthLDAP, headers: []httpHeader{basic("alice", "x")}, want: []string{basicChallenge}},
		"LDAP, not base64":            {auth: AuthLDAP, headers: []httpHeader{"Authorization: Basic !"}, want: []string{basicChallenge}},
		"LDAP, lower-case scheme":     {auth: AuthLDAP, headers: []httpHeader{strings.Replace(basic("alice", "wonderland"), "Basic", "basic", 1)}, want: []string{basicChallenge}},
		"LDAP, a token of Kerberos":   {auth: AuthLDAP, headers: []httpHeader{"Authorization: Negotiate YII="}, want: []string{basicChallenge}},
		"LDAP, bad cookie":            {auth: AuthLDAP, headers: []httpHeader{"Cookie: impala.auth=x&u=a&t=1&r=1&a=LDAP"}, want: []string{"Set-Cookie: impala.auth=;HttpOnly;Max-Age=0\r\n", basicChallenge}},
		"JWT, nothing":                {auth: AuthJWT},
		"JWT, without a period":       {auth: AuthJWT, headers: []httpHeader{"Authorization: Bearer abc"}},
		"JWT, cannot be decoded":      {auth: AuthJWT, headers: []httpHeader{"Authorization: Bearer a.b.c"}},
		"JWT, expired":                {auth: AuthJWT, headers: []httpHeader{bearer(t, issuer, "alice", -time.Minute)}, want: []string{invalidToken + "Verification failed: token expired\"\r\n"}},
		"JWT, another issuer":         {auth: AuthJWT, headers: []httpHeader{bearer(t, stranger, "alice", time.Hour)}, want: []string{invalidToken + "Verification failed: invalid signature\"\r\n"}},
		"JWT and LDAP, expired":       {auth: AuthJWT | AuthLDAP, headers: []httpHeader{bearer(t, issuer, "alice", -time.Minute)}, want: []string{invalidToken, basicChallenge}},
		"JWT and LDAP, nothing":       {auth: AuthJWT | AuthLDAP, want: []string{basicChallenge}},
		"JWT, no user":                {auth: AuthJWT, headers: []httpHeader{bearer(t, issuer, "", time.Hour)}},
		"LDAP, with a body to follow": {auth: AuthLDAP, headers: []httpHeader{"Expect: 100-continue"}, want: []string{basicChallenge}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1, HTTP: true, Auth: c.auth, Users: testUsers, JWKS: keys})
			sent := "POST / HTTP/1.1\r\n" + headerLines(c.headers) + "Content-Length: 50\r\n\r\n" // no body: it is not waited for
			answer := exchangeUntilClosed(t, cl, sent)
			expectInOrder(t, answer, append([]string{"HTTP/1.1 401 Unauthorized\r\nDate: ", "\r\nConnection: close\r\n"}, append(c.want, "\r\n")...))
			if n := strings.Count(answer, "\r\n"); n != 4+len(c.want) {
				t.Errorf("%q has %d lines, want %d", answer, n, 4+len(c.want))
			}
			if len(c.headers) > 0 && strings.HasPrefix(c.headers[0], "Authorization") && cl.Stats().Rejected != 1 {
				t.Errorf("stats %+v", cl.Stats())
			}
		})
	}
}

func TestHTTPAuth_FaultAuthReject(t *testing.T) {
	t.Parallel()
	issuer, keys := newIssuer(t)
	for auth, header := range map[Auth]httpHeader{
		AuthLDAP: basic("alice", "wonderland"), AuthJWT: bearer(t, issuer, "alice", time.Hour),
	} {
		cl := start(t, Config{Coordinators: 1, HTTP: true, Auth: auth, Users: testUsers, JWKS: keys}, "auth-reject@1")
		if answer := exchangeUntilClosed(t, cl, post(openSessionRequest, header)); !strings.HasPrefix(answer, "HTTP/1.1 401 ") {
			t.Errorf("%v: %q", auth, answer)
		}
	}
}

func TestHTTPAuth_Cookie(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, HTTP: true, Auth: AuthLDAP, Users: testUsers})
	answer := exchange(t, cl, post(openSessionRequest, basic("alice", "wonderland")))
	_, rest, _ := strings.Cut(answer, "Set-Cookie: ")
	cookie, attributes, _ := strings.Cut(rest, ";")
	if attributes, _, _ := strings.Cut(attributes, "\r\n"); attributes != "HttpOnly;Max-Age=86400;Secure" || !strings.Contains(cookie, "=&u=alice&t=") || !strings.HasSuffix(cookie, "&a=LDAP") {
		t.Fatalf("cookie %q with %q", cookie, attributes)
	}
	answer = exchange(t, cl, post(openSessionRequest, "Cookie: "+cookie))
	if !strings.HasPrefix(answer, "HTTP/1.1 200 ") || strings.Contains(answer, "Set-Cookie") {
		t.Errorf("with the cookie alone: %.200q", answer)
	}
	if s := cl.Stats(); s.CookieLogins != 1 || s.Logins != 1 {
		t.Errorf("stats %+v", s)
	}
	// a cookie that another coordinator signed: the password in the same request still counts
	foreign := "Cookie: " + newCookieKey().newCookie("alice", "LDAP", 0)
	answer = exchange(t, cl, post(openSessionRequest, foreign, basic("alice", "wonderland")))
	expectInOrder(t, answer, []string{"HTTP/1.1 200 ", "Set-Cookie: impala.auth=;HttpOnly;Max-Age=0\r\n", "Set-Cookie: impala.auth="})
}

// TestHTTPAuth_CookieJar is a client that keeps cookies: the first request alone needs the
// password, and only a shared key carries the login to the other coordinators.
func TestHTTPAuth_CookieJar(t *testing.T) {
	t.Parallel()
	for shared, want := range map[bool]string{false: "HTTP Response code: 401", true: "Invalid session id"} {
		cl := start(t, Config{Coordinators: 2, Nodes: 1, HTTP: true, Balance: BalanceRoundRobin, Auth: AuthLDAP, Users: testUsers, SharedCookieKey: shared})
		jar := newJar(t)
		node := cl.HTTPNodes()[0]
		u := dialHTTP(t, node, "/", insecureJar{jar}, basic("alice", "wonderland"), "Connection: close")
		if err := u.open(); err != nil {
			t.Fatal(err)
		}
		other := dialHTTP(t, node, "/", insecureJar{jar}, "Connection: close")
		other.session = u.session
		if _, err := other.query("select 1"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("shared key %v: %v, want %s", shared, err, want)
		}
		if s := cl.Stats(); s.CookieLogins != map[bool]int64{true: 1}[shared] || s.CookiesRefused != map[bool]int64{false: 1}[shared] {
			t.Errorf("shared key %v: stats %+v", shared, s)
		}
	}
}

func newJar(t testing.TB) *cookiejar.Jar {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return jar
}

// insecureJar sends Secure cookies without TLS, as Impala's Python clients do.
type insecureJar struct{ *cookiejar.Jar }

func (j insecureJar) SetCookies(u *url.URL, cookies []*http.Cookie) {
	for _, c := range cookies {
		c.Secure = false
	}
	j.Jar.SetCookies(u, cookies)
}

func TestCookieKey_UserOf(t *testing.T) {
	t.Parallel()
	k := newCookieKey()
	good, _, _ := strings.Cut(k.newCookie("alice@EXAMPLE.COM", "SPNEGO", time.Hour), ";")
	signed := func(text string) string { return fmt.Sprintf("impala.auth=%s&%s", k.sign(text), text) }
	value := strings.TrimPrefix(good, "impala.auth=")
	for name, c := range map[string]struct {
		header string
		uptime time.Duration
		ok     bool
	}{
		"alone":                           {good, time.Hour, true},
		"in quotes":                       {`impala.auth="` + value + `"`, time.Hour, true},
		"among others":                    {"SERVERID=c1; " + good + " ;a=b", time.Hour, true},
		"the fifth":                       {"a=1;b=2;c=3;d=4; " + good, time.Hour, true},
		"the sixth":                       {"a=1;b=2;c=3;d=4;e=5; " + good, time.Hour, false},
		"at the end of its life":          {good, 25 * time.Hour, true},
		"expired":                         {good, 25*time.Hour + time.Millisecond, false},
		"of a host that is up for longer": {good, 0, true},
		"another user":                    {strings.Replace(good, "alice", "bob", 1), time.Hour, false},
		"another name":                    {"hive.server2.auth=" + value, time.Hour, false},
		"three fields, as of 4.5.0":       {signed("u=alice&t=1&r=1"), time.Hour, false},
		"a user with an &":                {signed("u=a&b&t=1&r=1&a=LDAP"), time.Hour, false},
		"no user":                         {signed("u=&t=1&r=1&a=LDAP"), time.Hour, false},
		"no time":                         {signed("u=a&t=&r=1&a=LDAP"), time.Hour, false},
		"no signature":                    {"impala.auth=", time.Hour, false},
	} {
		if user, ok := k.userOf(c.header, c.uptime); ok != c.ok || ok && user != "alice@EXAMPLE.COM" {
			t.Errorf("%s: %q, %v; want %v", name, user, ok, c.ok)
		}
	}
}

func TestHTTPAuth_LogHasNoSecret(t *testing.T) {
	t.Parallel()
	var logged strings.Builder
	issuer, keys := newIssuer(t)
	r := newRealm(t, "impala")
	cl := start(t, r.config(Config{
		Coordinators: 1, Layer7: true, StickyCookie: true, Auth: AuthLDAP | AuthJWT, Users: testUsers, JWKS: keys, Log: newTestLogger(&logged),
	}))
	_, token := initiate(t, newRealm(t, "impala").ticket(t, "impala"))
	good, expired := bearer(t, issuer, "alice", time.Hour), bearer(t, issuer, "alice", -time.Hour)
	cookie := "Cookie: " + newCookieKey().newCookie("alice", "LDAP", 0)
	ticket := "Authorization: Negotiate " + base64.StdEncoding.EncodeToString(token)
	secrets := []string{"wonderland", "looking-glass"}
	for _, header := range []httpHeader{basic("alice", "wonderland"), basic("alice", "looking-glass"), good, expired, cookie, ticket} {
		exchange(t, cl, post(openSessionRequest, header))
		secrets = append(secrets, header[len(header)-40:])
	}
	cl.Close()
	for _, secret := range secrets {
		if strings.Contains(logged.String(), secret) {
			t.Errorf("the log has %q:\n%s", secret, logged.String())
		}
	}
	if n := strings.Count(logged.String(), "login rejected"); n < 3 {
		t.Errorf("%d rejected logins in the log", n)
	}
}
