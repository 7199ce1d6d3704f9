package hs2client_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestHTTP_WholeLife(t *testing.T) {
	server := httpImpala(nil)
	c := httpTo(t, server.serve)
	var rec hs2client.Record
	c.Record, c.User, c.Delegate = &rec, "ann", "bob"
	c.Options = map[string]string{"CLIENT_IDENTIFIER": "x"}
	s, err := hs2client.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if who := s.Identity(); who.Coordinator != "coord-a1:25000" || who.Source != hs2client.SourcePing {
		t.Errorf("identity %+v", who)
	}
	rows, err := s.QueryWithin(t.Context(), "SELECT pid()", 64<<10)
	if err != nil {
		t.Fatal(err)
	}
	if n, ok := rows.Int64(0, 0); n != 4711 || !ok {
		t.Errorf("got %d %v", n, ok)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if server.user != "ann" || server.coordinator.seen["CLIENT_IDENTIFIER"] != "x" || server.coordinator.seen["impala.doas.user"] != "bob" || len(c.Options) != 1 {
		t.Errorf("user %q, configuration %v", server.user, server.coordinator.seen)
	}
	posts := server.seen()
	if len(posts) != 9 || server.connections() != 1 {
		t.Fatalf("%d requests over %d connections", len(posts), server.connections())
	}
	if want := (hs2client.HTTPRecord{Requests: 9, Connections: 1}); *rec.HTTP != want {
		t.Errorf("%+v, want %+v", *rec.HTTP, want)
	}
	for _, p := range posts {
		h := p.request.Header
		if p.request.RequestURI != "/cliservice" || p.request.Proto != "HTTP/1.1" || p.request.Host != c.Addr || h.Get("Content-Type") != "application/x-thrift" ||
			h.Get("User-Agent") != "impala-lbcheck" || p.request.ContentLength <= 0 || h.Get("Authorization")+h.Get("Cookie")+h.Get("Expect") != "" {
			t.Errorf("%s: %+v", p.method, p.request)
		}
	}
	for _, p := range []hs2client.Phase{hs2client.PhaseTCP, hs2client.PhaseOpen, hs2client.PhaseExecute, hs2client.PhaseFetch, hs2client.PhaseClose} {
		if rec.Phases[p] <= 0 {
			t.Errorf("phase %s took %v", p, rec.Phases[p])
		}
	}
	if !rec.Local.IsValid() || !rec.Remote.IsValid() || rec.BytesIn < 100 || rec.BytesOut < 100 {
		t.Errorf("record %+v", rec)
	}
}

func TestHTTP_AConnectionForEachCall(t *testing.T) {
	a, roots := authority(t)
	server := httpImpala(nil)
	for name, c := range map[string]hs2client.Config{
		"plain": httpTo(t, server.serve),
		"TLS":   httpTo(t, secured(listener(t, a, certs.KindGood), server.serve)),
	} {
		t.Run(name, func(t *testing.T) {
			var rec hs2client.Record
			c.Record, c.HTTP = &rec, &hs2client.HTTPConfig{ConnectionPerCall: true}
			if name == "TLS" {
				c.TLS = &hs2client.TLSConfig{Roots: roots, ServerName: host}
			}
			before, met := server.connections(), len(server.seen())
			s, err := hs2client.Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Wait(t.Context(), time.Millisecond); err != nil {
				t.Errorf("a wait without a connection: %v", err)
			}
			if _, err := s.Query(t.Context(), "SELECT pid()"); err != nil {
				t.Error(err)
			}
			if err := s.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if n := server.connections() - before; n != 8 || rec.HTTP.Connections != 8 || rec.HTTP.Requests != 8 {
				t.Errorf("%d connections, %+v", n, rec.HTTP)
			}
			if name == "TLS" && (rec.Peer == nil || rec.Refused) {
				t.Errorf("record %+v", rec)
			}
			for _, p := range server.seen()[met:] {
				if want := strings.TrimSuffix(c.Addr, "x"); name == "plain" && p.request.Host != want {
					t.Errorf("host %q", p.request.Host)
				}
				if name == "TLS" && !strings.HasPrefix(p.request.Host, host+":") {
					t.Errorf("host %q", p.request.Host)
				}
			}
		})
	}
}

// A further connection is checked as the first one was.
func TestHTTP_ChecksTheCertificateOfEachConnection(t *testing.T) {
	a, roots := authority(t)
	server := httpImpala(nil)
	good, bad := listener(t, a, certs.KindGood), listener(t, a, certs.KindWrongHost)
	made := make(chan bool, 100)
	c := httpTo(t, func(conn net.Conn) {
		made <- true
		if len(made) > 2 {
			secured(bad, server.serve)(conn)
			return
		}
		secured(good, server.serve)(conn)
	})
	var rec hs2client.Record
	c.Record, c.HTTP, c.TLS = &rec, &hs2client.HTTPConfig{ConnectionPerCall: true}, &hs2client.TLSConfig{Roots: roots, ServerName: host}
	s, err := hs2client.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	e := wantClass(t, s.Ping(t.Context()), "tls.hostname")
	if e.Op != "handshake" || !rec.Refused || len(server.seen()) != 2 {
		t.Errorf("op %q, %+v, %d requests", e.Op, rec, len(server.seen()))
	}
	_ = s.Close(t.Context())
}

func TestHTTP_AnnouncedEndsOfConnections(t *testing.T) {
	for name, answer := range map[string]func(post, net.Conn) bool{
		"Connection: close": func(p post, conn net.Conn) bool {
			return sends(conn, []byte(strings.Replace(string(p.as()), "Keep-Alive", "close", 1)))
		},
		"HTTP/1.0": func(p post, conn net.Conn) bool {
			_, _ = fmt.Fprintf(conn, "HTTP/1.0 200 OK\r\nContent-Type: application/x-thrift\r\n\r\n%s", p.reply)
			return false
		},
		"HTTP/1.0 with a length": func(p post, conn net.Conn) bool {
			return sends(conn, fmt.Appendf(nil, "HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(p.reply), p.reply))
		},
		"a body up to the end, which does not come": func(p post, conn net.Conn) bool {
			return sends(conn, fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%s", p.reply))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httpImpala(answer)
			c := httpTo(t, server.serve)
			var rec hs2client.Record
			c.Record = &rec
			if err := wholeSession(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if server.connections() != 8 || rec.HTTP.Connections != 8 || rec.HTTP.Requests != 8 {
				t.Errorf("%d connections, %+v", server.connections(), rec.HTTP)
			}
		})
	}
}

func TestHTTP_WaysToWriteABody(t *testing.T) {
	for name, answer := range map[string]func(post, net.Conn) bool{
		"chunks": func(p post, conn net.Conn) bool {
			return sends(conn, fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s", inChunks(p.reply, 7)))
		},
		"chunks with a trailer": func(p post, conn net.Conn) bool {
			body := strings.TrimSuffix(inChunks(p.reply, 1), "\r\n") + "X-Trailer: x\r\n\r\n"
			return sends(conn, fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s", body))
		},
		"interim answers": func(p post, conn net.Conn) bool {
			interim := strings.Repeat("HTTP/1.1 102 Processing\r\nX: y\r\n\r\n", 4) + "HTTP/1.1 103 Early Hints\r\n\r\n"
			return sends(conn, append([]byte(interim), p.as()...))
		},
		"byte by byte": func(p post, conn net.Conn) bool {
			for _, b := range p.as() {
				if !sends(conn, []byte{b}) {
					return false
				}
			}
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httpImpala(answer)
			if err := wholeSession(t.Context(), httpTo(t, server.serve)); err != nil || server.connections() != 1 {
				t.Errorf("%v over %d connections", err, server.connections())
			}
		})
	}
}

// inChunks is a chunked body.
func inChunks(b []byte, size int) string {
	var out strings.Builder
	for chunk := range slices.Chunk(b, size) {
		fmt.Fprintf(&out, "%x\r\n%s\r\n", len(chunk), chunk)
	}
	return out.String() + "0\r\n\r\n"
}

func TestHTTP_RequestsAreAsConfigured(t *testing.T) {
	server := httpImpala(nil)
	for path, want := range map[string]string{
		"": "/cliservice", "cliservice": "/cliservice", "/gateway/prod/impala": "/gateway/prod/impala", "/": "/", "x?doAs=ann": "/x?doAs=ann", "a%20b": "/a%20b",
		strings.Repeat("x", vocab.MaxHTTPPath): "/" + strings.Repeat("x", vocab.MaxHTTPPath),
	} {
		c := httpTo(t, server.serve)
		c.HTTP = &hs2client.HTTPConfig{Path: path, Host: "impala.example.com:28000", Header: http.Header{
			"x-forwarded-for": {"192.0.2.7"}, "X-Two": {"a", "b"}, "User-Agent": {"mine"},
		}}
		from := len(server.seen())
		if err := wholeSession(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		for _, p := range server.seen()[from:] {
			h := p.request.Header
			if p.request.RequestURI != want || p.request.Host != "impala.example.com:28000" || h.Get("X-Forwarded-For") != "192.0.2.7" ||
				!slices.Equal(h.Values("X-Two"), []string{"a", "b"}) || h.Get("User-Agent") != "mine" {
				t.Errorf("%q: %s %v", path, p.request.RequestURI, p.request)
			}
		}
	}
}

func TestHTTP_RefusesConfigurations(t *testing.T) {
	plain := &hs2client.Plain{User: "ann", Password: "x"}
	header := func(name, value string) *hs2client.HTTPConfig {
		return &hs2client.HTTPConfig{Header: http.Header{name: {value}}}
	}
	over := hs2client.ProtocolHS2HTTP
	for name, tc := range map[string]struct {
		config hs2client.Config
		class  string
	}{
		"a token over binary HS2":        {hs2client.Config{Bearer: &hs2client.Bearer{Token: "x"}}, "sasl.invalid"},
		"settings of HTTP without it":    {hs2client.Config{HTTP: &hs2client.HTTPConfig{}}, "open.invalid"},
		"delegation over Beeswax":        {hs2client.Config{Protocol: hs2client.ProtocolBeeswax, Delegate: "bob"}, "open.invalid"},
		"a password and a token":         {hs2client.Config{Protocol: over, Plain: plain, Bearer: &hs2client.Bearer{Token: "x"}}, "sasl.invalid"},
		"an empty token":                 {hs2client.Config{Protocol: over, Bearer: &hs2client.Bearer{}}, "sasl.invalid"},
		"a token of two lines":           {hs2client.Config{Protocol: over, Bearer: &hs2client.Bearer{Token: "secret1\r\nX: y"}}, "sasl.invalid"},
		"a user with a colon":            {hs2client.Config{Protocol: over, Plain: &hs2client.Plain{User: "a:b"}}, "sasl.invalid"},
		"a blank in the path":            {hs2client.Config{Protocol: over, HTTP: &hs2client.HTTPConfig{Path: "a b"}}, "open.invalid"},
		"a line break in the path":       {hs2client.Config{Protocol: over, HTTP: &hs2client.HTTPConfig{Path: "a\r\nX: y"}}, "open.invalid"},
		"a fragment":                     {hs2client.Config{Protocol: over, HTTP: &hs2client.HTTPConfig{Path: "a#b"}}, "open.invalid"},
		"a bad escape in the path":       {hs2client.Config{Protocol: over, HTTP: &hs2client.HTTPConfig{Path: "a%zz"}}, "open.invalid"},
		"a path without end":             {hs2client.Config{Protocol: over, HTTP: &hs2client.HTTPConfig{Path: strings.Repeat("x", 9<<10)}}, "open.invalid"},
		"a path one too long":            {hs2client.Config{Protocol: over, HTTP: &hs2client.HTTPConfig{Path: strings.Repeat("x", vocab.MaxHTTPPath+1)}}, "open.invalid"},
		"a Host with a path":             {hs2client.Config{Protocol: over, HTTP: &hs2client.HTTPConfig{Host: "a/b"}}, "open.invalid"},
		"Host among the fields":          {hs2client.Config{Protocol: over, HTTP: header("host", "a")}, "open.invalid"},
		"Authorization among the fields": {hs2client.Config{Protocol: over, HTTP: header("authorization", "Basic secret1")}, "open.invalid"},
		"Cookie among the fields":        {hs2client.Config{Protocol: over, HTTP: header("COOKIE", "a=b")}, "open.invalid"},
		"Content-Length":                 {hs2client.Config{Protocol: over, HTTP: header("Content-Length", "1")}, "open.invalid"},
		"Transfer-Encoding":              {hs2client.Config{Protocol: over, HTTP: header("Transfer-Encoding", "chunked")}, "open.invalid"},
		"Connection":                     {hs2client.Config{Protocol: over, HTTP: header("Connection", "close")}, "open.invalid"},
		"a name with a blank":            {hs2client.Config{Protocol: over, HTTP: header("X Y", "1")}, "open.invalid"},
		"no name":                        {hs2client.Config{Protocol: over, HTTP: header("", "1")}, "open.invalid"},
		"a value of two lines":           {hs2client.Config{Protocol: over, HTTP: header("X", "1\nsecret1: z")}, "open.invalid"},
		"fields without end":             {hs2client.Config{Protocol: over, HTTP: header("X", strings.Repeat("x", 33<<10))}, "open.invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			dialled := false
			tc.config.Addr = serve(t, func(net.Conn) { dialled = true })
			_, err := hs2client.Open(t.Context(), tc.config)
			if e := wantClass(t, err, tc.class); dialled || strings.Contains(e.Error(), "secret1") {
				t.Errorf("dialled %v, %v", dialled, e)
			}
		})
	}
}

// A connection that a later call needs, and nobody takes, fails as the first one would.
func TestHTTP_RefusedLaterConnection(t *testing.T) {
	server := httpImpala(nil)
	var rec hs2client.Record
	c := httpTo(t, server.serve)
	c.Record, c.NoPing, c.HTTP = &rec, true, &hs2client.HTTPConfig{ConnectionPerCall: true}
	nobody := closedPort(t)
	dials := 0
	c.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if dials++; dials > 1 {
			addr = nobody
		}
		var d net.Dialer
		return d.DialContext(ctx, network, addr)
	}
	s, err := hs2client.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if e := wantClass(t, s.Ping(t.Context()), "tcp.refused"); e.Op != "dial" || rec.HTTP.Connections != 1 {
		t.Errorf("op %q, %d connections", e.Op, rec.HTTP.Connections)
	}
	_ = s.Close(t.Context())
}

func TestHTTP_ExpectContinue(t *testing.T) {
	t.Run("answered", func(t *testing.T) {
		server := httpImpala(nil)
		c := httpTo(t, server.serve)
		c.HTTP = &hs2client.HTTPConfig{ExpectContinue: true}
		if err := wholeSession(t.Context(), c); err != nil || server.connections() != 1 {
			t.Fatalf("%v over %d connections", err, server.connections())
		}
		for _, expected := range fields(server.seen(), "Expect") {
			if expected != "100-continue" {
				t.Errorf("Expect: %q", expected)
			}
		}
	})
	for name, tc := range map[string]struct {
		says  string
		class string
		hint  string
	}{
		"refused":         {"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n", "open.http-status", "target.http_expect=false"},
		"a login refused": {"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nWWW-Authenticate: Basic\r\n\r\n", "sasl.rejected", "refused"},
		"closed":          {"", "open.eof", "gone"},
		"no status":       {"HTTP/1.1 abc OK\r\n\r\n", "open.garbage", ""},
		"something else":  {"SSH-2.0-OpenSSH_9\r\n", "open.other-server", "SSH"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bodies := make(chan string, 1)
			c := httpTo(t, func(conn net.Conn) {
				head := readHead(conn)
				_, _ = io.WriteString(conn, tc.says)
				_ = conn.(*net.TCPConn).CloseWrite()
				rest, _ := io.ReadAll(conn)
				bodies <- head[strings.Index(head, "\r\n\r\n")+4:] + string(rest)
			})
			c.HTTP, c.Plain = &hs2client.HTTPConfig{ExpectContinue: true}, &hs2client.Plain{User: "ann", Password: "pw"}
			e := wantClass(t, wholeSession(t.Context(), c), tc.class)
			if !strings.Contains(hintText(e), tc.hint) {
				t.Errorf("hint %q", hintText(e))
			}
			if body := <-bodies; body != "" {
				t.Errorf("a body of %d bytes was sent", len(body))
			}
		})
	}
}

// readHead reads the head of a request.
func readHead(conn net.Conn) string {
	var all []byte
	for !strings.Contains(string(all), "\r\n\r\n") {
		var b [1 << 10]byte
		n, err := conn.Read(b[:])
		all = append(all, b[:n]...)
		if err != nil {
			break
		}
	}
	return string(all)
}

// One that another coordinator does not know is told from one that has expired.
func TestHTTP_ForeignHandles(t *testing.T) {
	for text, want := range map[string]string{
		"Invalid session id: 1:2":                          "execute.foreign-handle",
		"Invalid or unknown query handle: 1:2":             "execute.foreign-handle",
		"Invalid SessionHandle: SessionHandle [1-2]":       "execute.foreign-handle",
		"Invalid OperationHandle: OperationHandle [1-2]":   "execute.foreign-handle",
		"Client session expired due to more than 1200s of": "execute.invalid-session",
		"AnalysisException":                                "execute.error",
	} {
		server := httpImpala(nil)
		server.execute = failed(text)
		e := wantClass(t, wholeSession(t.Context(), httpTo(t, server.serve)), want)
		if strings.Contains(want, "foreign") && !strings.Contains(hintText(e), "cookie") {
			t.Errorf("hint %q", hintText(e))
		}
		binary := &coordinator{execute: failed(text)}
		wantClass(t, wholeSession(t.Context(), hs2client.Config{Addr: serve(t, binary.plain), Timeout: soon}),
			map[bool]string{true: "execute.invalid-session", false: strings.Replace(want, "foreign-handle", "invalid-handle", 1)}[strings.HasPrefix(strings.ToLower(text), "invalid session")])
	}
	server := httpImpala(nil)
	server.open = &hs2.TStatus{StatusCode: hs2.TStatusCode_ERROR, ErrorMessage: new("Invalid session id: 1:2")}
	wantClass(t, wholeSession(t.Context(), httpTo(t, server.serve)), "open.invalid-session")
}
