package simcluster

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// outcomes visits a node n times and tallies coordinators' names and errors'
// texts, these under "!".
func outcomes(t *testing.T, cl *Cluster, n int) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for range n {
		who, _, err := visit(cl.Nodes()[0])
		switch {
		case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
			who = "!reset"
		case errors.Is(err, io.EOF) || err != nil && strings.Contains(err.Error(), "EOF"):
			who = "!eof"
		case err != nil:
			who = "!" + err.Error()
		}
		seen[who]++
	}
	return seen
}

func TestFaultsAsSessionsMeetThem(t *testing.T) {
	t.Parallel()
	draining := "!OpenSession: " + string(errShuttingDown)
	for name, c := range map[string]struct {
		faults []string
		want   map[string]int // after six visits to one node, three coordinators in turn
	}{
		"none":                                 {nil, map[string]int{"coord-a1:25000": 2, "coord-a2:25000": 2, "coord-b1:25000": 2}},
		"the dead are passed over":             {[]string{"dead@2"}, map[string]int{"coord-a1:25000": 3, "coord-b1:25000": 3}},
		"all dead":                             {[]string{"dead"}, map[string]int{"!eof": 6}},
		"a closed port is an EOF":              {[]string{"refused@2"}, map[string]int{"coord-a1:25000": 2, "!eof": 2, "coord-b1:25000": 2}},
		"a draining one says so":               {[]string{"draining@3"}, map[string]int{"coord-a1:25000": 2, "coord-a2:25000": 2, draining: 2}},
		"a reset in the middle of an answer":   {[]string{"reset-after=200@2"}, map[string]int{"coord-a1:25000": 2, "!reset": 2, "coord-b1:25000": 2}},
		"a PROXY header ends every connection": {[]string{"proxy-protocol"}, map[string]int{"!eof": 6}},
		"a stranger's name":                    {[]string{"foreign@2"}, map[string]int{"coord-a1:25000": 2, "coord-x6:25000": 2, "coord-b1:25000": 2}},
		"no address in OpenSession":            {[]string{"no-http-addr@1"}, map[string]int{"": 2, "coord-a2:25000": 2, "coord-b1:25000": 2}},
		"one that has not started":             {[]string{"starting=1h@1"}, map[string]int{"coord-a2:25000": 3, "coord-b1:25000": 3}},
		"one that has":                         {[]string{"starting=1ns@1"}, map[string]int{"coord-a1:25000": 2, "coord-a2:25000": 2, "coord-b1:25000": 2}},
		"weights":                              {[]string{"weights=4:1:1"}, map[string]int{"coord-a1:25000": 4, "coord-a2:25000": 1, "coord-b1:25000": 1}},
		"a node of a zone of one":              {[]string{"zones=1:2"}, map[string]int{"coord-a1:25000": 6}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 3, Balance: RoundRobin}, c.faults...)
			got := outcomes(t, cl, 6)
			for who, n := range c.want {
				if got[who] != n {
					t.Errorf("%q: %d, want %d; all: %v", who, got[who], n, got)
				}
			}
		})
	}
}

func TestAHungCoordinatorTakesAndGivesNothing(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1}, "hung@1")
	conn, err := net.Dial("tcp", cl.Nodes()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	silent(t, conn)
}

// silent checks that nothing comes and that the connection stays.
func silent(t *testing.T, conn net.Conn) {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	var b [1]byte
	if _, err := conn.Read(b[:]); !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
		t.Errorf("read: %v, want a timeout", err)
	}
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

func TestASlowCoordinatorIsLateAtOpenSession(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1}, "slow=80ms@1")
	began := time.Now()
	visits(t, cl.Nodes()[0], 1)
	if took := time.Since(began); took < 80*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

func TestFlakyResetsSoManyOfTheEarlyConnections(t *testing.T) {
	t.Parallel()
	for _, nodes := range []int{1, 2, 3} {
		cl := start(t, Config{Nodes: nodes, Seed: 5}, "flaky=2")
		resets := 0
		for round := range 20 {
			for _, node := range cl.Nodes() {
				if _, _, err := visit(node); err != nil {
					resets++
					if round == 0 {
						t.Error("a node's first connection was reset")
					}
				}
			}
		}
		if resets != 2 {
			t.Errorf("%d nodes: %d resets, want 2", nodes, resets)
		}
	}
}

func TestRestartShowsOneNameAndTwoPids(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1}, "restart=3@1")
	var pids []int32
	for range 6 {
		_, pid, err := visit(cl.Nodes()[0])
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	had := cl.PIDs()[cl.Names()[0]]
	if len(had) != 2 || had[0] == had[1] {
		t.Fatalf("pids it had: %v", had)
	}
	if want := []int32{had[0], had[0], had[0], had[1], had[1], had[1]}; !slices.Equal(pids, want) {
		t.Errorf("pids %v, want %v", pids, want)
	}
}

// who collects everything that tells a coordinator from others.
func who(t *testing.T, cl *Cluster) (ping, http, host, version string, pid int32) {
	t.Helper()
	u, err := dialHS2(cl.Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer u.close()
	if err := u.open(); err != nil {
		t.Fatal(err)
	}
	p, err := u.PingImpalaHS2Service(context.Background(), &hs2.TPingImpalaHS2ServiceReq{SessionHandle: u.session})
	if err != nil {
		t.Fatal(err)
	}
	columns, err := u.query(" select COORDINATOR(), version() , pid() as P ;\n")
	if err != nil {
		t.Fatal(err)
	}
	if line, _, _ := strings.Cut(columns[1].StringVal.Values[0], "\n"); line != p.GetVersion() {
		t.Errorf("version() begins %q, Ping says %q", line, p.GetVersion())
	}
	return p.GetWebserverAddress(), u.opened.Configuration["http_addr"], columns[0].StringVal.Values[0], p.GetVersion(), columns[2].I32Val.Values[0]
}

func TestIdentityIsHiddenByFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults           []string
		ping, http, host string
		pid1             bool
	}{
		"nothing hidden":  {nil, "http://coord-a1:25000", "coord-a1:25000", "coord-a1", false},
		"Ping is mute":    {[]string{"ping-off"}, "", "coord-a1:25000", "coord-a1", false},
		"only host names": {[]string{"ping-off", "no-http-addr"}, "", "", "coord-a1", false},
		"nothing left":    {[]string{"ping-off", "no-http-addr", "same-hostname", "pid=1"}, "", "", sharedHostname, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1}, c.faults...)
			ping, http, host, version, pid := who(t, cl)
			if ping != c.ping || http != c.http || host != c.host || (pid == 1) != c.pid1 {
				t.Errorf("%q %q %q %d", ping, http, host, pid)
			}
			if !strings.HasPrefix(version, "impalad version 4.5.0-RELEASE RELEASE (build ") {
				t.Errorf("version %q", version)
			}
		})
	}
	cl := start(t, Config{Coordinators: 1}, "version=4.4.1@1")
	if _, _, _, version, _ := who(t, cl); !strings.Contains(version, " 4.4.1-RELEASE ") {
		t.Errorf("version %q", version)
	}
}

func TestNodesReachTheirOwnZone(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Nodes: 3, Balance: RoundRobin}, "zones=2:2:1")
	for i, want := range [][]string{{"coord-a1:25000", "coord-a2:25000"}, {"coord-b1:25000", "coord-b2:25000"}, {"coord-c1:25000", "coord-c1:25000"}} {
		if got := visits(t, cl.Nodes()[i], 2); !slices.Equal(got, want) {
			t.Errorf("node %d: %v, want %v", i+1, got, want)
		}
	}
}

func TestANodeLeavesTheName(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Nodes: 3, Beeswax: true}, "one-node")
	if n, b := len(cl.Nodes()), len(cl.BeeswaxNodes()); n != 1 || b != 1 {
		t.Errorf("%d and %d nodes", n, b)
	}
}

func TestNodesDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	c := Config{Seed: 9}
	alone, busy := start(t, c), start(t, c)
	want := visits(t, alone.Nodes()[1], 12)
	var got []string
	for range 12 {
		visits(t, busy.Nodes()[0], 2)
		got = append(got, visits(t, busy.Nodes()[1], 1)...)
	}
	if !slices.Equal(got, want) {
		t.Errorf("with a busy neighbour %v, alone %v", got, want)
	}
}

func TestStrayBytesAreMetAsImpalaMeetsThem(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1})
	for name, c := range map[string]struct {
		bytes  string
		closed bool
	}{
		"a SASL client waits for ever":         {"\x01\x00\x00\x00\x05PLAIN", false},
		"a TLS client waits for ever":          {"\x16\x03\x01\x02\x00\x01", false},
		"an HTTP client waits for ever":        {"POST /cliservice HTTP/1.1\r\n\r\n", false},
		"a framed client with a bad version":   {"\xff\xff\xff\xff", true},
		"a map longer than any request":        {"\x80\x01\x00\x01\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\x0c\x00\x01\x0d\x00\x04\x0b\x0b\x7f\xff\xff\xff", true},
		"a string longer than the bound":       {"\x80\x01\x00\x01\x7f\xff\xff\xff", true},
		"OpenSession without its one argument": {"\x80\x01\x00\x01\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\x00", true},
		"a bare connection":                    {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", cl.Nodes()[0].String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, c.bytes); err != nil {
				t.Fatal(err)
			}
			if !c.closed {
				silent(t, conn)
				return
			}
			conn.SetReadDeadline(time.Now().Add(2 * time.Second))
			if _, err := io.Copy(io.Discard, conn); err != nil {
				t.Errorf("read: %v, want an end", err)
			}
		})
	}
}

func TestCloseEndsWhatIsOpen(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{}, "slow=1h@1", "hung@2")
	var conns []net.Conn
	for range 20 {
		conn, err := net.Dial("tcp", cl.Nodes()[0].String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
		io.WriteString(conn, "\x80\x01\x00\x01\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\x0c\x00\x01\x08\x00\x01\x00\x00\x00\x05\x00\x00")
	}
	if err := cl.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cl.Close(); err != nil {
		t.Error("a second Close:", err)
	}
	for _, conn := range conns {
		conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		if _, err := io.Copy(io.Discard, conn); isTimeout(err) {
			t.Error("a connection outlives its cluster")
		}
	}
}

func TestAServerWithoutPingStaysUsable(t *testing.T) {
	t.Parallel()
	u, err := dialHS2(start(t, Config{Coordinators: 1}, "no-ping").Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer u.close()
	if err := u.open(); err != nil {
		t.Fatal(err)
	}
	_, err = u.PingImpalaHS2Service(t.Context(), &hs2.TPingImpalaHS2ServiceReq{SessionHandle: u.session})
	var application thrift.TApplicationException
	if !errors.As(err, &application) || application.TypeId() != thrift.UNKNOWN_METHOD {
		t.Errorf("Ping is answered with %v", err)
	}
	if _, err := u.query("SELECT 1"); err != nil {
		t.Errorf("a statement behind it: %v", err)
	}
}
