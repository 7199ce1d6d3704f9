package simcluster

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

func TestAnIdleConnectionIsCut(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault string
		tls   bool
		how   error // what the client reads; nil: nothing
	}{
		"in an orderly way":         {"idle=20ms:fin", false, io.EOF},
		"in an orderly way, of TLS": {"idle=20ms:fin", true, io.EOF},
		"by a reset":                {"idle=20ms:rst", false, syscall.ECONNRESET},
		"by a reset, under TLS":     {"idle=20ms:rst", true, syscall.ECONNRESET},
		"without a word":            {"idle=20ms:silent", false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1, TLS: c.tls}, c.fault)
			conn := dial(t, cl)
			if c.tls {
				conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
			}
			if _, err := io.WriteString(conn, openSessionRequest); err != nil {
				t.Fatal(err)
			}
			in := cl.coordinators[0].threads[protocolHS2].inUse
			eventually(t, func() bool { return in() == 0 && cl.Stats().SessionsOpened == 1 })
			if c.how == nil {
				if n, err := conn.Write(make([]byte, 100)); n != 100 || err != nil {
					t.Errorf("write: %d, %v", n, err)
				}
				conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			} else {
				conn.SetReadDeadline(time.Now().Add(2 * time.Second))
			}
			_, err := io.Copy(io.Discard, conn)
			switch {
			case c.how == nil && !isTimeout(err):
				t.Errorf("read: %v, want nothing", err)
			case c.how == io.EOF && err != nil:
				t.Errorf("read: %v, want the end", err)
			case c.how != nil && c.how != io.EOF && !errors.Is(err, c.how):
				t.Errorf("read: %v, want %v", err, c.how)
			}
		})
	}
}

func TestAForgottenConnectionIsSwallowedUntilItsClientCloses(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1}, "idle=1ms:silent")
	conn := dial(t, cl)
	served := func() bool { return cl.coordinators[0].connections[protocolHS2].Load() == 1 }
	eventually(t, func() bool { return served() && cl.coordinators[0].threads[protocolHS2].inUse() == 0 })
	for range 3 {
		if _, err := io.WriteString(conn, openSessionRequest); err != nil {
			t.Fatal(err)
		}
		silent(t, conn)
	}
	conn.Close()
	eventually(t, func() bool { cl.mu.Lock(); defer cl.mu.Unlock(); return len(cl.connected) == 0 })
	if n := cl.Stats().SessionsOpened; n != 0 {
		t.Errorf("%d sessions were opened over it", n)
	}
}

func TestTrafficPutsTheCutOff(t *testing.T) {
	t.Parallel()
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	l := &link{Conn: near, tcp: new(net.TCPConn)}
	l.watchIdle(idlePlan{time.Hour, cutModeSilent})
	c := l.idle
	defer c.stop()
	c.createdAt = c.createdAt.Add(-2 * time.Hour) // as if it had been open for two hours
	c.recordTraffic(1)
	c.expire(l)
	if l.idle.cutMode() != "" {
		t.Error("cut although bytes have just passed")
	}
	c.lastTraffic.Store(int64(time.Minute))
	c.expire(l)
	if l.idle.cutMode() != cutModeSilent {
		t.Error("not cut after two hours but a minute")
	}
	if _, err := l.Read(make([]byte, 1)); err != errIdleCut {
		t.Errorf("read: %v", err)
	}
	if _, err := l.Write(make([]byte, 1)); err != errIdleCut {
		t.Errorf("write: %v", err)
	}
}
