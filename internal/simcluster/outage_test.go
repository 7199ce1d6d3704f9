package simcluster

import (
	"errors"
	"slices"
	"syscall"
	"testing"
	"time"
)

func TestCoordinatorPlan_InRotation(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, c := range map[string]struct {
		fault string
		in    map[time.Duration]bool // in rotation, by time since the start
	}{
		"no outage":                    {fault: "version=4.4.1", in: map[time.Duration]bool{0: true, 3600 * s: true}},
		"dead":                         {fault: "dead", in: map[time.Duration]bool{0: false, 3600 * s: false}},
		"starting":                     {fault: "starting=3s", in: map[time.Duration]bool{0: false, 2999 * time.Millisecond: false, 3 * s: true}},
		"leaves permanently":           {fault: "leaves=2s", in: map[time.Duration]bool{0: true, 2 * s: false, 3600 * s: false}},
		"leaves and returns":           {fault: "leaves=2s:5s", in: map[time.Duration]bool{1 * s: true, 2 * s: false, 6 * s: false, 7 * s: true}},
		"down, noticed after a delay":  {fault: "down=2s:5s", in: map[time.Duration]bool{2 * s: true, 2499 * time.Millisecond: true, 2500 * time.Millisecond: false}},
		"back, noticed after a delay":  {fault: "down=2s:5s", in: map[time.Duration]bool{7 * s: false, 7499 * time.Millisecond: false, 7500 * time.Millisecond: true}},
		"down for less than the delay": {fault: "down=2s:500ms", in: map[time.Duration]bool{2 * s: true, 2500 * time.Millisecond: true, 3 * s: true}},
	} {
		f, err := ParseFault(c.fault)
		if err != nil {
			t.Fatal(err)
		}
		p, err := newPlan(Config{Coordinators: 1, Nodes: 1, Faults: []Fault{f}})
		if err != nil {
			t.Fatal(err)
		}
		for since, want := range c.in {
			if got := p.coordinators[0].inRotation(since); got != want {
				t.Errorf("%s: after %v %v, want %v", name, since, got, want)
			}
		}
	}
}

func TestCoordinator_StopResetsConnectionsAndSessions(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Threads: 1}, "down=1h:1h@1") // the test itself calls stop and start
	c := cl.coordinators[0]
	held := openTestSession(t, cl)
	waiting := dialNode(t, cl) // waits for the only thread
	eventually(t, func() bool { c.mu.Lock(); defer c.mu.Unlock(); return len(c.links) == 2 })
	c.stop()
	if _, err := held.query("SELECT pid()"); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the served connection: %v", err)
	}
	waiting.SetReadDeadline(time.Now().Add(soon))
	if _, err := waiting.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the waiting connection: %v", err)
	}
	if got := visitOutcomes(t, cl, 3); got["!eof"] != 3 {
		t.Errorf("new connections: %v", got)
	}
	c.start()
	eventually(t, func() bool { return c.threads[protocolHS2].inUse() == 0 })
	_, pid, err := visit(cl.Nodes()[0])
	if had := cl.PIDs()[cl.Names()[0]]; err != nil || len(had) != 2 || had[0] == had[1] || pid != had[1] {
		t.Errorf("pid %d of %v, %v", pid, had, err)
	}
	again, err := dialHS2(cl.Nodes()[0])
	if err != nil {
		t.Fatal(err)
	}
	defer again.transport.Close()
	again.session = held.session
	if _, err := again.query("SELECT pid()"); err == nil {
		t.Error("a session still exists after a restart")
	}
}

func TestCluster_FaultDownRestarts(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1}, "down=1ms:1ms@1")
	eventually(t, func() bool { return len(cl.PIDs()[cl.Names()[0]]) == 2 })
	if got := visitOutcomes(t, cl, 2); got[cl.Names()[0]] != 2 {
		t.Errorf("afterwards: %v", got)
	}
}

func TestCluster_FaultLeavesKeepsConnections(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 2, Balance: BalanceRoundRobin}, "leaves=700ms@1")
	held := openTestSession(t, cl) // on the first coordinator
	if held.opened.Configuration["http_addr"] != cl.Names()[0] {
		t.Fatal("the first session was opened after the coordinator left")
	}
	eventually(t, func() bool { return slices.Equal(eligibleNow(cl), []bool{false, true}) })
	if got := visits(t, cl.Nodes()[0], 3); slices.Contains(got, cl.Names()[0]) {
		t.Errorf("new sessions are on %v", got)
	}
	if _, err := held.query("SELECT pid()"); err != nil {
		t.Errorf("the old session: %v", err)
	}
}

// eligibleNow reports for each coordinator whether the first node may choose it.
func eligibleNow(cl *Cluster) []bool {
	cl.balancer.mu.Lock()
	defer cl.balancer.mu.Unlock()
	return cl.balancer.eligible(cl.elapsed(), 0)
}
