package run

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

func TestRun_SaysTheBudgetBeforeTheScout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var first []Event
		_, _ = watched(t.Context(), t, &balancer{}, staged(scenarios.Stage{Rate: 5, For: seconds(2)}), Options{
			Progress: func(e Event) { first = append(first, e) },
		})
		if b := first[1]; b.Kind != EventBudget || b.Text != "5/s for 2s" || b.For != 2*time.Second {
			t.Errorf("events = %+v", first[:3])
		}
	})
}

// overNodes is a scenario over n nodes, 127.0.0.2 and so on.
func overNodes(n int) scenarios.Scenario {
	s := scenario(4)
	s.Load.Timeout = seconds(10)
	s.Target.Endpoints = nil
	for i := range n {
		s.Target.Endpoints = append(s.Target.Endpoints, fmt.Sprintf("127.0.0.%d:21050", i+2))
	}
	return s
}

// nodeFates is what becomes of the sessions of each node, by its last number; the last
// fate stays. Nodes without any are good.
type nodeFates map[byte][]fate

func (f nodeFates) answer(n Node, i int) fate {
	fates := f[n.Addr.Addr().As4()[3]]
	if len(fates) == 0 {
		return fate{}
	}
	return fates[min(i, len(fates)-1)]
}

func failing(class string) fate { return fate{openErr: fault{class, "of " + class}} }

// late fails after some milliseconds.
func late(class string, ms int) fate {
	return fate{takes: time.Duration(ms) * time.Millisecond, lateErr: fault{class, ""}}
}

// inPhases gives up a session that hangs when its phase is over, as the client does.
func (b *balancer) inPhases(ctx context.Context, n Node, o *scenarios.Observation) (Session, error) {
	d, ok := PhaseTimeout(ctx)
	if !ok {
		d = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	return b.dial(ctx, n, o)
}

// scouted runs s, whose sessions have a time for each phase.
func scouted(t *testing.T, b *balancer, s scenarios.Scenario) (scenarios.Result, []scenarios.Observation) {
	t.Helper()
	var seen []scenarios.Observation
	r := Run(t.Context(), b.inPhases, s, Options{judge: content, plan: plain, Observe: func(o scenarios.Observation) { seen = append(seen, o) }})
	checkSums(t, r)
	if r.Sessions.Scout+r.Sessions.Settle+r.Sessions.Attempted+r.Sessions.Refused != len(seen)+refusedScouts(r) {
		t.Errorf("%d sessions were observed, and counted are %+v", len(seen), r.Sessions)
	}
	return r, seen
}

// refusedScouts counts scouts that are counted as refused, too.
func refusedScouts(r scenarios.Result) int {
	n := 0
	for _, s := range r.Scouts {
		if s.Refused {
			n++
		}
	}
	return n
}

// scoutsOf is "2:3 tcp.refused, 3:1 ok": node, attempts, and the last outcome.
func scoutsOf(r scenarios.Result) string {
	var texts []string
	for _, s := range r.Scouts {
		text := fmt.Sprintf("%d:%d ", s.Address.Addr().As4()[3], s.Attempts)
		if s.Outcome == scenarios.OutcomeOK {
			text += "ok"
		} else {
			text += s.Class.String()
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, ", ")
}

func TestScout_GetsInWhereAnyNodeLetsIn(t *testing.T) {
	const silent = "hangs"
	for name, c := range map[string]struct {
		nodes  int
		fates  nodeFates
		scouts string
		stop   scenarios.StopReason // "": the run goes on
		class  string
	}{
		"all are well":                             {nodes: 3, scouts: "2:1 ok, 3:1 ok, 4:1 ok"},
		"the first is closed":                      {nodes: 3, fates: nodeFates{2: {failing("tcp.refused")}}, scouts: "2:1 tcp.refused, 3:1 ok, 4:1 ok"},
		"the second is closed":                     {nodes: 3, fates: nodeFates{3: {failing("tcp.refused")}}, scouts: "2:1 ok, 3:1 tcp.refused, 4:1 ok"},
		"the last is closed":                       {nodes: 3, fates: nodeFates{4: {failing("tcp.refused")}}, scouts: "2:1 ok, 3:1 ok, 4:1 tcp.refused"},
		"the first does not answer":                {nodes: 3, fates: nodeFates{2: {{hang: true}, {}}}, scouts: "2:1 open.timeout, 3:1 ok, 4:1 ok"},
		"the last does not answer":                 {nodes: 3, fates: nodeFates{4: {{hang: true}, {}}}, scouts: "2:1 ok, 3:1 ok, 4:1 open.timeout"},
		"only the last of twenty answers":          {nodes: 20, fates: allBut(20, 21, fate{hang: true}, fate{}), scouts: silent},
		"one of the node's coordinators is dead":   {nodes: 1, fates: nodeFates{2: {failing("open.eof"), {}}}, scouts: "2:2 ok"},
		"two of the node's coordinators are dead":  {nodes: 1, fates: nodeFates{2: {failing("open.eof"), failing("open.reset"), {}}}, scouts: "2:3 ok"},
		"three attempts are all":                   {nodes: 1, fates: nodeFates{2: {failing("open.eof"), failing("open.eof"), failing("open.eof"), {}}}, scouts: "2:3 open.eof", stop: scenarios.StopScout, class: "open.eof"},
		"a coordinator is being shut down":         {nodes: 1, fates: nodeFates{2: {failing("open.shutting-down"), {}}}, scouts: "2:2 ok"},
		"a statement fails once":                   {nodes: 1, fates: nodeFates{2: {{queryErr: fault{"execute.error", ""}}, {}}}, scouts: "2:2 ok"},
		"a last attempt without time says nothing": {nodes: 2, fates: nodeFates{2: {{hang: true}}, 3: {late("tcp.refused", 9400), late("tcp.refused", 5200)}}, scouts: "2:2 open.timeout, 3:2 tcp.refused", stop: scenarios.StopScout, class: "open.timeout"},
		"all are closed":                           {nodes: 2, fates: nodeFates{2: {failing("tcp.refused")}, 3: {failing("tcp.refused")}}, scouts: "2:3 tcp.refused, 3:3 tcp.refused", stop: scenarios.StopScout, class: "tcp.refused"},
		"what got furthest says the most":          {nodes: 3, fates: nodeFates{2: {failing("tcp.refused")}, 3: {failing("open.eof")}, 4: {failing("tcp.timeout")}}, scouts: "2:3 tcp.refused, 3:3 open.eof, 4:3 tcp.timeout", stop: scenarios.StopScout, class: "open.eof"},
		"a wrong password is sent once":            {nodes: 4, fates: allBut(4, 0, failing("sasl.rejected")), scouts: "2:1 sasl.rejected", stop: scenarios.StopScout, class: "sasl.rejected"},
		"a rejection after a dead node":            {nodes: 4, fates: nodeFates{2: {failing("sasl.eof")}, 3: {failing("sasl.rejected")}}, scouts: "2:1 sasl.eof, 3:1 sasl.rejected", stop: scenarios.StopScout, class: "sasl.rejected"},
		"a rejection where others let in":          {nodes: 4, fates: nodeFates{4: {failing("sasl.rejected"), {}}}, scouts: "2:1 ok, 3:1 ok, 4:1 sasl.rejected, 5:1 ok"},
		"two of them":                              {nodes: 4, fates: nodeFates{3: {failing("sasl.rejected"), {}}, 4: {failing("sasl.rejected"), {}}}, scouts: "2:1 ok, 3:1 sasl.rejected, 4:1 sasl.rejected, 5:1 ok"},
		"a refused certificate is not tried again": {nodes: 2, fates: nodeFates{2: {{refused: true}}}, scouts: "2:1 tls.expired, 3:1 ok"},
		"a refused certificate and a closed port":  {nodes: 2, fates: nodeFates{2: {{refused: true}}, 3: {failing("tcp.refused")}}, scouts: "2:1 tls.expired, 3:3 tcp.refused", stop: scenarios.StopScout, class: "tls.expired"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				r, seen := scouted(t, &balancer{coordinators: 5, answer: c.fates.answer}, overNodes(c.nodes))
				if got := scoutsOf(r); got != c.scouts && c.scouts != silent {
					t.Errorf("scouts = %s", got)
				}
				if reasonOf(r) != c.stop || c.stop != "" && r.Stopped.Class != vocabtest.Class(c.class) {
					t.Errorf("stopped = %+v", r.Stopped)
				}
				if r.Sessions.Failed+r.Sessions.OK > 0 && c.stop != "" {
					t.Errorf("sessions = %+v", r.Sessions)
				}
				for _, o := range seen {
					if o.Part == scenarios.PartScout && began.Add(o.End).Sub(began) > 30*time.Second {
						t.Errorf("a scout ended after %s", o.End)
					}
				}
			})
		})
	}
}

// allBut gives all of so many nodes their fates, except one.
func allBut(nodes int, good byte, fates ...fate) nodeFates {
	out := nodeFates{}
	for i := range byte(nodes) {
		if i+2 != good {
			out[i+2] = fates
		}
	}
	return out
}

func TestScout_OtherAddressFamilyGetsIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &zone{began: time.Now(), answers: map[time.Duration][]string{0: {"2001:db8::1", "192.0.2.1"}}}
		b := &balancer{coordinators: 3, answer: func(n Node, i int) fate {
			if n.Addr.Addr().Is6() && i == 0 {
				return failing("tcp.timeout")
			}
			return fate{}
		}}
		r, _ := watched(t.Context(), t, b, named(scenario(4)), Options{Resolve: z.lookup, routed: func(netip.AddrPort) bool { return true }})
		if r.Stopped != nil || r.Sessions.OK != 4 || len(r.Scouts) != 2 || r.Scouts[0].Class != vocabtest.Class("tcp.timeout") {
			t.Errorf("stopped = %+v, scouts = %+v", r.Stopped, r.Scouts)
		}
	})
}

func TestScout_EndsInTimeHoweverManyNodes(t *testing.T) {
	for name, hangs := range map[string]fate{
		"no answer":                {hang: true},
		"an answer after the time": {takes: time.Hour},
		"slow failures":            {takes: 9 * time.Second, openErr: fault{"open.eof", ""}},
	} {
		for _, nodes := range []int{1, 3, 4, 20, 100} {
			t.Run(fmt.Sprintf("%s of %d nodes", name, nodes), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r, _ := scouted(t, &balancer{answer: allBut(nodes, 0, hangs).answer}, overNodes(nodes))
					if reasonOf(r) != scenarios.StopScout || r.Seconds > 30 || len(r.Scouts) != nodes {
						t.Errorf("stopped = %+v after %g s, %d nodes tried", r.Stopped, r.Seconds, len(r.Scouts))
					}
				})
			})
		}
	}
}

// A rejection at a node of which others let in is the run's first; the next one stops it.
func TestScout_RejectionIsTheFirstOfTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, answer: nodeFates{3: {failing("sasl.rejected")}, 4: {failing("sasl.rejected")}}.answer}
		r, _ := scouted(t, b, overNodes(3))
		if reasonOf(r) != scenarios.StopRejected || r.Sessions.Failed != 1 {
			t.Errorf("stopped = %+v, sessions = %+v", r.Stopped, r.Sessions)
		}
	})
}

func TestScout_TextNamesWhatEachNodeMet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{answer: nodeFates{2: {failing("tcp.refused")}, 3: {failing("open.eof")}}.answer}
		r, _ := scouted(t, b, overNodes(2))
		want := "no session worked on any of 2 nodes (127.0.0.2:21050 tcp.refused, 127.0.0.3:21050 open.eof): the server said open.eof"
		if r.Stopped.Text != want || len(r.Stopped.Hint) != 1 || r.Stopped.Hint[0].Why != "of open.eof" {
			t.Errorf("stopped = %+v", r.Stopped)
		}
	})
}

func TestSettle_IncludesGettingIn(t *testing.T) {
	for name, c := range map[string]struct {
		settle float64
		stop   scenarios.StopReason
	}{
		"there is time":                {settle: 30},
		"the last round is at the end": {settle: 6},
		"there is not":                 {settle: 5.5, stop: scenarios.StopScout},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				b := &balancer{coordinators: 3, answer: func(Node, int) fate {
					if time.Since(began) < 6*time.Second {
						return failing("tcp.refused")
					}
					return fate{}
				}}
				s := overNodes(2)
				s.Load.Settle, s.Load.SettleEvery = seconds(c.settle), seconds(1)
				s.Expect.Coordinators.Count = 1
				r, _ := scouted(t, b, s)
				if reasonOf(r) != c.stop || c.stop == "" && (r.Sessions.OK != 4 || r.Sessions.Settle == 0) {
					t.Errorf("stopped = %+v, sessions = %+v, notes = %q", r.Stopped, r.Sessions, r.Notes)
				}
			})
		})
	}
}

func TestSettle_WaitsForNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		z := &zone{began: time.Now(), answers: map[time.Duration][]string{7 * time.Second: {"127.0.0.2"}}}
		s := named(scenario(4))
		s.Load.Settle = seconds(30)
		r, _ := watched(t.Context(), t, &balancer{coordinators: 3}, s, Options{Resolve: z.lookup})
		if r.Stopped != nil || r.Sessions.OK != 4 {
			t.Errorf("stopped = %+v, sessions = %+v", r.Stopped, r.Sessions)
		}
		r, _ = watched(t.Context(), t, &balancer{}, named(scenario(4)), Options{Resolve: (&zone{}).lookup})
		if reasonOf(r) != scenarios.StopScout || r.Seconds != 0 {
			t.Errorf("without settling: stopped = %+v after %g s", r.Stopped, r.Seconds)
		}
	})
}

func TestSettle_ShorterThanItsIntervalHasALastRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(4)
		s.Target.Endpoints = s.Target.Endpoints[:1]
		s.Load.Settle, s.Load.SettleEvery = seconds(3), seconds(5)
		var rounds []time.Duration
		began := time.Now()
		b := &balancer{coordinators: 3, answer: func(_ Node, i int) fate {
			if i == 1 || i == 2 {
				rounds = append(rounds, time.Since(began))
			}
			if i == 1 {
				return failing("open.eof")
			}
			return fate{}
		}}
		r, _ := watched(t.Context(), t, b, s, Options{})
		if want := []time.Duration{0, 3 * time.Second}; !slices.Equal(rounds, want) || r.Sessions.Settle != 2 {
			t.Errorf("rounds at %v, sessions = %+v", rounds, r.Sessions)
		}
	})
}

func TestSettle_SaysWhatItWaitedFor(t *testing.T) {
	for name, c := range map[string]struct {
		declared int
		fates    nodeFates
		note     string
	}{
		"declared": {declared: 3, note: "settled after 10s: 3 of 3 coordinators have answered, and a round of sessions had no error"},
		"undeclared": {fates: nodeFates{2: {{}, failing("open.eof"), {}}},
			note: "settled after 5s: a round of sessions had no error; no coordinators are declared, so none was waited for"},
		"declared, and not met": {declared: 4, note: "not settled after 20s: 3 of 4 coordinators have answered, and the last round of sessions may have had an error"},
		"never a good round":    {fates: nodeFates{2: {{}, failing("open.eof")}}, note: "not settled after 20s: every round of sessions had an error"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := overNodes(1)
				s.Load.Settle, s.Load.SettleEvery = seconds(20), seconds(5)
				s.Expect.Coordinators.Count = c.declared
				r, _ := scouted(t, &balancer{coordinators: 3, answer: c.fates.answer}, s)
				if !slices.Equal(r.Notes, []string{c.note}) {
					t.Errorf("notes = %q", r.Notes)
				}
			})
		})
	}
}

func TestScout_KeepsABoundedNumberOfNodes(t *testing.T) {
	s := &scouting{tried: map[netip.AddrPort]int{}, refusedLogin: map[netip.AddrPort]bool{}}
	for i := range scenarios.MaxScouts + 10 {
		s.keep(scenarios.Observation{Node: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 1)})
	}
	if len(s.met) != scenarios.MaxScouts || len(s.tried) != scenarios.MaxScouts+10 {
		t.Errorf("%d nodes kept, %d tried", len(s.met), len(s.tried))
	}
}

// However many scouts there were, every look that the rule asks for is taken.
func TestLooks_ScoutsTakeNothingOfTheCeiling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := watched(t.Context(), t, &balancer{coordinators: 3}, overNodes(8), Options{
			judge: func(scenarios.Measured) judge.Judgement {
				return judge.Judgement{Next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 10}}
			},
			plan: func(scenarios.Scenario, int) budget.Budget { return budget.Budget{Look: 10, Ceiling: 1 + 30} },
		})
		if len(r.Looks) != 3 || r.Sessions.Attempted != 30 || r.Sessions.Scout != 8 {
			t.Errorf("%d looks, sessions = %+v", len(r.Looks), r.Sessions)
		}
	})
}
