package hs2client_test

import (
	"context"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// tolerance is what a busy machine may add to a deadline.
const tolerance = 60 * time.Millisecond

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
				_, _ = c.Write(saslframe.AppendMessage(nil, saslframe.Complete, []byte("xx"))[:6])
				swallow(asked, c)
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
					_, _ = conn.Write(reply[:part])
					asked <- struct{}{}
					silent(conn)
					return false
				})
			}}
		}
	}
	return all
}

// into points the hole's client at its server.
func (h hole) into(t *testing.T) (hs2client.Config, <-chan struct{}) {
	asked := make(chan struct{}, 2)
	c := h.config
	if h.handle == nil {
		c.Addr = "127.0.0.1:1"
		c.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
			asked <- struct{}{}
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return c, asked
	}
	c.Addr = serve(t, h.handle(asked))
	return c, asked
}

func TestBlackHolesEndOnTime(t *testing.T) {
	const timeout = 200 * time.Millisecond
	for name, h := range holes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := h.into(t)
			c.Timeout = timeout
			start := time.Now()
			s, err := hs2client.Open(t.Context(), c)
			if err == nil && h.phase != "close" {
				_, err = s.Query(t.Context(), "SELECT pid()")
			} else if err == nil {
				err = askAndClose(t, s)
			}
			took := time.Since(start)
			wantClass(t, err, h.phase+".timeout")
			if took < timeout || took > timeout*12/10+tolerance {
				t.Errorf("took %v, want %v and at most a fifth more", took, timeout)
			}
			if s != nil {
				_ = s.Close(t.Context()) // whatever it says: the connection must go
			}
		})
	}
}

// askAndClose is the error of the closing that falls into the hole, be it the
// operation's or the session's.
func askAndClose(t *testing.T, s *hs2client.Session) error {
	if _, err := s.Query(t.Context(), "SELECT pid()"); err != nil {
		return err
	}
	return s.Close(t.Context())
}

func TestCancelInterruptsEveryPhase(t *testing.T) {
	for name, h := range holes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, asked := h.into(t)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			canceled := make(chan time.Time, 1)
			go func() {
				<-asked
				canceled <- time.Now()
				cancel()
			}()
			err := wholeSession(ctx, c)
			took := time.Since(<-canceled)
			wantClass(t, err, h.phase+".canceled")
			if took > 100*time.Millisecond+tolerance {
				t.Errorf("returned %v after the end of its context", took)
			}
		})
	}
}

func TestADrippingServerCannotOutliveTheDeadline(t *testing.T) {
	const timeout = 200 * time.Millisecond
	c := &coordinator{config: map[string]string{"http_addr": "a:25000"}}
	addr := serve(t, c.tampered(func(_ int, reply []byte, conn net.Conn) bool {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for _, b := range reply {
			<-tick.C
			if _, err := conn.Write([]byte{b}); err != nil {
				return false
			}
		}
		return true
	}))
	start := time.Now()
	err := wholeSession(t.Context(), hs2client.Config{Addr: addr, Timeout: timeout})
	if took := time.Since(start); took < timeout || took > timeout*12/10+tolerance {
		t.Errorf("took %v, want %v and at most a fifth more", took, timeout)
	}
	wantClass(t, err, "open.timeout")
}

func TestAReplyThatComesLateIsSettledBeforeTheNextCall(t *testing.T) {
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

func TestAContextThatHasEnded(t *testing.T) {
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
