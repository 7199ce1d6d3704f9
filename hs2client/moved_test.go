package hs2client_test

import (
	"context"
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// stopping is a connection of a process that is stopped before a read, until some time
// after its deadline: what arrives meanwhile is there, and the deadline has passed.
type stopping struct {
	net.Conn
	late time.Duration
	left int // reads up to the stop

	mu       sync.Mutex // guards what follows: the end of a context sets it, too
	deadline time.Time
}

func (s *stopping) SetDeadline(t time.Time) error {
	s.mu.Lock()
	s.deadline = t
	s.mu.Unlock()
	return s.Conn.SetDeadline(t)
}

func (s *stopping) Read(p []byte) (int, error) {
	if s.left--; s.left == 0 {
		s.mu.Lock()
		until := s.deadline.Add(s.late)
		s.mu.Unlock()
		time.Sleep(time.Until(until))
	}
	return s.Conn.Read(p)
}

// stopped makes connections that are stopped before their n-th read.
func stopped(n int, late time.Duration) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		return &stopping{Conn: conn, late: late, left: n}, nil
	}
}

// An answer that arrived in time is one, also where this process was stopped (Ctrl-Z, a
// virtual machine that moves) until it was too late to read it.
func TestSession_StoppedProcessReadsWhatArrivedMeanwhile(t *testing.T) {
	t.Parallel()
	const timeout, late = 300 * time.Millisecond, 200 * time.Millisecond
	users := map[string]string{"ann": "s3cret"}
	for name, config := range map[string]simcluster.Config{
		"HS2": {}, "Beeswax": {Beeswax: true}, "HTTP": {HTTP: true}, "TLS and a login": {TLS: true, Auth: simcluster.AuthLDAP, Users: users},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := cluster(t, config)
			c := into(cl, config)
			switch {
			case config.HTTP:
				c = overHTTPInto(cl, config)
			case config.Beeswax:
				c.Protocol, c.Addr = hs2client.ProtocolBeeswax, cl.BeeswaxNodes()[0].String()
			}
			c.Timeout = timeout
			for n := 1; n <= 6; n++ {
				c.Dial = stopped(n, late)
				s, err := hs2client.Open(t.Context(), c)
				if err == nil {
					_, err = s.Query(t.Context(), "SELECT pid()")
					err = errors.Join(err, s.Close(t.Context()))
				}
				if err != nil {
					t.Errorf("stopped before read %d: %v", n, err)
				}
			}
		})
	}
}

// A server that does not answer has no more time than that, and the end of a context counts.
func TestSession_StoppedProcessWaitsNoLonger(t *testing.T) {
	t.Parallel()
	const timeout, late = 200 * time.Millisecond, 150 * time.Millisecond
	silent := peertest.Serve(t, func(conn net.Conn) { _, _ = conn.Read(make([]byte, 1)); <-t.Context().Done() })
	c := hs2client.Config{Addr: silent, Timeout: timeout, Dial: stopped(1, late)}
	began := time.Now()
	_, err := hs2client.Open(t.Context(), c)
	if took := time.Since(began); took < timeout+2*late || took > timeout+2*late+generous {
		t.Errorf("it took %v", took)
	}
	wantClass(t, err, "open.timeout")

	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	c.Timeout = 0
	began = time.Now()
	_, err = hs2client.Open(ctx, c)
	if took := time.Since(began); took < timeout+late || took > timeout+late+generous {
		t.Errorf("after the end of its context it took %v", took)
	}
	wantClass(t, err, "open.timeout")
}
