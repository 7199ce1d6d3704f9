package hs2client_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// apart is the variable that makes a server of this test binary, so that what
// the server allocates does not count.
const apart = "HS2CLIENT_TEST_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(apart) != "" {
		serveApart()
		return
	}
	if addr := os.Getenv(confined); addr != "" {
		queryConfined(addr)
		return
	}
	// A simulated cluster switches off the polling of Thrift's processors, with a
	// variable that processors of ours read too: once, and before there are any.
	cl, err := simcluster.Start(simcluster.Config{Coordinators: 1, Nodes: 1})
	if err == nil {
		err = cl.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// serveApart prints an address and serves a coordinator with the configuration
// of a real one, about 206 entries, until its stdin ends.
func serveApart() {
	c := &coordinator{web: "http://coord-a1.example.com:25000", config: map[string]string{"http_addr": "coord-a1.example.com:25000"}}
	for i := range 205 {
		c.config[fmt.Sprintf("QUERY_OPTION_%03d", i)] = strings.Repeat("v", i%12)
	}
	c.columns, c.schema = pid()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				c.plain(conn)
				_ = conn.Close()
			}()
		}
	}()
	fmt.Println(l.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// startApart runs serveApart in a process of its own until the test ends.
func startApart(tb testing.TB) string {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), apart+"=1")
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			tb.Error(err)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// session is what smoke does once: open, ask, close.
func session(tb testing.TB, c hs2client.Config) {
	s, err := hs2client.Open(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := s.Query(tb.Context(), "SELECT pid()"); err != nil {
		tb.Fatal(err)
	}
	if err := s.Close(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// What one plain session may cost the client, and the allowance on it.
const (
	sessionBytes   = 4 << 10
	sessionMallocs = 120
	allowance      = 1.25
)

// perSession is the bytes and mallocs of one session, over n.
func perSession(tb testing.TB, c hs2client.Config, n int) (bytes, mallocs float64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		session(tb, c)
	}
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc-before.TotalAlloc) / float64(n), float64(after.Mallocs-before.Mallocs) / float64(n)
}

func TestSession_Cost(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates on its own account")
	}
	c := hs2client.Config{Addr: startApart(t), User: "ann", Timeout: soon}
	perSession(t, c, 20) // fills the pools
	bytes, mallocs := perSession(t, c, 200)
	t.Logf("%.0f bytes, %.0f mallocs", bytes, mallocs)
	if bytes > allowance*sessionBytes || mallocs > allowance*sessionMallocs {
		t.Errorf("a session takes %.0f bytes in %.0f mallocs, want at most %d in %d", bytes, mallocs, sessionBytes, sessionMallocs)
	}
}

func BenchmarkSession(b *testing.B) {
	c := hs2client.Config{Addr: startApart(b), User: "ann", Timeout: soon}
	b.ReportAllocs()
	for b.Loop() {
		session(b, c)
	}
}

// What one held session may keep of the client's heap, in bytes.
const heldBytes = 2 << 10

func TestSession_HeldMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates on its own account")
	}
	const n = 400
	c := hs2client.Config{Addr: startApart(t), User: "ann", Timeout: soon}
	session(t, c)
	held := make([]*hs2client.Session, n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range held {
		s, err := hs2client.Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		held[i] = s
	}
	runtime.GC()
	runtime.GC() // pools let go at the second
	runtime.ReadMemStats(&after)
	each := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / n
	t.Logf("%d bytes", each)
	if float64(each) > allowance*heldBytes {
		t.Errorf("a held session keeps %d bytes, want at most %d", each, heldBytes)
	}
	for _, s := range held {
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
