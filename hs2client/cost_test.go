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
				serveEither(c, conn)
				_ = conn.Close()
			}()
		}
	}()
	fmt.Println(l.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// serveEither serves c over HTTP to who speaks that.
func serveEither(c *coordinator, conn net.Conn) {
	in := bufio.NewReader(conn)
	first, err := in.Peek(1)
	if err != nil {
		return
	}
	begun := begunConn{conn, in}
	if first[0] != 'P' {
		c.plain(begun)
		return
	}
	(&overHTTP{coordinator: c}).serve(begun)
}

// begunConn is a connection of which something has been read.
type begunConn struct {
	net.Conn
	in io.Reader
}

func (b begunConn) Read(p []byte) (int, error) { return b.in.Read(p) }

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

	httpSessionBytes   = 20 << 10 // of 8 requests
	httpSessionMallocs = 400
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
	addr := startApart(t)
	for protocol, most := range map[hs2client.Protocol]struct{ bytes, mallocs float64 }{
		hs2client.ProtocolHS2: {sessionBytes, sessionMallocs}, hs2client.ProtocolHS2HTTP: {httpSessionBytes, httpSessionMallocs},
	} {
		c := hs2client.Config{Addr: addr, User: "ann", Timeout: soon, Protocol: protocol}
		perSession(t, c, 20) // fills the pools
		bytes, mallocs := perSession(t, c, 200)
		t.Logf("%s: %.0f bytes, %.0f mallocs", protocol, bytes, mallocs)
		if bytes > allowance*most.bytes || mallocs > allowance*most.mallocs {
			t.Errorf("%s: a session takes %.0f bytes in %.0f mallocs, want at most %.0f in %.0f", protocol, bytes, mallocs, most.bytes, most.mallocs)
		}
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
const (
	heldBytes     = 2 << 10
	httpHeldBytes = 3 << 10
)

func TestSession_HeldMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates on its own account")
	}
	addr := startApart(t)
	for protocol, most := range map[hs2client.Protocol]float64{hs2client.ProtocolHS2: heldBytes, hs2client.ProtocolHS2HTTP: httpHeldBytes} {
		each := heldMemory(t, hs2client.Config{Addr: addr, User: "ann", Timeout: soon, Protocol: protocol})
		t.Logf("%s: %d bytes", protocol, each)
		if float64(each) > allowance*most {
			t.Errorf("%s: a held session keeps %d bytes, want at most %.0f", protocol, each, most)
		}
	}
}

// heldMemory is what each of many sessions keeps.
func heldMemory(t *testing.T, c hs2client.Config) int64 {
	const n = 400
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
	for _, s := range held {
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / n
}
