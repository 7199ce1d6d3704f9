package hs2client

import (
	"net/netip"
	"syscall"
	"testing"
)

func TestAddrPortOf_IsTheKernelsAddress(t *testing.T) {
	t.Parallel()
	four := [4]byte{127, 0, 0, 9}
	six := netip.MustParseAddr("fd00::9").As16()
	mapped := netip.MustParseAddr("::ffff:127.0.0.9").As16()
	for want, name := range map[string]syscall.Sockaddr{
		"127.0.0.9:7":      &syscall.SockaddrInet4{Port: 7, Addr: four},
		"[fd00::9]:7":      &syscall.SockaddrInet6{Port: 7, Addr: six},
		"127.0.0.9:8":      &syscall.SockaddrInet6{Port: 8, Addr: mapped},
		"invalid AddrPort": &syscall.SockaddrInet4{Addr: four}, // no port yet
	} {
		if got := addrPortOf(name); got.String() != want {
			t.Errorf("%+v: %v, want %s", name, got, want)
		}
	}
	if got := addrPortOf(&syscall.SockaddrUnix{Name: "x"}); got != (netip.AddrPort{}) {
		t.Errorf("a name of another kind: %v", got)
	}
}
