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

func TestIdleTimer_Cuts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault string
		tls   bool
		want  error // the result of the client's read; nil: it blocks
	}{
		"fin":      {fault: "idle=20ms:fin", want: io.EOF},
		"fin, TLS": {fault: "idle=20ms:fin", tls: true, want: io.EOF},
		"rst":      {fault: "idle=20ms:rst", want: syscall.ECONNRESET},
		"rst, TLS": {fault: "idle=20ms:rst", tls: true, want: syscall.ECONNRESET},
		"silent":   {fault: "idle=20ms:silent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1, TLS: c.tls}, c.fault)
			conn := dialNode(t, cl)
			if c.tls {
				conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true})
			}
			if _, err := io.WriteString(conn, openSessionRequest); err != nil {
				t.Fatal(err)
			}
			in := cl.coordinators[0].threads[protocolHS2].inUse
			eventually(t, func() bool { return in() == 0 && cl.Stats().SessionsOpened == 1 })
			if c.want == nil {
				if n, err := conn.Write(make([]byte, 100)); n != 100 || err != nil {
					t.Errorf("write: %d, %v", n, err)
				}
				conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
			} else {
				conn.SetReadDeadline(time.Now().Add(soon))
			}
			_, err := io.Copy(io.Discard, conn)
			switch {
			case c.want == nil && !isTimeout(err):
				t.Errorf("read: %v, want a timeout", err)
			case errors.Is(c.want, io.EOF) && err != nil:
				t.Errorf("read: %v, want EOF", err)
			case c.want != nil && !errors.Is(c.want, io.EOF) && !errors.Is(err, c.want):
				t.Errorf("read: %v, want %v", err, c.want)
			}
		})
	}
}

func TestIdleTimer_SilentCutDiscardsInput(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1}, "idle=1ms:silent")
	conn := dialNode(t, cl)
	served := func() bool { return cl.coordinators[0].connections[protocolHS2].Load() == 1 }
	eventually(t, func() bool { return served() && cl.coordinators[0].threads[protocolHS2].inUse() == 0 })
	for range 3 {
		if _, err := io.WriteString(conn, openSessionRequest); err != nil {
			t.Fatal(err)
		}
		expectSilence(t, conn)
	}
	conn.Close()
	eventually(t, func() bool { cl.mu.Lock(); defer cl.mu.Unlock(); return len(cl.connected) == 0 })
	if n := cl.Stats().SessionsOpened; n != 0 {
		t.Errorf("%d sessions were opened after the cut", n)
	}
}

func TestIdleTimer_TrafficPostponesCut(t *testing.T) {
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
		t.Error("cut despite traffic")
	}
	c.lastTraffic.Store(int64(time.Minute))
	c.expire(l)
	if l.idle.cutMode() != cutModeSilent {
		t.Error("not cut after an hour and 59 minutes without traffic")
	}
	if _, err := l.Read(make([]byte, 1)); !errors.Is(err, errIdleCut) {
		t.Errorf("read: %v", err)
	}
	if _, err := l.Write(make([]byte, 1)); !errors.Is(err, errIdleCut) {
		t.Errorf("write: %v", err)
	}
}
