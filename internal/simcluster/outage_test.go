package simcluster

import (
	"errors"
	"slices"
	"syscall"
	"testing"
	"time"
)

func TestTheBalancerSeesWhoIsThere(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, c := range map[string]struct {
		fault string
		in    map[time.Duration]bool // in rotation so long after the start
	}{
		"from the start":                     {"version=4.4.1", map[time.Duration]bool{0: true, 3600 * s: true}},
		"never":                              {"dead", map[time.Duration]bool{0: false, 3600 * s: false}},
		"one that starts late":               {"starting=3s", map[time.Duration]bool{0: false, 2999 * time.Millisecond: false, 3 * s: true}},
		"one that is drained for good":       {"leaves=2s", map[time.Duration]bool{0: true, 2 * s: false, 3600 * s: false}},
		"one that is drained for a while":    {"leaves=2s:5s", map[time.Duration]bool{1 * s: true, 2 * s: false, 6 * s: false, 7 * s: true}},
		"a death is noticed later":           {"down=2s:5s", map[time.Duration]bool{2 * s: true, 2499 * time.Millisecond: true, 2500 * time.Millisecond: false}},
		"and so is the return":               {"down=2s:5s", map[time.Duration]bool{7 * s: false, 7499 * time.Millisecond: false, 7500 * time.Millisecond: true}},
		"an absence too short to be noticed": {"down=2s:500ms", map[time.Duration]bool{2 * s: true, 2500 * time.Millisecond: true, 3 * s: true}},
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

func TestADeathResetsWhatIsOpenAndForgetsEverySession(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Threads: 1}, "down=1h:1h@1") // die and rise are called here
	c := cl.coordinators[0]
	held := holdSession(t, cl)
	waiting := dial(t, cl) // for the only thread
	eventually(t, func() bool { return cl.Stats().Connections[0] == 2 })
	c.stop()
	if _, err := held.query("SELECT pid()"); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		t.Errorf("the one that was served: %v", err)
	}
	waiting.SetReadDeadline(time.Now().Add(2 * time.Second))
	if _, err := waiting.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the one that waited: %v", err)
	}
	if got := outcomes(t, cl, 3); got["!eof"] != 3 {
		t.Errorf("new ones: %v", got)
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
		t.Error("its sessions outlive it")
	}
}

func TestACoordinatorComesBackByItself(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1}, "down=1ms:1ms@1")
	eventually(t, func() bool { return len(cl.PIDs()[cl.Names()[0]]) == 2 })
	if got := outcomes(t, cl, 2); got[cl.Names()[0]] != 2 {
		t.Errorf("afterwards: %v", got)
	}
}

func TestADrainedCoordinatorServesWhatItHas(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 2, Balance: RoundRobin}, "leaves=700ms@1")
	held := holdSession(t, cl) // the first one in turn
	if held.opened.Configuration["http_addr"] != cl.Names()[0] {
		t.Fatal("the first session took longer than the drain let it")
	}
	eventually(t, func() bool { return slices.Equal(cl.eligible(0), []bool{false, true}) })
	if got := visits(t, cl.Nodes()[0], 3); slices.Contains(got, cl.Names()[0]) {
		t.Errorf("new ones go to %v", got)
	}
	if _, err := held.query("SELECT pid()"); err != nil {
		t.Errorf("the old one: %v", err)
	}
}
