package main

import (
	"io"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// stallingBalancer forwards connections to an address. The one with the number at, from
// 1, and those after it wait until a time has passed since it came.
func stallingBalancer(t *testing.T, to string, at int64, stall time.Duration) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var (
		all     sync.WaitGroup
		count   atomic.Int64
		resumed = make(chan struct{})
	)
	t.Cleanup(all.Wait)
	t.Cleanup(func() { l.Close() })
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			n := count.Add(1)
			if n == at {
				time.AfterFunc(stall, func() { close(resumed) })
			}
			all.Go(func() {
				if n >= at {
					<-resumed
				}
				forward(in, to)
			})
		}
	})
	return l.Addr().String()
}

// forward copies a connection to an address and back until both sides have ended.
func forward(in net.Conn, to string) {
	defer in.Close()
	out, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer out.Close()
	var back sync.WaitGroup
	back.Go(func() {
		io.Copy(in, out)
		in.(*net.TCPConn).CloseWrite()
	})
	io.Copy(out, in)
	out.(*net.TCPConn).CloseWrite()
	back.Wait()
}

// Sessions that are due while the service stalls are late by its fault, although only
// one of them met the stall itself.
func TestSmoke_AStallIsFeltByEverySessionDueMeanwhile(t *testing.T) {
	t.Parallel()
	const at, stall = 40, 3 * time.Second
	c := cluster(t, simcluster.Config{Coordinators: 3, Nodes: 1})
	out := filepath.Join(t.TempDir(), "r.json")
	node := stallingBalancer(t, c.Nodes()[0].String(), 1+at, stall) // after the scout
	stdout, _, code := call(t, "smoke", node, "--quiet", "--out", out, "--sessions", "90", "--rate", "20/s", "--burst", "0",
		"--expect-coordinators", "3", "--threshold", "session.login: p(90) < 1s")
	r, err := readResult(t.Context(), out)
	if err != nil || code != exitFail || r.Load == nil || r.Load.Late < 20 {
		t.Errorf("exit %d, %v, load = %+v\n%s", code, err, r.Load, stdout)
	}
}
