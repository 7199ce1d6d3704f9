package hs2client_test

import (
	"context"
	"crypto/x509"
	"net"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// hole is a server that goes silent in one phase; asked tells each time that it
// holds a request which it will not answer.
type hole struct {
	phase  string
	config hs2client.Config
	handle func(asked chan<- struct{}) func(net.Conn)
}

// swallow reads one byte, tells, and answers nothing.
func swallow(asked chan<- struct{}, c net.Conn) {
	var b [1]byte
	if _, err := c.Read(b[:]); err == nil {
		asked <- struct{}{}
	}
	silent(c)
}

// holes are the black holes of every phase but resolve.
func holes() map[string]hole {
	plain := &hs2client.Plain{User: "ann", Password: "pw"}
	all := map[string]hole{
		"connect": {"tcp", hs2client.Config{}, nil},
		"TLS handshake": {"tls", hs2client.Config{TLS: &hs2client.TLSConfig{ServerName: host}}, func(asked chan<- struct{}) func(net.Conn) {
			return func(c net.Conn) { swallow(asked, c) }
		}},
		"login": {"sasl", hs2client.Config{Plain: plain}, func(asked chan<- struct{}) func(net.Conn) {
			return func(c net.Conn) { swallow(asked, c) }
		}},
		"login, half-way": {"sasl", hs2client.Config{Plain: plain}, func(asked chan<- struct{}) func(net.Conn) {
			return func(c net.Conn) {
				var all [1 << 10]byte
				if _, err := c.Read(all[:]); err != nil {
					return
				}
				_, _ = c.Write(saslframe.AppendMessage(nil, saslframe.StatusComplete, []byte("xx"))[:6])
				asked <- struct{}{}
				silent(c)
			}
		}},
	}
	for i, step := range steps {
		for name, part := range map[string]int{"": 0, ", half-way": 9} {
			all[step.call+name] = hole{step.phase, hs2client.Config{}, func(asked chan<- struct{}) func(net.Conn) {
				c := &coordinator{}
				c.columns, c.schema = pid()
				return c.tampered(func(call int, reply []byte, conn net.Conn) bool {
					if call != i {
						return intact(reply, conn)
					}
					if part > 0 {
						_, _ = conn.Write(reply[:part])
					}
					asked <- struct{}{}
					silent(conn)
					return false
				})
			}}
		}
	}
	return all
}

// piped is a Dial whose other end is served by handle. A pipe's deadlines go by
// the clock of a test's bubble, so that times come out exact.
func piped(handle func(net.Conn)) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			handle(server)
			_ = server.Close()
		}()
		return client, nil
	}
}

// into points the hole's client at its server.
func (h hole) into() (hs2client.Config, <-chan struct{}) {
	asked := make(chan struct{}, 2)
	c := h.config
	c.Addr = "127.0.0.1:21050"
	if h.handle != nil {
		c.Dial = piped(h.handle(asked))
		return c, asked
	}
	c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
		asked <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return c, asked
}

func TestSession_TimesOutInEveryPhase(t *testing.T) {
	const timeout = 200 * time.Millisecond
	for name, h := range holes() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, asked := h.into()
				c.Timeout = timeout
				fell := make(chan time.Time, 1)
				go func() {
					<-asked
					fell <- time.Now()
				}()
				err := firstError(t.Context(), c)
				took := time.Since(<-fell)
				wantClass(t, err, h.phase+".timeout")
				if took < timeout || took > timeout*12/10 {
					t.Errorf("took %v, want %v and at most a fifth more", took, timeout)
				}
			})
		})
	}
}

// firstError is that of a session which ends where it fails, but for what must
// be closed.
func firstError(ctx context.Context, c hs2client.Config) error {
	s, err := hs2client.Open(ctx, c)
	if err != nil {
		return err
	}
	if _, err = s.Query(ctx, "SELECT pid()"); err != nil {
		go func() { _ = s.Close(ctx) }()
		return err
	}
	return s.Close(ctx)
}

func TestSession_CancelInterruptsEveryPhase(t *testing.T) {
	for name, h := range holes() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, asked := h.into()
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				canceled := make(chan time.Time, 1)
				go func() {
					<-asked
					time.Sleep(time.Second) // the bubble's clock: no real wait
					canceled <- time.Now()
					cancel()
				}()
				err := firstError(ctx, c)
				took := time.Since(<-canceled)
				wantClass(t, err, h.phase+".canceled")
				if took > 100*time.Millisecond {
					t.Errorf("returned %v after the end of its context", took)
				}
			})
		})
	}
}

func TestOpen_SlowBytesDoNotExtendDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const timeout = 200 * time.Millisecond
		c := &coordinator{config: map[string]string{"http_addr": "a:25000"}}
		dial := piped(c.tampered(func(_ int, reply []byte, conn net.Conn) bool {
			for _, b := range reply {
				time.Sleep(10 * time.Millisecond) // the bubble's clock: no real wait
				if _, err := conn.Write([]byte{b}); err != nil {
					return false
				}
			}
			return true
		}))
		start := time.Now()
		err := firstError(t.Context(), hs2client.Config{Addr: "127.0.0.1:21050", Timeout: timeout, Dial: dial})
		if took := time.Since(start); took < timeout || took > timeout*12/10 {
			t.Errorf("took %v, want %v and at most a fifth more", took, timeout)
		}
		wantClass(t, err, "open.timeout")
		time.Sleep(timeout) // until the server has noticed
	})
}

// generous is what a busy machine may add where sockets, and so the real clock,
// are what is tested.
const generous = 5 * time.Second

func TestOpen_DeadlineAndCancelOnRealSockets(t *testing.T) {
	a, _ := authority(t)
	config := listener(t, a, certs.KindGood)
	for name, tc := range map[string]struct {
		handle func(net.Conn)
		tls    bool
		class  string
	}{
		"plain":              {silent, false, "open"},
		"TLS, no handshake":  {silent, true, "tls"},
		"TLS, then no reply": {secured(config, silent), true, "open"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := hs2client.Config{Addr: serve(t, tc.handle), Timeout: 100 * time.Millisecond}
			if tc.tls {
				roots := x509.NewCertPool()
				roots.AppendCertsFromPEM(a.RootPEM())
				c.TLS, c.Timeout = &hs2client.TLSConfig{Roots: roots, ServerName: host}, time.Second
			}
			start := time.Now()
			err := firstError(t.Context(), c)
			if took := time.Since(start); took < c.Timeout || took > c.Timeout+generous {
				t.Errorf("the timeout took %v", took)
			}
			wantClass(t, err, tc.class+".timeout")

			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(c.Timeout, cancel)
			c.Timeout = 10 * generous
			start = time.Now()
			err = firstError(ctx, c)
			if took := time.Since(start); took > generous {
				t.Errorf("the cancel took %v", took)
			}
			wantClass(t, err, tc.class+".canceled")
		})
	}
}

func TestSession_SkipsLateReplyBeforeNextCall(t *testing.T) {
	c := &coordinator{}
	asked, answer := make(chan struct{}, 1), make(chan struct{})
	addr := serve(t, c.tampered(func(call int, reply []byte, conn net.Conn) bool {
		if call == 3 { // GetOperationStatus
			asked <- struct{}{}
			<-answer
		}
		return intact(reply, conn)
	}))
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-asked
		cancel()
	}()
	_, err = s.Query(ctx, "SELECT 1")
	wantClass(t, err, "execute.canceled")
	close(answer)
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("close: %v", err)
	}
	if calls := c.asked(); !slices.Equal(calls[len(calls)-1:], []string{"CloseSession"}) {
		t.Errorf("calls %v", calls)
	}
}

func TestSession_EndedContextSendsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s, err := hs2client.Open(ctx, hs2client.Config{Addr: serve(t, (&coordinator{}).plain), Timeout: soon})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err = s.Query(ctx, "SELECT 1")
	wantClass(t, err, "execute.canceled")
	if err := s.Close(t.Context()); err != nil { // nothing was sent: the connection is good
		t.Error(err)
	}
	_, err = hs2client.Open(ctx, hs2client.Config{Addr: "127.0.0.1:1"})
	wantClass(t, err, "tcp.canceled")
}
