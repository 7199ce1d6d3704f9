package simcluster

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"time"
)

// dialExcess opens a connection that the balancer must not accept, and returns what it
// meets.
func dialExcess(t *testing.T, cl *Cluster) error {
	t.Helper()
	conn, err := net.Dial("tcp", cl.Nodes()[0].String())
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetReadDeadline(time.Now().Add(soon))
	_, err = conn.Read(make([]byte, 1))
	return err
}

func TestCluster_FaultLimit(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]error{"limit=2": syscall.ECONNRESET, "limit=2:fin": io.EOF} {
		cl := start(t, Config{Nodes: 2}, fault)
		first := openTestSession(t, cl)
		openTestSession(t, cl)
		if err := dialExcess(t, cl); !errors.Is(err, want) {
			t.Errorf("%s: the third connection meets %v, want %v", fault, err, want)
		}
		if err := first.close(); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool { _, _, err := visit(cl.Nodes()[1]); return err == nil })
	}
}

func TestCluster_FaultRate(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Nodes: 1}, "rate=1")
	for range 100 {
		if visitOutcomes(t, cl, 1)["!reset"] == 1 {
			return
		}
	}
	t.Error("100 connections were accepted at a rate of 1 in 10 s")
}

func TestCluster_FaultCloseHangs(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 2, Nodes: 1, Balance: BalanceRoundRobin}, "close-hangs@1")
	conn, err := net.Dial("tcp", cl.Nodes()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	u := newTestClientOver(conn)
	if err := u.open(); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- u.close() }()
	select {
	case err := <-closed:
		t.Errorf("close: %v, want no reply", err)
	case <-time.After(50 * time.Millisecond):
		conn.Close()
		<-closed
	}
	visits(t, cl.Nodes()[0], 1)
	if s := cl.Stats(); s.SessionsOpened != 2 || s.SessionsClosed != 1 {
		t.Errorf("%d sessions opened, %d closed: want 2, 1", s.SessionsOpened, s.SessionsClosed)
	}
}

func TestCluster_FaultSameWebAddress(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 3, Nodes: 1, Balance: BalanceRoundRobin}, "same-web-address")
	pids := map[int32]bool{}
	for range 3 {
		who, pid, err := visit(cl.Nodes()[0])
		if err != nil || who != "localhost:25000" {
			t.Fatalf("%q, %v", who, err)
		}
		pids[pid] = true
	}
	if len(pids) != 3 || len(cl.PIDs()["localhost:25000"]) != 3 {
		t.Errorf("pids %v, %v: want one per coordinator", pids, cl.PIDs())
	}
}
