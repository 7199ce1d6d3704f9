package hs2client

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
)

// accepting is an address that takes connections until the test ends; from is
// where they came from.
func accepting(t *testing.T) (addr netip.AddrPort, from <-chan netip.AddrPort) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan netip.AddrPort, 8)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			seen <- c.RemoteAddr().(*net.TCPAddr).AddrPort()
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return l.Addr().(*net.TCPAddr).AddrPort(), seen
}

func TestConnect_FromLocalAddressWithoutReservingPort(t *testing.T) {
	addr, from := accepting(t)
	for _, local := range []string{"127.0.0.1", "127.0.0.9", "127.1.2.3", "::ffff:127.0.0.7"} {
		want := netip.MustParseAddr(local)
		c, _, err := connect(context.Background(), &Config{Local: want}, addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := <-from; got.Addr() != want.Unmap() || got.Port() == 0 {
			t.Errorf("the server saw %v, want %v", got, want)
		}
		raw, err := c.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		later := 0
		if err := raw.Control(func(fd uintptr) {
			later, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_IP, ipBindAddressNoPort)
		}); err != nil {
			t.Fatal(err)
		}
		if err != nil || later != 1 {
			t.Errorf("from %v: the port was chosen by bind (%d, %v)", want, later, err)
		}
		_ = c.Close()
	}
}

// The dialer makes a second socket where the first connected to itself; nothing of the
// first is kept.
func TestPendingSocket_KeepsTheLastAttemptAlone(t *testing.T) {
	var pipe [2]int
	if err := syscall.Pipe2(pipe[:], syscall.O_CLOEXEC|syscall.O_NONBLOCK); err != nil {
		t.Fatal(err)
	}
	var s pendingSocket
	s.prepare(uintptr(pipe[1]))
	s.prepare(uintptr(pipe[1]))
	s.release()
	if err := syscall.Close(pipe[1]); err != nil {
		t.Fatal(err)
	}
	// The pipe has ended if nobody has its end for writing.
	if n, err := syscall.Read(pipe[0], make([]byte, 1)); n != 0 || err != nil {
		t.Errorf("a duplicate is still open: %v", err)
	}
	if err := syscall.Close(pipe[0]); err != nil {
		t.Fatal(err)
	}
}

func TestOpen_UnusableLocalAddress(t *testing.T) {
	addr, _ := accepting(t)
	for name, tc := range map[string]struct{ local, class string }{
		"of the other family":       {"::1", "tcp.invalid"},
		"not one of this machine's": {"192.0.2.1", "tcp.invalid"},
	} {
		_, err := Open(t.Context(), Config{Addr: addr.String(), Local: netip.MustParseAddr(tc.local)})
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Class().String() != tc.class || e.Hint() == nil {
			t.Errorf("%s: %v, hint %v, want %s", name, err, e.Hint(), tc.class)
		}
	}
}
