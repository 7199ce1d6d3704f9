package hs2client_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// jwt is a token as Impala takes it; its last part is what makes it a secret.
const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJ1c2VybmFtZSI6ImFubiJ9.c2lnbmF0dXJlLXdpdGgtZW5vdWdoLWJ5dGVz"

var basicAuth = "Basic " + base64.StdEncoding.EncodeToString([]byte("ann:"+password))

// impalaCookie is one as Impala writes it.
const impalaCookie = "impala.auth=" + "dGhpcy1pcy1ub3QtYS1yZWFsLWhtYWMtb2YtMzItYnk=&u=alice@EXAMPLE.COM&t=123456&r=987654&a=LDAP"

func withBasic(c hs2client.Config) hs2client.Config {
	c.Plain = &hs2client.Plain{User: "ann", Password: password}
	return c
}

func TestHTTP_Logins(t *testing.T) {
	for name, tc := range map[string]struct {
		config func(hs2client.Config) hs2client.Config
		want   string
	}{
		"Basic": {withBasic, basicAuth},
		"Bearer": {func(c hs2client.Config) hs2client.Config {
			c.Bearer = &hs2client.Bearer{Token: jwt}
			return c
		}, "Bearer " + jwt},
	} {
		server := httpImpala(func(p post, conn net.Conn) bool {
			if p.request.Header.Get("Authorization") != tc.want {
				return refuses(conn, "Basic")
			}
			return sends(conn, p.as())
		})
		c := tc.config(httpTo(t, server.serve))
		c.User = "somebody else"
		if err := wholeSession(t.Context(), c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if server.user != "" || len(server.seen()) != 8 {
			t.Errorf("%s: OpenSession names %q, %d requests", name, server.user, len(server.seen()))
		}
	}
}

// What to do about a login that was not taken names each login that the server asks for,
// and not the one that was tried.
func TestHTTP_NamesTheLoginsAskedFor(t *testing.T) {
	none := func(c hs2client.Config) hs2client.Config { return c }
	bearer := func(c hs2client.Config) hs2client.Config { c.Bearer = &hs2client.Bearer{Token: jwt}; return c }
	for name, tc := range map[string]struct {
		config func(hs2client.Config) hs2client.Config
		asks   []string
		want   []string
	}{
		"none made, two asked for": {none, []string{"Basic", "Negotiate"}, []string{"ldap", "kerberos"}},
		"a token, two asked for":   {bearer, []string{"Basic", "Negotiate"}, []string{"ldap", "kerberos"}},
		"a password, by ticket":    {withBasic, []string{"Negotiate"}, []string{"kerberos"}},
		"a password, and a ticket": {withBasic, []string{"Basic", "Negotiate"}, []string{"kerberos"}},
	} {
		server := httpImpala(func(_ post, conn net.Conn) bool { return refuses(conn, tc.asks...) })
		e, ok := errors.AsType[*hs2client.Error](wholeSession(t.Context(), tc.config(httpTo(t, server.serve))))
		if !ok {
			t.Fatalf("%s: no error", name)
		}
		var got []string
		for _, fix := range e.Hint() {
			if fix.Setting == "auth.mechanism" {
				got = append(got, fix.Value)
			}
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestHTTP_ClassesStatuses(t *testing.T) {
	bearer := func(c hs2client.Config) hs2client.Config { c.Bearer = &hs2client.Bearer{Token: jwt}; return c }
	none := func(c hs2client.Config) hs2client.Config { return c }
	const unauthorized = "401 Unauthorized\r\nConnection: close\r\n"
	for name, tc := range map[string]struct {
		login               func(hs2client.Config) hs2client.Config
		says                string
		first, later        string
		text, hint, notText string
	}{
		"no challenge after a password":   {withBasic, unauthorized, "sasl.rejected", "execute.rejected", "HTTP 401 Unauthorized", "user or password was refused", ""},
		"Basic after a password":          {withBasic, unauthorized + "WWW-Authenticate: Basic realm=\"x\"\r\n", "sasl.rejected", "execute.rejected", "realm", "", ""},
		"everything after a password":     {withBasic, unauthorized + "WWW-Authenticate: Basic\r\nWWW-Authenticate: Negotiate\r\n", "sasl.no-credentials", "execute.no-credentials", "", "Authorization", ""},
		"both in one field":               {withBasic, unauthorized + "WWW-Authenticate: Negotiate, Basic realm=\"a, b\"\r\n", "sasl.no-credentials", "execute.no-credentials", "", "Authorization", ""},
		"Kerberos alone after a password": {withBasic, unauthorized + "WWW-Authenticate: Negotiate\r\n", "sasl.mechanism", "execute.mechanism", "Negotiate", "", ""},
		"a bad token":                     {bearer, unauthorized + "WWW-Authenticate: Bearer error=\"invalid_token\",error_description=\"expired\"\r\n", "sasl.rejected", "execute.rejected", "expired", "token was refused", ""},
		"a token that did not come":       {bearer, unauthorized + "WWW-Authenticate: Basic\r\n", "sasl.no-credentials", "execute.no-credentials", "", "Authorization", ""},
		"a token, and no challenge":       {bearer, unauthorized, "sasl.rejected", "execute.rejected", "", "token", ""},
		"a login where none was made":     {none, unauthorized + "WWW-Authenticate: Basic\r\n", "open.needs-sasl", "execute.needs-sasl", "Basic", "auth.mechanism=ldap", ""},
		"Kerberos where no login is made": {none, unauthorized + "WWW-Authenticate: Negotiate\r\n", "open.needs-sasl", "execute.needs-sasl", "", "Negotiate", ""},
		"403":                             {withBasic, "403 Forbidden\r\nContent-Length: 0\r\n", "sasl.unauthorized", "execute.unauthorized", "HTTP 403 Forbidden", "", ""},
		"404":                             {none, "404 Not Found\r\nContent-Length: 0\r\n", "open.no-path", "execute.no-path", "HTTP 404", "path", ""},
		"302":                             {none, "302 Found\r\nLocation: https://sso.example.com/login\r\nContent-Length: 0\r\n", "open.redirect", "execute.redirect", "Location: https://sso.example.com/login", "login page", ""},
		"a long Location":                 {none, "307 Temporary Redirect\r\nLocation: https://a/" + strings.Repeat("x", 5000) + "\r\n", "open.redirect", "execute.redirect", "https://a/xxx", "", strings.Repeat("x", 600)},
		"503":                             {none, "503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\n", "open.unavailable", "execute.unavailable", "Retry-After: 2", "backends", ""},
		"502":                             {none, "502 Bad Gateway\r\n", "open.http-status", "execute.http-status", "HTTP 502 Bad Gateway", "proxy", ""},
		"400 where TLS may be needed":     {none, "400 Bad Request\r\nConnection: close\r\n", "open.http-status", "execute.http-status", "", "tls.enabled=true", ""},
		"101":                             {none, "101 Switching Protocols\r\n", "open.http-status", "execute.http-status", "HTTP 101", "", ""},
		"a status with control bytes":     {none, "599 \x1b[2J\r\n", "open.http-status", "execute.http-status", "599", "", ""},
	} {
		for call, want := range map[int]string{0: tc.first, 2: tc.later} {
			t.Run(fmt.Sprintf("%s, call %d", name, call), func(t *testing.T) {
				t.Parallel()
				server := httpImpala(func(p post, conn net.Conn) bool {
					if p.n != call {
						return sends(conn, p.as())
					}
					return sends(conn, []byte("HTTP/1.1 "+tc.says+"\r\n"))
				})
				var rec hs2client.Record
				c := tc.login(httpTo(t, server.serve))
				c.Record = &rec
				e := wantClass(t, wholeSession(t.Context(), c), want)
				if !strings.Contains(e.Text, tc.text) || call == 0 && !strings.Contains(hintText(e), tc.hint) ||
					tc.notText != "" && strings.Contains(e.Text, tc.notText) || strings.ContainsRune(e.Error(), '\x1b') {
					t.Errorf("%v, hint %q", e, hintText(e))
				}
				requests := 1
				if call > 0 { // the session is closed on the server, as it was not by the answer
					requests = 4
					if calls := server.asked(); calls[len(calls)-1] != "CloseSession" {
						t.Errorf("calls %v", calls)
					}
				}
				if len(server.seen()) != requests || rec.HTTP.Requests != requests || rec.HTTP.Reauthentications != 0 {
					t.Errorf("%d requests, %+v", len(server.seen()), rec.HTTP)
				}
			})
		}
	}
}

// A 503 is told at once, and is an answer: the connection and the session go on.
func TestHTTP_AnErrorStatusKeepsTheConnection(t *testing.T) {
	server := httpImpala(func(p post, conn net.Conn) bool {
		if p.n == 2 {
			return sends(conn, []byte("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Length: 4\r\n\r\nbusy"))
		}
		return sends(conn, p.as())
	})
	s, err := hs2client.Open(t.Context(), httpTo(t, server.serve))
	if err != nil {
		t.Fatal(err)
	}
	wantClass(t, s.Ping(t.Context()), "execute.unavailable")
	if _, err := s.Query(t.Context(), "SELECT pid()"); err != nil {
		t.Error(err)
	}
	if err := s.Close(t.Context()); err != nil || server.connections() != 1 {
		t.Errorf("%v over %d connections", err, server.connections())
	}
}

func TestHTTP_Cookies(t *testing.T) {
	a, roots := authority(t)
	for name, tc := range map[string]struct {
		set  []string // with the first answer
		tls  bool
		want string // of the second request
	}{
		"Impala's":               {[]string{impalaCookie + ";HttpOnly;Max-Age=86400"}, false, impalaCookie},
		"a balancer's beside it": {[]string{impalaCookie, "SERVERID=s1; path=/"}, false, impalaCookie + "; SERVERID=s1"},
		"Secure, without TLS":    {[]string{impalaCookie + ";HttpOnly;Max-Age=86400;Secure"}, false, ""},
		"Secure, over TLS":       {[]string{impalaCookie + ";HttpOnly;Max-Age=86400;Secure"}, true, impalaCookie},
		"of a path above":        {[]string{"a=1;Path=/", "b=2;Path=/cli", "c=3;path=/cliservice", "d=4;Path=/cliservice/", "e=5;Path=other"}, false, "a=1; c=3; e=5"},
		"one that is ended":      {[]string{"a=1", "b=2", "a=;Max-Age=0"}, false, "b=2"},
		"one that is replaced":   {[]string{"a=1", "a=2"}, false, "a=2"},
		"of a negative age":      {[]string{"a=1;Max-Age=-1"}, false, ""},
		"of no age that is one":  {[]string{"a=1;Max-Age=soon", "b=2;Max-Age=99999999999999"}, false, "a=1; b=2"},
		"no pair":                {[]string{"nothing", "=1", ";", ""}, false, ""},
		"too long":               {[]string{"a=" + strings.Repeat("x", 4<<10), "b=2"}, false, "b=2"},
		"almost too long":        {[]string{"a=" + strings.Repeat("x", 4<<10-1)}, false, "a=" + strings.Repeat("x", 4<<10-1)},
		"too many":               {many("c%d=%d", 30), false, strings.Join(many("c%d=%d", 20), "; ")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httpImpala(func(p post, conn net.Conn) bool {
				var set []string
				for _, c := range tc.set {
					set = append(set, "Set-Cookie: "+c)
				}
				if p.n > 0 {
					set = nil
				}
				return sends(conn, p.as(set...))
			})
			handle := server.serve
			if tc.tls {
				handle = secured(listener(t, a, certs.KindGood), handle)
			}
			c := withBasic(httpTo(t, handle))
			if tc.tls {
				c.TLS = &hs2client.TLSConfig{Roots: roots, ServerName: host}
			}
			if err := wholeSession(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			cookies, logins := fields(server.seen(), "Cookie"), fields(server.seen(), "Authorization")
			if cookies[0] != "" || cookies[1] != tc.want || cookies[7] != tc.want {
				t.Errorf("cookies %q, want %q", cookies[:2], tc.want)
			}
			if logins[1] != basicAuth {
				t.Errorf("Authorization %q: a password goes with every request", logins[1])
			}
		})
	}
}

func many(format string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(format, i, i)
	}
	return all
}

// A refused cookie costs one more request, as with Impala's own clients: no more.
func TestHTTP_SendsACallOnceMoreAfterARefusedCookie(t *testing.T) {
	for name, tc := range map[string]struct {
		answer   func(p post, conn net.Conn) bool
		class    string
		again    int
		requests int
	}{
		"and goes on": {func(p post, conn net.Conn) bool {
			if p.n == 3 { // with the cookie of the first
				return refuses(conn, "Negotiate")
			}
			return sends(conn, p.as("Set-Cookie: impala.auth=0123456789"))
		}, "", 1, 9},
		"over the same connection": {func(p post, conn net.Conn) bool {
			if p.n == 3 {
				return sends(conn, []byte("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"))
			}
			return sends(conn, p.as("Set-Cookie: impala.auth=0123456789"))
		}, "", 1, 9},
		"each time": {func(p post, conn net.Conn) bool {
			if p.request.Header.Get("Cookie") != "" {
				return refuses(conn)
			}
			return sends(conn, p.as("Set-Cookie: impala.auth=0123456789"))
		}, "", 7, 15},
		"and is refused": {func(p post, conn net.Conn) bool {
			if p.n >= 2 { // Execute; then the clean-up, which has no cookie
				_, _ = conn.Write([]byte("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nSet-Cookie: again=1\r\n\r\n"))
				return false
			}
			return sends(conn, p.as("Set-Cookie: impala.auth=0123456789"))
		}, "execute.rejected", 2, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httpImpala(tc.answer)
			c := withBasic(httpTo(t, server.serve))
			var rec hs2client.Record
			c.Record = &rec
			err := wholeSession(t.Context(), c)
			if tc.class != "" {
				wantClass(t, err, tc.class)
			} else if err != nil {
				t.Fatal(err)
			}
			posts := server.seen()
			if rec.HTTP.Reauthentications != tc.again || len(posts) != tc.requests || rec.HTTP.Requests != tc.requests || rec.HTTP.Connections != server.connections() {
				t.Errorf("%d requests over %d connections, %+v", len(posts), server.connections(), rec.HTTP)
			}
			for i, p := range posts {
				if p.request.Header.Get("Authorization") != basicAuth {
					t.Errorf("request %d: Authorization %q", i, p.request.Header.Get("Authorization"))
				}
			}
			if name == "over the same connection" && server.connections() != 1 {
				t.Errorf("%d connections", server.connections())
			}
		})
	}
}

// Whatever a server repeats of a login, no error shows it.
func TestHTTP_ErrorsShowNoSecret(t *testing.T) {
	encoded := strings.TrimPrefix(basicAuth, "Basic ")
	for name, secret := range map[string]string{
		"the password": password, "the password in base64": encoded, "without its padding": strings.TrimRight(encoded, "="),
		"the token": jwt, "the token's signature": jwt[strings.LastIndex(jwt, ".")+1:], "the cookie": strings.TrimPrefix(impalaCookie, "impala.auth="),
		"a further field": "api-key-0123456789",
	} {
		for where, says := range map[string]string{
			"in a status":         "HTTP/1.1 500 " + secret + "\r\n\r\n",
			"in a challenge":      "HTTP/1.1 401 no\r\nWWW-Authenticate: Basic realm=" + secret + "\r\n\r\n",
			"in a location":       "HTTP/1.1 302 no\r\nLocation: https://a/?x=" + secret + "\r\n\r\n",
			"in a type":           "HTTP/1.1 200 OK\r\nContent-Type: " + secret + "\r\n\r\n<html>",
			"in a page":           "HTTP/1.1 200 OK\r\n\r\n<html>" + secret,
			"half in a page":      "HTTP/1.1 200 OK\r\n\r\n<html>" + secret[:len(secret)-1],
			"where a page ends":   "HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n" + strings.Repeat("x", 60) + secret[:4],
			"in a malformed head": "HTTP/1.1 " + secret + "\r\n\r\n",
			"in a bad field":      "HTTP/1.1 200 OK\r\n" + secret + "\r\n\r\n",
			"in place of HTTP":    secret + "\r\n\r\n",
			"in a length":         "HTTP/1.1 200 OK\r\nContent-Length: " + secret + "\r\n\r\n",
			"in an encoding":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + secret + "\r\n\r\n",
			"in a chunk":          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + secret + "\r\n\r\n",
		} {
			t.Run(name+" "+where, func(t *testing.T) {
				t.Parallel()
				server := httpImpala(func(p post, conn net.Conn) bool {
					if p.n < 2 {
						return sends(conn, p.as("Set-Cookie: "+impalaCookie))
					}
					_ = sends(conn, []byte(says))
					return false
				})
				c := httpTo(t, server.serve)
				if strings.Contains(name, "token") {
					c.Bearer = &hs2client.Bearer{Token: jwt}
				} else {
					c = withBasic(c)
				}
				c.HTTP = &hs2client.HTTPConfig{Header: map[string][]string{"X-Api-Key": {"api-key-0123456789"}}}
				e, ok := errors.AsType[*hs2client.Error](wholeSession(t.Context(), c))
				if !ok {
					t.Fatal("no error")
				}
				shown := secret[:min(len(secret), 20)]
				if all := e.Error() + e.Text + e.SQLState + hintText(e) + fmt.Sprintf("%+v", e.Err); strings.Contains(all, shown) || showsPassword(all) {
					t.Errorf("%q shows %q", all, shown)
				}
			})
		}
	}
}

// A secret is masked before anything is cut off: what is left of it would be shown
// otherwise.
func TestHTTP_ErrorsShowNoPartOfASecret(t *testing.T) {
	token := "eyJhbGciOiJSUzI1NiJ9" + strings.Repeat("0123456789abcdef", 100)
	for where, says := range map[string]string{
		"in a status":                "HTTP/1.1 500 no " + token + "\r\n\r\n",
		"in a challenge":             "HTTP/1.1 401 no\r\nWWW-Authenticate: Basic realm=" + token + "\r\n\r\n",
		"as a scheme":                "HTTP/1.1 401 no\r\nWWW-Authenticate: " + token + "\r\n\r\n",
		"in a location":              "HTTP/1.1 302 no\r\nLocation: https://a/?x=" + token + "\r\n\r\n",
		"in a time":                  "HTTP/1.1 503 no\r\nRetry-After: " + token + "\r\n\r\n",
		"in a type":                  "HTTP/1.1 200 OK\r\nContent-Type: " + token + "\r\n\r\n<html>",
		"in a coding":                "HTTP/1.1 200 OK\r\nContent-Encoding: " + token + "\r\n\r\n<html>",
		"after a long text":          "HTTP/1.1 302 no\r\nLocation: https://a/?x=" + strings.Repeat("x", 470) + token + "\r\n\r\n",
		"a password after much text": "HTTP/1.1 302 no\r\nLocation: https://a/" + strings.Repeat("x", 512-len("https://a/")-len(password)+1) + password + "\r\n\r\n",
	} {
		t.Run(where, func(t *testing.T) {
			t.Parallel()
			server := httpImpala(func(_ post, conn net.Conn) bool {
				_ = sends(conn, []byte(says))
				return false
			})
			c := httpTo(t, server.serve)
			secret := token
			if strings.HasPrefix(where, "a password") {
				c, secret = withBasic(c), password
			} else {
				c.Bearer = &hs2client.Bearer{Token: token}
			}
			e, ok := errors.AsType[*hs2client.Error](wholeSession(t.Context(), c))
			if !ok {
				t.Fatal("no error")
			}
			if all := e.Error() + e.Text + hintText(e) + fmt.Sprintf("%+v", e.Err); strings.Contains(all, secret[:min(len(secret)-1, 20)]) {
				t.Errorf("%q shows %q", all, secret[:8])
			}
			if len(e.Text) > 3<<10 {
				t.Errorf("%d bytes of text", len(e.Text))
			}
		})
	}
}

func TestBearer_NoFormatShowsToken(t *testing.T) {
	t.Parallel()
	b := &hs2client.Bearer{Token: jwt}
	encoded, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	all := string(encoded)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		all += fmt.Sprintf(verb+verb+verb, b, *b, hs2client.Config{Bearer: b})
	}
	if strings.Contains(all, jwt[:8]) || strings.Contains(all, fmt.Sprintf("%x", jwt[:8])) {
		t.Error(all)
	}
}
