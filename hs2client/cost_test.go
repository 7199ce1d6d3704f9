package hs2client_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// apart is the variable that makes a server of this test binary, so that what
// the server allocates does not count.
const apart = "HS2CLIENT_TEST_SERVER"

// apartKeytab is the variable with the file of that server's keys.
const apartKeytab = "HS2CLIENT_TEST_SERVER_KEYTAB"

func TestMain(m *testing.M) {
	if os.Getenv(apart) != "" {
		serveApart()
		return
	}
	if addr := os.Getenv(confined); addr != "" {
		queryConfined(addr)
		return
	}
	if bomb := os.Getenv(crowded); bomb != "" {
		crowdConfined(bomb)
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
	keys, err := keysApart()
	if err != nil {
		fmt.Println(err)
		return
	}
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
				serveAny(c, keys, conn)
				_ = conn.Close()
			}()
		}
	}()
	fmt.Println(l.Addr())
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// keysApart are the keys of the server, none where it was given none.
func keysApart() (keytab.Table, error) {
	name := os.Getenv(apartKeytab)
	if name == "" {
		return nil, nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return keytab.Parse(b)
}

// serveAny serves c by the first byte: over HTTP, after a login by ticket, or as it is.
func serveAny(c *coordinator, keys keytab.Table, conn net.Conn) {
	in := bufio.NewReader(conn)
	first, err := in.Peek(1)
	if err != nil {
		return
	}
	begun := begunConn{conn, in}
	switch first[0] {
	case 'P':
		(&overHTTP{coordinator: c}).serve(begun)
	case byte(saslframe.StatusStart):
		k := &kerberized{Acceptor: gss.Acceptor{Keys: keys}, offers: gss.QOPAuth, size: 1 << 16, then: c.framed}
		k.serve(begun)
	default:
		c.plain(begun)
	}
}

// begunConn is a connection of which something has been read.
type begunConn struct {
	net.Conn
	in io.Reader
}

func (b begunConn) Read(p []byte) (int, error) { return b.in.Read(p) }

// startApart runs serveApart in a process of its own until the test ends. It has the keys
// of the services of a KDC; nil: none.
func startApart(tb testing.TB, k *simkdc.KDC) string {
	tb.Helper()
	self, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), apart+"=1")
	if k != nil {
		name := filepath.Join(tb.TempDir(), "keytab")
		if err := os.WriteFile(name, k.Keytab(spn), 0o600); err != nil {
			tb.Fatal(err)
		}
		cmd.Env = append(cmd.Env, apartKeytab+"="+name)
	}
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

// waysIn are how a session is opened, with what it may cost the client, and what a held
// one may keep of its heap.
var waysIn = map[string]struct {
	protocol       hs2client.Protocol
	ticket         bool
	bytes, mallocs float64
	held           float64 // bytes
}{
	"plain":    {protocol: hs2client.ProtocolHS2, bytes: 4 << 10, mallocs: 120, held: 2 << 10},
	"HTTP":     {protocol: hs2client.ProtocolHS2HTTP, bytes: 20 << 10, mallocs: 400, held: 3 << 10}, // of 8 requests
	"Kerberos": {protocol: hs2client.ProtocolHS2, ticket: true, bytes: 60 << 10, mallocs: 1100, held: 2 << 10},
}

// allowance is on what a session may cost.
const allowance = 1.25

// eachWay calls what with a configuration of each way in.
func eachWay(t *testing.T, what func(name string, c hs2client.Config)) {
	kdc := startKDC(t, simkdc.Config{})
	addr, tk := startApart(t, kdc), ticket(t, byPassword(t, kdc))
	for name, w := range waysIn {
		c := hs2client.Config{Addr: addr, User: "ann", Timeout: soon, Protocol: w.protocol}
		if w.ticket {
			c.Kerberos = tk
		}
		what(name, c)
	}
}

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
	eachWay(t, func(name string, c hs2client.Config) {
		perSession(t, c, 20) // fills the pools
		bytes, mallocs := perSession(t, c, 200)
		t.Logf("%s: %.0f bytes, %.0f mallocs", name, bytes, mallocs)
		most := waysIn[name]
		if bytes > allowance*most.bytes || mallocs > allowance*most.mallocs {
			t.Errorf("%s: a session takes %.0f bytes in %.0f mallocs, want at most %.0f in %.0f", name, bytes, mallocs, most.bytes, most.mallocs)
		}
	})
}

func BenchmarkSession(b *testing.B) {
	c := hs2client.Config{Addr: startApart(b, nil), User: "ann", Timeout: soon}
	b.ReportAllocs()
	for b.Loop() {
		session(b, c)
	}
}

func TestSession_HeldMemory(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector allocates on its own account")
	}
	eachWay(t, func(name string, c hs2client.Config) {
		each := heldMemory(t, c)
		t.Logf("%s: %d bytes", name, each)
		if most := waysIn[name].held; float64(each) > allowance*most {
			t.Errorf("%s: a held session keeps %d bytes, want at most %.0f", name, each, most)
		}
	})
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
