package hs2client_test

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// forever is a wait that nothing here outlasts.
const forever = time.Hour

// cutAfter serves c until its session is open and has been asked for a sign of
// life, and then ends the connection in its own way.
func cutAfter(c *coordinator, how func(net.Conn)) func(net.Conn) {
	return c.tampered(func(call int, reply []byte, conn net.Conn) bool {
		if !intact(reply, conn) {
			return false
		}
		if call == 1 { // OpenSession, Ping
			how(conn)
			return false
		}
		return true
	})
}

// openTo opens a session to a server of the test's own.
func openTo(t *testing.T, handle func(net.Conn), c hs2client.Config) *hs2client.Session {
	t.Helper()
	c.Addr, c.Timeout = serve(t, handle), soon
	s, err := hs2client.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return s
}

// raw is the socket under a connection.
func raw(c net.Conn) *net.TCPConn {
	if s, ok := c.(*tls.Conn); ok {
		c = s.NetConn()
	}
	return c.(*net.TCPConn)
}

func reset(c net.Conn) { _ = raw(c).SetLinger(0) }

func TestWait_ReportsHowConnectionWasCut(t *testing.T) {
	a, roots := authority(t)
	server := listener(t, a, certs.KindGood)
	secure := hs2client.Config{TLS: &hs2client.TLSConfig{Roots: roots, ServerName: host}}
	c := &coordinator{}
	overTLS := func(how func(net.Conn)) func(net.Conn) {
		return secured(server, cutAfter(c, how))
	}
	for name, tc := range map[string]struct {
		handle func(net.Conn)
		config hs2client.Config
		class  string
	}{
		"in good order":                    {cutAfter(c, func(net.Conn) {}), hs2client.Config{}, "execute.eof"},
		"by a reset":                       {cutAfter(c, reset), hs2client.Config{}, "execute.reset"},
		"by TLS's own goodbye":             {overTLS(func(c net.Conn) { _ = c.(*tls.Conn).CloseWrite() }), secure, "execute.eof"},
		"below TLS, without its goodbye":   {overTLS(func(c net.Conn) { _ = raw(c).CloseWrite(); silent(c) }), secure, "execute.eof"},
		"below TLS, by a reset":            {overTLS(func(c net.Conn) { reset(c); _ = raw(c).Close() }), secure, "execute.reset"},
		"by words that nobody asked for":   {cutAfter(c, func(c net.Conn) { intact([]byte("HTTP/1.1 408 Request Time-out\r\n"), c); silent(c) }), hs2client.Config{}, "execute.garbage"},
		"by one byte nobody asked for":     {cutAfter(c, func(c net.Conn) { intact([]byte{0x80}, c); silent(c) }), hs2client.Config{}, "execute.garbage"},
		"by words over TLS, not asked for": {overTLS(func(c net.Conn) { intact([]byte("bye"), c); silent(c) }), secure, "execute.garbage"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := openTo(t, tc.handle, tc.config)
			e := wantClass(t, s.Wait(t.Context(), forever), tc.class)
			if e.Op != "idle" {
				t.Errorf("what failed is called %q", e.Op)
			}
			// It stays so: the session is of no use any more.
			wantClass(t, s.Ping(t.Context()), tc.class)
		})
	}
}

func TestWait_LeavesSessionUsable(t *testing.T) {
	users := map[string]string{"ann": "s3cret"}
	for name, config := range map[string]simcluster.Config{
		"plain":          {},
		"TLS":            {TLS: true},
		"in SASL frames": {Auth: simcluster.AuthLDAP, Users: users},
		"both":           {Auth: simcluster.AuthLDAP, Users: users, TLS: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := cluster(t, config)
			s, err := hs2client.Open(t.Context(), into(cl, config))
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				const d = 20 * time.Millisecond
				start := time.Now()
				if err := s.Wait(t.Context(), d); err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took < d {
					t.Errorf("the wait took %v, want %v", took, d)
				}
				if _, err := s.Query(t.Context(), "SELECT pid()"); err != nil {
					t.Error(err)
				}
			}
			if err := s.Close(t.Context()); err != nil {
				t.Error(err)
			}
			wantClass(t, s.Wait(t.Context(), forever), "execute.invalid")
		})
	}
}

func TestWait_CloseInSASLFrames(t *testing.T) {
	cl := cluster(t, simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"ann": "s3cret"}})
	s, err := hs2client.Open(t.Context(), into(cl, simcluster.Config{Auth: simcluster.AuthLDAP}))
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = cl.Close() }() // ends the connections that are open
	err = s.Wait(t.Context(), forever)
	if e := wantClass(t, err, "execute.eof"); e.Hint() != nil {
		t.Errorf("hint %v", e.Hint())
	}
	_ = s.Close(t.Context())
}

func TestWait_EndsWithContext(t *testing.T) {
	c := &coordinator{}
	c.columns, c.schema = pid()
	s := openTo(t, c.plain, hs2client.Config{})

	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	wantClass(t, s.Wait(ctx, forever), "execute.canceled")
	wantClass(t, s.Wait(ctx, forever), "execute.canceled") // at once

	ctx, cancel = context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	wantClass(t, s.Wait(ctx, forever), "execute.timeout")

	if _, err := s.Query(t.Context(), "SELECT pid()"); err != nil { // nothing is lost by it
		t.Error(err)
	}
}

func TestPing_FindsSilentCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &coordinator{}
		s, err := hs2client.Open(t.Context(), hs2client.Config{
			Addr: "127.0.0.1:21050", Timeout: time.Second, Dial: piped(cutAfter(c, silent)),
		})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := s.Wait(t.Context(), 605*time.Second); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 605*time.Second {
			t.Errorf("the wait took %v", took)
		}
		if err := s.Wait(t.Context(), 0); err != nil || time.Since(start) != 605*time.Second {
			t.Errorf("a wait of no time: %v, after %v", err, time.Since(start))
		}
		wantClass(t, s.Ping(t.Context()), "execute.timeout")
		_ = s.Close(t.Context())
	})
}

func TestWait_DropsLateReply(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &coordinator{}
		c.columns, c.schema = pid()
		late := c.tampered(func(call int, reply []byte, conn net.Conn) bool {
			if call == 1 { // the first Ping
				time.Sleep(2 * time.Second) // the bubble's clock: no real wait
			}
			return intact(reply, conn)
		})
		s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: "127.0.0.1:21050", Timeout: time.Second, Dial: piped(late), NoPing: true})
		if err != nil {
			t.Fatal(err)
		}
		wantClass(t, s.Ping(t.Context()), "execute.timeout")
		start := time.Now()
		if err := s.Wait(t.Context(), 5*time.Second); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("the wait took %v, want all of it", took)
		}
		rows, err := s.Query(t.Context(), "SELECT pid()")
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := rows.String(0, 0); !strings.Contains(text, "4711") {
			t.Errorf("row %q", text)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Where a late reply stops half-way, what follows cannot be told from the rest of it: the
// wait says so, and the session is of no use any more.
func TestWait_LateReplyThatStopsHalfWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &coordinator{}
		late := c.tampered(func(call int, reply []byte, conn net.Conn) bool {
			if call != 1 { // the first Ping
				return intact(reply, conn)
			}
			time.Sleep(2 * time.Second) // the bubble's clock: no real wait
			intact(reply[:len(reply)-1], conn)
			silent(conn)
			return false
		})
		s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: "127.0.0.1:21050", Timeout: time.Second, Dial: piped(late), NoPing: true})
		if err != nil {
			t.Fatal(err)
		}
		wantClass(t, s.Ping(t.Context()), "execute.timeout")
		wantClass(t, s.Wait(t.Context(), 5*time.Second), "execute.timeout")
		start := time.Now()
		wantClass(t, s.Ping(t.Context()), "execute.timeout")
		if took := time.Since(start); took != 0 {
			t.Errorf("the session was asked again, for %v", took)
		}
		_ = s.Close(t.Context())
	})
}
