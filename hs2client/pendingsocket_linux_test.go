package hs2client_test

import (
	"bufio"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
)

// connecting is the local port of the connection that asks addr in vain; 0: none does.
func connecting(t *testing.T, addr netip.AddrPort) (port uint16) {
	t.Helper()
	f, err := os.Open("/proc/net/tcp")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	remote := fmt.Sprintf("0100007F:%04X", addr.Port())
	const synSent = "02"
	for s := bufio.NewScanner(f); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) > 3 && fields[2] == remote && fields[3] == synSent {
			if _, err := fmt.Sscanf(fields[1], "0100007F:%04X", &port); err != nil {
				t.Fatal(err)
			}
		}
	}
	return port
}

func TestPendingSocket_UnansweredHasItsLocalAddress(t *testing.T) {
	addr := peertest.Blackhole(t)
	rec, done := new(hs2client.Record), make(chan error, 1)
	go func() {
		_, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: 500 * time.Millisecond, Record: rec})
		done <- err
	}()
	want, err := uint16(0), error(nil)
	for port, over := uint16(0), false; !over; {
		if port = connecting(t, netip.MustParseAddrPort(addr)); port != 0 {
			want = port
		}
		select {
		case err = <-done:
			over = true
		default:
		}
	}
	if err == nil || want == 0 || rec.Local != netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), want) {
		t.Errorf("%v: the record says %v, the kernel port %d", err, rec.Local, want)
	}
}

func TestPendingSocket_RefusedHasItsLocalAddress(t *testing.T) {
	addr := closedPort(t)
	before := descriptors(t)
	seen := map[uint16]bool{}
	const dials = 20
	for range dials {
		rec := new(hs2client.Record)
		if _, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: soon, Record: rec, Local: netip.MustParseAddr("127.0.0.9")}); err == nil {
			t.Fatal("somebody answers")
		}
		if rec.Local.Addr() != netip.MustParseAddr("127.0.0.9") || rec.Local.Port() == 0 || rec.Remote.IsValid() {
			t.Fatalf("the record says %v to %v", rec.Local, rec.Remote)
		}
		seen[rec.Local.Port()] = true
	}
	if len(seen) < 2 {
		t.Errorf("%d dials came from the ports %v", dials, seen)
	}
	if after := descriptors(t); after != before {
		t.Errorf("%d descriptors are open, %d were before", after, before)
	}
}

// descriptors is how many of them this process has open.
func descriptors(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
