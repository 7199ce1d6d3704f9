package hs2client_test

import (
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// chunked is a response in chunks.
func (p post) chunked() []byte {
	return []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + inChunks(p.reply, 64))
}

// untilTheEnd is a response that ends with its connection.
func (p post) untilTheEnd() []byte {
	return append([]byte("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), p.reply...)
}

func TestHTTP_CutAfterEveryByteOfEveryAnswer(t *testing.T) {
	for kind, response := range map[string]func(post) []byte{
		"with a length": func(p post) []byte { return p.as("Set-Cookie: a=b") }, "in chunks": post.chunked, "until the end": post.untilTheEnd,
	} {
		for _, step := range steps {
			t.Run(step.call+" "+kind, func(t *testing.T) {
				t.Parallel()
				keep, length := make(chan int, 1), make(chan int, 1)
				var seen int
				server := httpImpala(nil)
				server.answer = func(p post, conn net.Conn) bool {
					whole := response(p)
					if p.method != step.call {
						return sends(conn, p.as())
					}
					if seen++; seen > 1 { // of the same name, in the clean-up
						return false
					}
					length <- len(whole)
					_, _ = conn.Write(whole[:<-keep])
					return false
				}
				c := httpTo(t, server.serve)
				for k, whole := 0, 1; k < whole; k++ {
					seen = 0
					keep <- k
					err := wholeSession(t.Context(), c)
					whole = <-length
					if e := wantClass(t, err, step.phase+".eof"); e.Op != step.call {
						t.Fatalf("op %q after %d of %d bytes", e.Op, k, whole)
					}
				}
			})
		}
	}
}

func TestHTTP_ClassesInvalidAnswers(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for name, tc := range map[string]struct {
		says  string // "REPLY" is the right one
		class string
		hint  string
	}{
		"a login page":                   {ok + "Content-Type: text/html\r\n\r\n<!DOCTYPE html><title>Sign in</title>", "open.garbage", "login page"},
		"words":                          {ok + "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", "open.garbage", ""},
		"a compressed answer":            {ok + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00", "open.garbage", ""},
		"a body of two bytes":            {ok + "Content-Length: 2\r\n\r\n\x80\x01", "open.garbage", ""},
		"no body":                        {ok + "Content-Length: 0\r\n\r\n", "open.mismatch", ""},
		"204":                            {"HTTP/1.1 204 No Content\r\n\r\n", "open.mismatch", ""},
		"a body that ends early":         {ok + "Content-Length: 20\r\n\r\nREPLY", "open.garbage", ""},
		"a body that goes on":            {ok + "Content-Length: 10000\r\n\r\nREPLY" + strings.Repeat("x", 10000), "open.garbage", ""},
		"bytes after the body":           {"WHOLE" + "x", "open.garbage", ""},
		"a second answer":                {"WHOLE" + "WHOLE", "open.garbage", ""},
		"an endless head":                {ok + strings.Repeat("X: y\r\n", 20000), "open.oversize", ""},
		"one long field":                 {ok + "X: " + strings.Repeat("y", 70000) + "\r\n\r\n", "open.oversize", ""},
		"many fields":                    {ok + strings.Repeat("X: y\r\n", 300) + "\r\n", "open.oversize", ""},
		"interim answers without end":    {strings.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 7) + "WHOLE", "open.oversize", ""},
		"a malformed status":             {"HTTP/1.1 abc OK\r\n\r\n", "open.garbage", ""},
		"a malformed field":              {ok + "no colon\r\n\r\n", "open.garbage", ""},
		"two lengths":                    {ok + "Content-Length: 4\r\nContent-Length: 5\r\n\r\nREPLY", "open.garbage", ""},
		"a negative length":              {ok + "Content-Length: -4\r\n\r\nREPLY", "open.garbage", ""},
		"an unknown transfer encoding":   {ok + "Transfer-Encoding: gzip\r\n\r\nREPLY", "open.garbage", ""},
		"a malformed chunk":              {ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\nREPLY", "open.garbage", ""},
		"a longer chunk than it says":    {ok + "Transfer-Encoding: chunked\r\n\r\n4\r\nREPLY\r\n0\r\n\r\n", "open.garbage", ""},
		"HTTP/2":                         {"\x00\x00\x00\x04\x00\x00\x00\x00\x00", "open.garbage", ""},
		"HTTP/0.9":                       {"<html>hello</html>", "open.garbage", "web page"},
		"a Thrift message without HTTP":  {"REPLY", "open.garbage", "target.protocol=hs2"},
		"a SASL message":                 {string(saslframe.AppendMessage(nil, saslframe.StatusBad, []byte("no"))), "open.needs-sasl", "auth.mechanism=ldap"},
		"a TLS alert":                    {"\x15\x03\x01\x00\x02\x02\x28", "open.needs-tls", "tls.enabled=true"},
		"SSH":                            {"SSH-2.0-OpenSSH_9.6\r\n", "open.other-server", "SSH"},
		"a PROXY header":                 {"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n", "open.proxy-header", "PROXY"},
		"nothing":                        {"", "open.eof", "target.protocol=hs2"},
		"three bytes":                    {"HTT", "open.eof", ""},
		"a length beyond all bounds":     {ok + "Content-Length: 9223372036854775807\r\n\r\nREPLY", "open.eof", ""},
		"a longer length than all bound": {ok + "Content-Length: 99999999999999999999\r\n\r\nREPLY", "open.garbage", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httpImpala(func(p post, conn net.Conn) bool {
				all := strings.ReplaceAll(tc.says, "REPLY", string(p.reply))
				_, _ = io.WriteString(conn, strings.ReplaceAll(all, "WHOLE", string(p.as())))
				_ = conn.(*net.TCPConn).CloseWrite()
				_, _ = io.Copy(io.Discard, conn)
				return false
			})
			c := httpTo(t, server.serve)
			_, err := hs2client.Open(t.Context(), c)
			e := wantClass(t, err, tc.class)
			if !strings.Contains(hintText(e), tc.hint) || strings.ContainsAny(e.Error(), "\x00\x1b\r\n") || len(e.Error()) > 4<<10 {
				t.Errorf("%v, hint %q", e, hintText(e))
			}
			if name == "a login page" && !strings.Contains(e.Text, "no Thrift but text/html") {
				t.Errorf("text %q", e.Text)
			}
		})
	}
}

// An answer in HTTP to a binary session suggests HTTP, and a plain one to TLS no TLS.
func TestHTTP_OtherwiseConnected(t *testing.T) {
	a, roots := authority(t)
	page := says("HTTP/1.1 400 Bad Request\r\n\r\n")
	trust := &hs2client.TLSConfig{Roots: roots, ServerName: host}
	for name, tc := range map[string]struct {
		handle func(net.Conn)
		config hs2client.Config
		class  string
		hint   string
	}{
		"TLS to a plain server":            {page, hs2client.Config{Protocol: hs2client.ProtocolHS2HTTP, TLS: trust}, "tls.http", "tls.enabled=false"},
		"a plain request to a TLS server":  {secured(listener(t, a, certs.KindGood), silent), hs2client.Config{Protocol: hs2client.ProtocolHS2HTTP}, "open.eof", "tls.enabled=true"},
		"a binary server that waits":       {silent, hs2client.Config{Protocol: hs2client.ProtocolHS2HTTP}, "open.timeout", "target.protocol=hs2"},
		"a binary session with a web page": {page, hs2client.Config{}, "open.http", "target.protocol=hs2-http"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.config.Addr, tc.config.Timeout = serve(t, tc.handle), soon
			if strings.HasSuffix(tc.class, "timeout") {
				tc.config.Timeout = 100 * time.Millisecond
			}
			_, err := hs2client.Open(t.Context(), tc.config)
			if e := wantClass(t, err, tc.class); !strings.Contains(hintText(e), tc.hint) {
				t.Errorf("%v, hint %q", e, hintText(e))
			}
		})
	}
}

// A request that was refused before it was read ends in a reset, and what was said
// before that is still read.
func TestHTTP_ReadsTheAnswerToARequestThatWasNotSent(t *testing.T) {
	c := withBasic(httpTo(t, func(conn net.Conn) {
		var b [16]byte
		_, _ = conn.Read(b[:])
		refuses(conn, "Basic")
	}))
	c.Options = map[string]string{"X": strings.Repeat("x", 1<<20)} // more than a socket takes at once
	refused, lost := 0, 0
	for range 20 {
		_, err := hs2client.Open(t.Context(), c)
		switch e := wantOneOf(t, err, "sasl.rejected", "open.reset", "open.eof"); {
		case e.Class().IsRejected():
			refused++
		case e.Kind == hs2client.KindReset && !strings.Contains(hintText(e), "login may have been refused"):
			t.Errorf("hint %q", hintText(e))
		default:
			lost++
		}
	}
	t.Logf("%d answers were read, %d lost", refused, lost)
}

// wantOneOf checks an error's class where the system decides which it is.
func wantOneOf(t *testing.T, err error, classes ...string) *hs2client.Error {
	t.Helper()
	for _, class := range classes {
		if hs2client.ClassOf(err).String() == class {
			return wantClass(t, err, class)
		}
	}
	t.Fatalf("got %v, want one of %v", err, classes)
	return nil
}

func TestHTTP_WaitReportsHowConnectionWasCut(t *testing.T) {
	for name, tc := range map[string]struct {
		how   func(net.Conn)
		class string
	}{
		"closed": {func(net.Conn) {}, "execute.eof"}, "reset": {reset, "execute.reset"},
		"said something": {func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.1 408 Request Timeout\r\n\r\n") }, "execute.garbage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cut := make(chan struct{})
			server := httpImpala(nil)
			server.answer = func(p post, conn net.Conn) bool {
				if p.n != 1 {
					return sends(conn, p.as())
				}
				_ = sends(conn, p.as())
				<-cut
				tc.how(conn)
				return false
			}
			s, err := hs2client.Open(t.Context(), httpTo(t, server.serve))
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Wait(t.Context(), 10*time.Millisecond); err != nil {
				t.Errorf("before: %v", err)
			}
			close(cut)
			e := wantClass(t, s.Wait(t.Context(), forever), tc.class)
			if tc.class == "execute.eof" && !strings.Contains(hintText(e), "keep-alive") {
				t.Errorf("hint %q", hintText(e))
			}
			// The session outlives its connection: it is closed over another one.
			if err := s.Close(t.Context()); err != nil || server.connections() != 2 {
				t.Errorf("%v over %d connections", err, server.connections())
			}
			if calls := server.asked(); calls[len(calls)-1] != "CloseSession" {
				t.Errorf("calls %v", calls)
			}
		})
	}
}

func TestHTTP_BoundsMemory(t *testing.T) {
	endless := func(head, more string) func(net.Conn) {
		return func(conn net.Conn) {
			_ = readHead(conn)
			if _, err := io.WriteString(conn, head); err != nil {
				return
			}
			for block := strings.Repeat(more, 1000); ; {
				if _, err := io.WriteString(conn, block); err != nil {
					return
				}
			}
		}
	}
	for name, tc := range map[string]struct {
		handle func(net.Conn)
		class  string
	}{
		"fields":      {endless("HTTP/1.1 200 OK\r\n", "a:\n"), "open.oversize"},
		"cookies":     {endless("HTTP/1.1 200 OK\r\n", "Set-Cookie: a=b\r\n"), "open.oversize"},
		"interim":     {endless("", "HTTP/1.1 100 Continue\r\n\r\n"), "open.oversize"},
		"a body":      {endless("HTTP/1.1 200 OK\r\n\r\n\x80\x01\x00\x02\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01", "\x0b\x00\x09\x00\x00\x00\x01x"), "open.oversize"},
		"chunks":      {endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n17\r\n\x80\x01\x00\x02\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\r\n", "8;x=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n\x0b\x00\x09\x00\x00\x00\x01x\r\n"), "open.garbage"},
		"error pages": {endless("HTTP/1.1 500 x\r\nContent-Length: 100000000\r\n\r\n", "xxxx"), "open.http-status"},
	} {
		t.Run(name, func(t *testing.T) {
			c := httpTo(t, tc.handle)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := hs2client.Open(t.Context(), c)
			runtime.ReadMemStats(&after)
			wantClass(t, err, tc.class)
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 && !raceDetector {
				t.Errorf("%d KiB allocated", grown>>10)
			}
		})
	}
}
