package hs2client_test

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

// full is an address whose backlog is full: Linux drops what asks to connect.
func full(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(name.(*syscall.SockaddrInet4).Port)).String()
	for range 8 { // a backlog of 0 takes one or two
		c, err := net.DialTimeout("tcp", addr, 50*time.Millisecond)
		if err != nil {
			return addr
		}
		t.Cleanup(func() { _ = c.Close() })
	}
	t.Fatal("the backlog does not fill")
	return ""
}

func TestOpen_ConnectObeysTimeoutAndContext(t *testing.T) {
	addr := full(t)
	const timeout = 200 * time.Millisecond
	start := time.Now()
	_, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: timeout})
	if took := time.Since(start); took < timeout || took > timeout+generous {
		t.Errorf("the timeout took %v", took)
	}
	wantClass(t, err, "tcp.timeout")

	start = time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	_, err = hs2client.Open(ctx, hs2client.Config{Addr: addr, Timeout: 10 * generous})
	if took := time.Since(start); took < timeout || took > timeout+generous {
		t.Errorf("the context's deadline took %v", took)
	}
	wantClass(t, err, "tcp.timeout")

	ctx, cancel = context.WithCancel(t.Context())
	canceled := make(chan time.Time, 1)
	time.AfterFunc(50*time.Millisecond, func() {
		canceled <- time.Now()
		cancel()
	})
	_, err = hs2client.Open(ctx, hs2client.Config{Addr: addr, Timeout: 10 * generous})
	if took := time.Since(<-canceled); took > generous {
		t.Errorf("returned %v after the end of its context", took)
	}
	wantClass(t, err, "tcp.canceled")
}
