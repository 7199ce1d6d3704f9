package simcluster

import (
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"testing"
	"time"
)

// holdSession opens a session and keeps it.
func holdSession(t *testing.T, cl *Cluster) *user {
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

// openSession is a request as a client sends it, for connections that have to
// be watched below Thrift.
const openSessionRequest = "\x80\x01\x00\x01\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\x0c\x00\x01\x08\x00\x01\x00\x00\x00\x05\x00\x00"

func ask(t *testing.T, cl *Cluster) net.Conn {
	t.Helper()
	conn := dial(t, cl)
	if _, err := io.WriteString(conn, openSessionRequest); err != nil {
		t.Fatal(err)
	}
	return conn
}

func answered(t *testing.T, conn net.Conn) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	if _, err := io.ReadFull(conn, make([]byte, 4)); err != nil {
		t.Errorf("no answer: %v", err)
	}
}

func TestTheConnectionBeyondTheThreadsWaitsWithoutAWord(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config Config
		faults []string
		limit  int
	}{
		"the usual 64":           {Config{}, nil, 64},
		"fewer by configuration": {Config{Threads: 3}, nil, 3},
		"fewer by a fault":       {Config{Threads: 9}, []string{"threads=2@1"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.config.Coordinators = 1
			cl := start(t, c.config, c.faults...)
			var held []*user
			for range c.limit {
				held = append(held, holdSession(t, cl))
			}
			waiting := ask(t, cl)
			silent(t, waiting)
			held[0].close()
			answered(t, waiting)
		})
	}
}

func TestWhoWaitsTooLongReadsAnEnd(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Threads: 1, AcceptTimeout: 30 * time.Millisecond})
	holdSession(t, cl)
	waiting := ask(t, cl)
	waiting.SetReadDeadline(time.Now().Add(2 * time.Second))
	if _, err := waiting.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("%v, want EOF", err)
	}
}

func TestProtocolsHaveThreadsOfTheirOwn(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Threads: 1, Beeswax: true})
	holdSession(t, cl)
	if _, err := beeswaxUser(t, cl).PingImpalaService(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNothingIsLeftOpen(t *testing.T) { // not parallel: it counts the process's descriptors
	if runtime.GOOS != "linux" {
		t.Skip("counts /proc/self/fd")
	}
	round := func() {
		cl := start(t, Config{TLS: true, Beeswax: true}, "refused@2", "hung@3")
		for range 20 {
			conn := dial(t, cl)
			io.WriteString(conn, openSessionRequest)
			conn.Close()
		}
		cl.Close()
	}
	round() // whatever the runtime opens once
	before := descriptors(t)
	for range 5 {
		round()
	}
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}

func descriptors(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// BenchmarkSession is what a session of six calls costs both ends together.
func BenchmarkSession(b *testing.B) {
	cl := start(b, Config{Seed: 1})
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := visit(cl.Nodes()[0]); err != nil {
			b.Fatal(err)
		}
	}
}
