package run

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// zone is a resolver whose answers change with time.
type zone struct {
	began   time.Time
	answers map[time.Duration][]string // from when on; nil is no answer
}

func (z *zone) lookup(context.Context, string, string) ([]netip.Addr, error) {
	var latest time.Duration = -1
	var now []string
	for at, addrs := range z.answers {
		if at <= time.Since(z.began) && at > latest {
			latest, now = at, addrs
		}
	}
	if now == nil {
		return nil, errors.New("no answer")
	}
	var out []netip.Addr
	for _, a := range now {
		out = append(out, netip.MustParseAddr(a))
	}
	return out, nil
}

func named(s scenarios.Scenario) scenarios.Scenario {
	s.Target.Endpoints, s.Target.Confirm = []string{"lb.example.com"}, "lb.example.com"
	return s
}

func TestRefresh_LongRunFollowsItsNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &zone{began: time.Now(), answers: map[time.Duration][]string{
			0:                 {"192.0.2.1", "192.0.2.2"},
			100 * time.Second: {"192.0.2.1", "192.0.2.2", "192.0.2.3"},
			200 * time.Second: nil,
			280 * time.Second: {"192.0.2.2", "192.0.2.3"},
		}}
		var events []string
		s := named(staged(scenarios.Stage{Rate: 1, For: seconds(360)}))
		b := &balancer{coordinators: 3, takes: time.Millisecond}
		r, seen := watched(t.Context(), t, b, s, Options{
			Resolve: z.lookup,
			Progress: func(e Event) {
				if e.Kind == EventNodes {
					events = append(events, e.Text)
				}
			},
		})
		want := []string{
			"node 192.0.2.3:21050 joined after 2m0s",
			"the names could not be resolved again after 3m30s: cannot resolve lb.example.com: no answer",
			"node 192.0.2.1:21050 left after 5m0s",
		}
		if !slices.Equal(events, want) || !slices.Equal(r.Notes, want) {
			t.Errorf("events = %q\n notes = %q", events, r.Notes)
		}
		if len(r.Nodes) != 3 || int(r.Nodes[0].Left) != 300 || int(r.Nodes[2].Joined) != 120 || r.Nodes[1].Left != 0 || r.Nodes[1].Joined != 0 {
			t.Errorf("nodes = %+v", r.Nodes)
		}
		for _, o := range seen {
			third, first := o.Node.Addr().String() == "192.0.2.3", o.Node.Addr().String() == "192.0.2.1"
			if third && o.Start < 120*time.Second || first && o.Start > 301*time.Second {
				t.Errorf("a session went to %s at %s", o.Node, o.Start)
			}
		}
		if r.Nodes[2].Sessions < 80 || r.Sessions.OK != 360 {
			t.Errorf("sessions = %+v, nodes = %+v", r.Sessions, r.Nodes)
		}
	})
}

func TestRefresh_OpenSessionsOfANodeThatLeftStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &zone{began: time.Now(), answers: map[time.Duration][]string{0: {"192.0.2.1", "192.0.2.2"}, time.Minute: {"192.0.2.2"}}}
		s := named(staged(scenarios.Stage{Hold: 10, For: seconds(400)}))
		r, _ := watched(t.Context(), t, &balancer{coordinators: 3}, s, Options{Resolve: z.lookup})
		if r.Sessions.OK != 10 || r.Nodes[0].Sessions != 5 || r.Nodes[0].Left == 0 || r.Seconds < 400 {
			t.Errorf("sessions = %+v, nodes = %+v", r.Sessions, r.Nodes)
		}
	})
}

func TestRefresh_ShortRunResolvesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &zone{began: time.Now(), answers: map[time.Duration][]string{0: {"192.0.2.1"}, time.Second: {"192.0.2.2"}}}
		r, _ := watched(t.Context(), t, &balancer{}, named(staged(scenarios.Stage{Rate: 1, For: seconds(29)})), Options{Resolve: z.lookup})
		if len(r.Nodes) != 1 || len(r.Notes) != 0 {
			t.Errorf("nodes = %+v, notes = %q", r.Nodes, r.Notes)
		}
	})
}

// Every kind follows its names once they may be out of date: half a minute.
func TestRefresh_NodeThatLeftIsNotDialledAnyMore(t *testing.T) {
	watching := steady(2 * time.Minute)
	looks := scenario(600)
	slow := querying()
	slow.Load.Rate, slow.Expect.Coordinators.Count = 1, 0
	for name, s := range map[string]scenarios.Scenario{
		"watch": watching, "looks": looks, "stages": staged(scenarios.Stage{Rate: 5, For: seconds(60)}), "query": slow,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				z := &zone{began: time.Now(), answers: map[time.Duration][]string{0: {"192.0.2.1", "192.0.2.2"}, 10 * time.Second: {"192.0.2.2"}}}
				r, seen := watched(t.Context(), t, &balancer{coordinators: 3, takes: time.Millisecond}, named(s), Options{Resolve: z.lookup})
				late, after := 0, 0
				for _, o := range seen {
					if o.Start > 30*time.Second {
						after++
						if o.Node.Addr().String() == "192.0.2.1" {
							late++
						}
					}
				}
				if late > 0 || after == 0 || r.Nodes[0].Left != 30 || !slices.Contains(r.Notes, "node 192.0.2.1:21050 left after 30s") {
					t.Errorf("%d of %d sessions went to it later, nodes = %+v, notes = %q", late, after, r.Nodes, r.Notes)
				}
			})
		})
	}
}

func TestRefresh_NotesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		s := named(staged(scenarios.Stage{Rate: 1, For: seconds(3600)}))
		r, _ := watched(t.Context(), t, &balancer{}, s, Options{
			Resolve: func(context.Context, string, string) ([]netip.Addr, error) {
				n++
				return []netip.Addr{netip.AddrFrom4([4]byte{192, 0, 2, byte(1 + n%2)})}, nil
			},
		})
		if len(r.Notes) != maxChanges+1 || len(r.Nodes) != 2 || r.Sessions.OK != 3600 {
			t.Errorf("%d notes, nodes = %+v", len(r.Notes), r.Nodes)
		}
	})
}

func TestResolve_DefaultRateIsLiftedOnLoopback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, c := range map[string]struct {
			addrs     []string
			isDefault bool
			rate      scenarios.Rate
		}{
			"a name of this machine":         {addrs: []string{"127.0.0.2", "127.0.0.3"}, isDefault: true, rate: 0},
			"the user's own pace":            {addrs: []string{"127.0.0.2"}, isDefault: false, rate: 10},
			"a name of another machine, too": {addrs: []string{"127.0.0.2", "192.0.2.1"}, isDefault: true, rate: 10},
		} {
			z := &zone{began: time.Now(), answers: map[time.Duration][]string{0: c.addrs}}
			r, _ := watched(t.Context(), t, &balancer{}, named(scenario(5)), Options{Resolve: z.lookup, RateIsDefault: c.isDefault})
			if r.Scenario.Load.Rate != c.rate || (r.Load == nil) != (c.rate == 0) || (r.Seconds == 0) != (c.rate == 0) {
				t.Errorf("%s: paced at %s, %g s", name, r.Scenario.Load.Rate, r.Seconds)
			}
		}
	})
}
