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

// visitOutcomes visits a node n times and counts the coordinators' names and, with
// the prefix "!", the errors.
func visitOutcomes(t *testing.T, cl *Cluster, n int) map[string]int {
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

func TestCluster_FaultOutcomes(t *testing.T) {
	t.Parallel()
	draining := "!OpenSession: " + string(errShuttingDown)
	for name, c := range map[string]struct {
		faults []string
		want   map[string]int // after six visits to one node, three coordinators in turn
	}{
		"no fault":                {want: map[string]int{"coord-a1:25000": 2, "coord-a2:25000": 2, "coord-b1:25000": 2}},
		"dead":                    {faults: []string{"dead@2"}, want: map[string]int{"coord-a1:25000": 3, "coord-b1:25000": 3}},
		"all dead":                {faults: []string{"dead"}, want: map[string]int{"!eof": 6}},
		"refused":                 {faults: []string{"refused@2"}, want: map[string]int{"coord-a1:25000": 2, "!eof": 2, "coord-b1:25000": 2}},
		"draining":                {faults: []string{"draining@3"}, want: map[string]int{"coord-a1:25000": 2, "coord-a2:25000": 2, draining: 2}},
		"reset-after":             {faults: []string{"reset-after=200@2"}, want: map[string]int{"coord-a1:25000": 2, "!reset": 2, "coord-b1:25000": 2}},
		"proxy-protocol":          {faults: []string{"proxy-protocol"}, want: map[string]int{"!eof": 6}},
		"foreign":                 {faults: []string{"foreign@2"}, want: map[string]int{"coord-a1:25000": 2, "coord-x6:25000": 2, "coord-b1:25000": 2}},
		"no-http-addr":            {faults: []string{"no-http-addr@1"}, want: map[string]int{"": 2, "coord-a2:25000": 2, "coord-b1:25000": 2}},
		"starting":                {faults: []string{"starting=1h@1"}, want: map[string]int{"coord-a2:25000": 3, "coord-b1:25000": 3}},
		"starting, over":          {faults: []string{"starting=1ns@1"}, want: map[string]int{"coord-a1:25000": 2, "coord-a2:25000": 2, "coord-b1:25000": 2}},
		"weights":                 {faults: []string{"weights=4:1:1"}, want: map[string]int{"coord-a1:25000": 4, "coord-a2:25000": 1, "coord-b1:25000": 1}},
		"zone of one coordinator": {faults: []string{"zones=1:2"}, want: map[string]int{"coord-a1:25000": 6}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 3, Balance: BalanceRoundRobin}, c.faults...)
			got := visitOutcomes(t, cl, 6)
			for who, n := range c.want {
				if got[who] != n {
					t.Errorf("%q: %d, want %d; all: %v", who, got[who], n, got)
				}
			}
		})
	}
}

func TestCluster_FaultHung(t *testing.T) {
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
	expectSilence(t, conn)
}

// expectSilence checks that the connection stays open and nothing is received.
func expectSilence(t *testing.T, conn net.Conn) {
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

func TestCluster_FaultSlow(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1}, "slow=80ms@1")
	began := time.Now()
	visits(t, cl.Nodes()[0], 1)
	if took := time.Since(began); took < 80*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

func TestCluster_FaultFlaky(t *testing.T) {
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

func TestCluster_FaultRestart(t *testing.T) {
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

// readIdentity reads everything that identifies a coordinator.
func readIdentity(t *testing.T, cl *Cluster) (ping, http, host, version string, pid int32) {
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

func TestCluster_IdentityFaults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults           []string
		ping, http, host string
		pid1             bool
	}{
		"no fault":                {ping: "http://coord-a1:25000", http: "coord-a1:25000", host: "coord-a1"},
		"ping-off":                {faults: []string{"ping-off"}, http: "coord-a1:25000", host: "coord-a1"},
		"only the host name left": {faults: []string{"ping-off", "no-http-addr"}, host: "coord-a1"},
		"nothing left":            {faults: []string{"ping-off", "no-http-addr", "same-hostname", "pid=1"}, host: sharedHostname, pid1: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1}, c.faults...)
			ping, http, host, version, pid := readIdentity(t, cl)
			if ping != c.ping || http != c.http || host != c.host || (pid == 1) != c.pid1 {
				t.Errorf("%q %q %q %d", ping, http, host, pid)
			}
			if !strings.HasPrefix(version, "impalad version 4.5.0-RELEASE RELEASE (build ") {
				t.Errorf("version %q", version)
			}
		})
	}
	cl := start(t, Config{Coordinators: 1}, "version=4.4.1@1")
	if _, _, _, version, _ := readIdentity(t, cl); !strings.Contains(version, " 4.4.1-RELEASE ") {
		t.Errorf("version %q", version)
	}
}

func TestCluster_FaultZones(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Nodes: 3, Balance: BalanceRoundRobin}, "zones=2:2:1")
	for i, want := range [][]string{{"coord-a1:25000", "coord-a2:25000"}, {"coord-b1:25000", "coord-b2:25000"}, {"coord-c1:25000", "coord-c1:25000"}} {
		if got := visits(t, cl.Nodes()[i], 2); !slices.Equal(got, want) {
			t.Errorf("node %d: %v, want %v", i+1, got, want)
		}
	}
}

func TestCluster_FaultOneNode(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Nodes: 3, Beeswax: true}, "one-node")
	if n, b := len(cl.Nodes()), len(cl.BeeswaxNodes()); n != 1 || b != 1 {
		t.Errorf("%d and %d nodes", n, b)
	}
}

func TestCluster_NodesAreIndependent(t *testing.T) {
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
		t.Errorf("with traffic on another node %v, without %v", got, want)
	}
}

func TestTransport_UnexpectedBytes(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1})
	for name, c := range map[string]struct {
		bytes  string
		closed bool
	}{
		"SASL":                             {bytes: "\x01\x00\x00\x00\x05PLAIN"},
		"TLS":                              {bytes: "\x16\x03\x01\x02\x00\x01"},
		"HTTP":                             {bytes: "POST /cliservice HTTP/1.1\r\n\r\n"},
		"framed client with a bad version": {bytes: "\xff\xff\xff\xff", closed: true},
		"map longer than any request":      {bytes: "\x80\x01\x00\x01\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\x0c\x00\x01\x0d\x00\x04\x0b\x0b\x7f\xff\xff\xff", closed: true},
		"string longer than the limit":     {bytes: "\x80\x01\x00\x01\x7f\xff\xff\xff", closed: true},
		"OpenSession without its argument": {bytes: "\x80\x01\x00\x01\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\x00", closed: true},
		"no bytes":                         {},
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
				expectSilence(t, conn)
				return
			}
			conn.SetReadDeadline(time.Now().Add(soon))
			if _, err := io.Copy(io.Discard, conn); err != nil {
				t.Errorf("read: %v, want EOF", err)
			}
		})
	}
}

func TestCluster_CloseClosesConnections(t *testing.T) {
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
		conn.SetReadDeadline(time.Now().Add(soon))
		if _, err := io.Copy(io.Discard, conn); isTimeout(err) {
			t.Error("a connection is still open after Close")
		}
	}
}

func TestCluster_FaultNoPing(t *testing.T) {
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
		t.Errorf("Ping: %v, want an unknown method", err)
	}
	if _, err := u.query("SELECT 1"); err != nil {
		t.Errorf("a statement afterwards: %v", err)
	}
}
