package main

import (
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/doctor"
)

// blackhole is an address whose backlog is full: Linux drops what asks to connect.
func blackhole(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(fd) })
	loopback := [4]byte{127, 0, 0, 1}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: loopback}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	name, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	addr := netip.AddrPortFrom(netip.AddrFrom4(loopback), uint16(name.(*syscall.SockaddrInet4).Port)).String()
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

// Packets that nobody answers end in time.
func TestDoctor_LeavesABlackhole(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	r, code := examined(t, slices.Concat([]string{blackhole(t)}, ldap)...)
	if got := causesOf(r); !slices.Equal(got, []string{"no-answer"}) || code != exitUnmeasured {
		t.Errorf("exit %d, %v", code, got)
	}
	if took := time.Since(begin); took > doctor.Limit {
		t.Errorf("it took %v", took)
	}
}
