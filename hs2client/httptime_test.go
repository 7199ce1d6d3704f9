package hs2client_test

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

// A server that goes silent in one call: before its answer, in its head, in its body.
func TestHTTP_DeadlineAndCancelInEveryCall(t *testing.T) {
	for i, step := range steps {
		for part, bytes := range map[string]int{"before": 0, "in the head": 20, "in the body": 130} {
			for what, kind := range map[string]string{"deadline": "timeout", "cancel": "canceled"} {
				t.Run(fmt.Sprintf("%s, %s, %s", step.call, part, what), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						asked := make(chan struct{}, 20)
						server := httpImpala(nil)
						server.answer = func(p post, conn net.Conn) bool {
							if p.n != i {
								return sends(conn, p.as())
							}
							if bytes > 0 {
								_, _ = conn.Write(p.as()[:bytes])
							}
							asked <- struct{}{}
							silent(conn)
							return false
						}
						ctx, cancel := context.WithCancel(t.Context())
						defer cancel()
						c := hs2client.Config{Addr: "127.0.0.1:28000", Protocol: hs2client.ProtocolHS2HTTP, Dial: piped(server.serve), Timeout: time.Minute}
						go func() {
							<-asked
							time.Sleep(time.Second) // the bubble's clock: no real wait
							if what == "cancel" {
								cancel()
							}
						}()
						start := time.Now()
						wantClass(t, firstError(ctx, c), step.phase+"."+kind)
						if took, most := time.Since(start), map[string]time.Duration{"deadline": time.Minute, "cancel": time.Second}[what]+200*time.Millisecond; took > most {
							t.Errorf("took %v", took)
						}
						synctest.Wait()
					})
				})
			}
		}
	}
}

// What is given up is cancelled and closed over another connection, although the one
// it was asked on still waits.
func TestHTTP_CancelsOverAnotherConnection(t *testing.T) {
	server := httpImpala(nil)
	asked := make(chan struct{}, 1)
	server.answer = func(p post, conn net.Conn) bool {
		if p.method == "GetOperationStatus" {
			asked <- struct{}{}
			silent(conn)
			return false
		}
		return sends(conn, p.as())
	}
	s, err := hs2client.Open(t.Context(), httpTo(t, server.serve))
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
	if err := s.Close(t.Context()); err != nil {
		t.Errorf("close: %v", err)
	}
	calls := server.asked()
	if want := []string{"Status", "Cancel", "CloseOperation", "CloseSession"}; !slices.Equal(calls[len(calls)-4:], want) {
		t.Errorf("calls %v", calls)
	}
}

// The making of a further connection obeys the deadline and the context, too.
func TestHTTP_DeadlineAndCancelOfAFurtherConnection(t *testing.T) {
	for what, class := range map[string]string{"deadline": "tcp.timeout", "cancel": "tcp.canceled"} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := httpImpala(nil)
				made := 0
				dial := func(ctx context.Context, network, addr string) (net.Conn, error) {
					if made++; made > 2 {
						<-ctx.Done()
						return nil, ctx.Err()
					}
					return piped(server.serve)(ctx, network, addr)
				}
				c := hs2client.Config{Addr: "127.0.0.1:28000", Protocol: hs2client.ProtocolHS2HTTP, Dial: dial, HTTP: &hs2client.HTTPConfig{ConnectionPerCall: true}}
				s, err := hs2client.Open(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				if what == "cancel" {
					ctx, cancel = context.WithCancel(t.Context())
					time.AfterFunc(time.Second, cancel)
				}
				defer cancel()
				start := time.Now()
				e := wantClass(t, s.Ping(ctx), class)
				if took := time.Since(start); took != time.Second || e.Op != "dial" {
					t.Errorf("%q took %v", e.Op, took)
				}
				ctx, cancel = context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_ = s.Close(ctx)
				synctest.Wait()
			})
		})
	}
}

// Leave to send a body is waited for for a second, and no longer.
func TestHTTP_SendsTheBodyWithoutLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := httpImpala(nil)
		dial := piped(func(conn net.Conn) { server.serve(mute{conn}) })
		c := hs2client.Config{Addr: "127.0.0.1:28000", Protocol: hs2client.ProtocolHS2HTTP, Dial: dial, HTTP: &hs2client.HTTPConfig{ExpectContinue: true}, Timeout: time.Minute}
		start := time.Now()
		if err := wholeSession(t.Context(), c); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took != 8*time.Second {
			t.Errorf("8 calls took %v, want a second each", took)
		}
		c.Timeout = 300 * time.Millisecond
		wantClass(t, wholeSession(t.Context(), c), "open.timeout")
		synctest.Wait()
	})
}

// mute is a connection that gives no leave.
type mute struct{ net.Conn }

func (m mute) Write(p []byte) (int, error) {
	if strings.HasPrefix(string(p), "HTTP/1.1 100 ") {
		return len(p), nil
	}
	return m.Conn.Write(p)
}
