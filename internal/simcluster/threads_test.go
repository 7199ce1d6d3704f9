package simcluster

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
)

// openTestSession opens a session that stays open until the end of the test.
func openTestSession(t *testing.T, cl *Cluster) *testClient {
	t.Helper()
	u, err := dialHS2(cl.Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { u.transport.Close() })
	if err := u.open(); err != nil {
		t.Fatal(err)
	}
	return u
}

// openSessionRequest is an encoded OpenSession request, for tests below Thrift.
const openSessionRequest = "\x80\x01\x00\x01\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\x0c\x00\x01\x08\x00\x01\x00\x00\x00\x05\x00\x00"

func sendOpenSession(t *testing.T, cl *Cluster) net.Conn {
	t.Helper()
	conn := dialNode(t, cl)
	if _, err := io.WriteString(conn, openSessionRequest); err != nil {
		t.Fatal(err)
	}
	return conn
}

func expectReply(t *testing.T, conn net.Conn) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(soon))
	if _, err := io.ReadFull(conn, make([]byte, 4)); err != nil {
		t.Errorf("no reply: %v", err)
	}
}

func TestThreadPool_ExtraConnectionWaits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config Config
		faults []string
		limit  int
	}{
		"default":        {limit: 64},
		"Config.Threads": {config: Config{Threads: 3}, limit: 3},
		"fault threads":  {config: Config{Threads: 9}, faults: []string{"threads=2@1"}, limit: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.config.Coordinators = 1
			cl := start(t, c.config, c.faults...)
			var held []*testClient
			for range c.limit {
				held = append(held, openTestSession(t, cl))
			}
			waiting := sendOpenSession(t, cl)
			expectSilence(t, waiting)
			held[0].close()
			expectReply(t, waiting)
		})
	}
}

func TestThreadPool_AcceptTimeout(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Threads: 1, AcceptTimeout: 30 * time.Millisecond})
	openTestSession(t, cl)
	waiting := sendOpenSession(t, cl)
	waiting.SetReadDeadline(time.Now().Add(soon))
	if _, err := waiting.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("%v, want EOF", err)
	}
}

// The timeout is counted from when a connection was accepted, not from when a setup
// thread took it.
func TestThreadPool_WaitingConnectionsEndTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pool := newThreadPool(2, 1, 6*time.Second)
		pool.reserve(1)
		began, ended := time.Now(), make(chan time.Duration, 5)
		for range cap(ended) {
			go func() {
				if pool.acquire(t.Context(), func() error { return nil }) {
					t.Error("a thread was free")
				}
				ended <- time.Since(began)
			}()
		}
		for range cap(ended) {
			if waited := <-ended; waited != 6*time.Second {
				t.Errorf("waited %v", waited)
			}
		}
	})
}

// A connection that was accepted although it was silent is served once it speaks, also
// after a TLS handshake.
func TestThreadPool_SilentConnectionSpeaksLater(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, TLS: true, deferAccept: time.Millisecond})
	conn, err := tls.Dial("tcp", cl.Nodes()[0].String(), clientTLSConfig(cl))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	eventually(t, func() bool { return cl.coordinators[0].threads[protocolHS2].inUse() == 1 })
	u := newTestClientOver(conn)
	if err := u.open(); err != nil {
		t.Error(err)
	}
}

func TestThreadPool_PerProtocol(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Threads: 1, Beeswax: true})
	openTestSession(t, cl)
	if _, err := newBeeswaxClient(t, cl).PingImpalaService(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCluster_CloseLeavesNoDescriptors(t *testing.T) { // not parallel: it counts the process's file descriptors
	if runtime.GOOS != "linux" {
		t.Skip("counts /proc/self/fd")
	}
	round := func() {
		cl := start(t, Config{TLS: true, Beeswax: true}, "refused@2", "hung@3")
		for range 20 {
			conn := dialNode(t, cl)
			io.WriteString(conn, openSessionRequest)
			conn.Close()
		}
		cl.Close()
	}
	round() // includes what the runtime opens once
	before := countDescriptors(t)
	for range 5 {
		round()
	}
	if after := countDescriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func countDescriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// BenchmarkSession measures a session of six calls, client and server together.
func BenchmarkSession(b *testing.B) {
	cl := start(b, Config{Seed: 1})
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := visit(cl.Nodes()[0]); err != nil {
			b.Fatal(err)
		}
	}
}
