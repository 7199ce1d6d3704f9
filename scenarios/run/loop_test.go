package run

import (
	"context"
	"errors"
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

func TestSettle_EndsWhenAllAnswerAndARoundIsGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(4)
		s.Target.Endpoints = s.Target.Endpoints[:1]
		s.Expect.Coordinators.Count = 3
		s.Load.Settle = scenarios.Duration(time.Minute)
		b := &balancer{answer: func(_ Node, i int) fate {
			switch i { // 0 is the scout
			case 1:
				return fate{coordinator: "a"}
			case 2:
				return fate{coordinator: "b"}
			case 3:
				return fate{openErr: fault{"open.timeout", ""}}
			case 4:
				return fate{openErr: fault{"open.timeout", ""}} // a second stall, which settling waits out
			}
			return fate{coordinator: "c"}
		}}
		r, seen := watched(t.Context(), t, b, s, Options{})
		if r.Sessions.Settle != 5 || r.Sessions.OK != 4 || r.Stopped != nil {
			t.Errorf("sessions = %+v, stopped = %+v", r.Sessions, r.Stopped)
		}
		for i, o := range seen[1:6] {
			if want := time.Duration(i) * 5 * time.Second; o.Start != want || o.Part != scenarios.PartSettle {
				t.Errorf("%s session at %s, want %s", o.Part, o.Start, want)
			}
		}
		if len(r.Coords) != 1 || r.Coords[0].Name != "c" {
			t.Errorf("coordinators = %+v: settle sessions were tallied", r.Coords)
		}
	})
}

func TestSettle_EndsWhenItsTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(4)
		s.Expect.Coordinators.Count = 5
		s.Load.Settle = scenarios.Duration(12 * time.Second)
		b := &balancer{coordinators: 1}
		r, _ := watched(t.Context(), t, b, s, Options{})
		if r.Sessions.Settle != 8 || r.Sessions.OK != 4 { // rounds at 0, 5, 10 and 12 s
			t.Errorf("sessions = %+v", r.Sessions)
		}
	})
}

func TestSettle_RejectedLoginCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(4)
		s.Load.Settle = scenarios.Duration(time.Minute)
		b := &balancer{answer: func(_ Node, i int) fate {
			if i == 0 {
				return fate{}
			}
			return fate{openErr: fault{"sasl.rejected", ""}}
		}}
		s.Target.Endpoints = s.Target.Endpoints[:1]
		r, seen := watched(t.Context(), t, b, s, Options{})
		if len(seen) != 3 || r.Stopped == nil || r.Stopped.By != scenarios.StopRejected || len(r.Looks) != 0 {
			t.Errorf("%d sessions, stopped = %+v", len(seen), r.Stopped)
		}
	})
}

func TestLook_ParallelBeyondTheOrderedSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(50)
		s.Load.Rate, s.Load.Concurrency = 0, 4
		b := &balancer{coordinators: 5, takes: time.Second}
		r, seen := watched(t.Context(), t, b, s, Options{plan: func(_ scenarios.Scenario, _ int) budget.Budget {
			return budget.Budget{Look: 50, Ceiling: 1000, Ordered: 20}
		}})
		parts, ordered := map[scenarios.Part]int{}, map[netip.AddrPort]int{}
		for _, o := range seen {
			parts[o.Part]++
			if o.Part == scenarios.PartOrdered {
				ordered[o.Node]++
			}
			if o.Lag() != 0 {
				t.Errorf("an unpaced session was %s late", o.Lag())
			}
		}
		if parts[scenarios.PartOrdered] != 20 || parts[scenarios.PartParallel] != 30 || b.maxOpen != 4 {
			t.Errorf("parts = %v, %d open at once", parts, b.maxOpen)
		}
		if first := r.Nodes[0]; ordered[first.Address] != 10 || first.Sessions != 25 {
			t.Errorf("look = %+v", r.Looks[0])
		}
	})
}

func TestLook_OrderedSessionsOfARefusedNodeGoToTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, answer: func(n Node, i int) fate {
			return fate{refused: n.Addr.Addr().String() == "127.0.0.3" && i > 3}
		}}
		r, seen := watched(t.Context(), t, b, scenario(30), Options{plan: func(_ scenarios.Scenario, _ int) budget.Budget {
			return budget.Budget{Look: 30, Ceiling: 1000, Ordered: 20}
		}})
		inOrder := map[netip.AddrPort]int{}
		for _, o := range seen {
			if o.Part == scenarios.PartOrdered && !o.Refused {
				inOrder[o.Node]++
			}
		}
		if inOrder[r.Nodes[0].Address] != 17 || inOrder[r.Nodes[1].Address] != 3 || r.Sessions.OK != 30 || r.Looks[0].Cut {
			t.Errorf("in order: %v, sessions = %+v", inOrder, r.Sessions)
		}
	})
}

func TestLook_OrderedSessionsOfASilentNodeGoToTheOthers(t *testing.T) {
	for name, nodes := range map[string]struct {
		silent func(n Node, i int) bool
		failed int
		noted  bool
	}{
		"silent from the first":      {silent: func(n Node, _ int) bool { return n.Addr.Addr().String() == "127.0.0.3" }, failed: maxSilence, noted: true},
		"silent from the tenth on":   {silent: func(n Node, i int) bool { return n.Addr.Addr().String() == "127.0.0.3" && i > 10 }, failed: maxSilence, noted: true},
		"three at the most in a row": {silent: func(n Node, i int) bool { return n.Addr.Addr().String() == "127.0.0.3" && i%4 == 3 }, failed: -1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &balancer{coordinators: 5, answer: func(n Node, i int) fate {
					if nodes.silent(n, i) {
						return failing("open.timeout")
					}
					return fate{}
				}}
				r, seen := watched(t.Context(), t, b, scenario(40), Options{plan: func(_ scenarios.Scenario, _ int) budget.Budget {
					return budget.Budget{Look: 40, Ceiling: 1000}
				}})
				total := 0
				for _, o := range seen {
					if o.Part == scenarios.PartOrdered {
						total++
					}
				}
				noted := slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "dialled no more") })
				if total != 40 || r.Stopped != nil || noted != nodes.noted || nodes.failed >= 0 && r.Sessions.Failed != nodes.failed {
					t.Errorf("%d sessions, %+v, stopped = %+v, notes = %q", total, r.Sessions, r.Stopped, r.Notes)
				}
			})
		})
	}
}

func TestLook_SaysWhyNoNodeIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, answer: func(n Node, i int) fate {
			if n.Addr.Addr().String() == "127.0.0.3" {
				return failing("open.timeout")
			}
			return fate{refused: i > 20}
		}}
		r, _ := watched(t.Context(), t, b, scenario(40), Options{plan: func(_ scenarios.Scenario, _ int) budget.Budget {
			return budget.Budget{Look: 40, Ceiling: 1000}
		}})
		if r.Stopped == nil || !strings.Contains(r.Stopped.Text, "the others are silent") {
			t.Errorf("stopped = %+v", r.Stopped)
		}
	})
}

func TestLook_ParallelSessionsOfARefusedNodeGoToTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, answer: func(n Node, i int) fate {
			return fate{refused: n.Addr.Addr().String() == "127.0.0.3" && i > 5}
		}}
		r, _ := watched(t.Context(), t, b, scenario(40), Options{plan: func(_ scenarios.Scenario, _ int) budget.Budget {
			return budget.Budget{Look: 40, Ceiling: 1000, Ordered: 6}
		}})
		if r.Sessions.OK != 40 || r.Nodes[1].Sessions != 5 || r.Sessions.Refused != 1 {
			t.Errorf("sessions = %+v, nodes = %+v", r.Sessions, r.Nodes)
		}
	})
}

func TestLooks_EndWhenNoJudgeAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(10)
		s.Load.Burst = 2
		asks := []scenarios.NextLook{{Kind: scenarios.LookConfirm, Sessions: 10, Why: "balance.coverage alarmed"}, {Kind: scenarios.LookExtend, Sessions: 30}, {}, {}}
		var events []Event
		r, _ := watched(t.Context(), t, &balancer{coordinators: 5}, s, Options{
			judge: func(e scenarios.Measured) judge.Judgement {
				return judge.Judgement{Next: asks[len(e.Looks)-1], Verdict: scenarios.StatusFail, Inferred: scenarios.PolicyRoundRobin, Notes: []string{"n"}}
			},
			Progress: func(e Event) { events = append(events, e) },
		})
		var kinds []scenarios.LookKind
		for _, l := range r.Looks {
			kinds = append(kinds, l.Kind)
		}
		if !slices.Equal(kinds, []scenarios.LookKind{scenarios.LookFirst, scenarios.LookConfirm, scenarios.LookExtend}) {
			t.Errorf("looks = %v", kinds)
		}
		if r.Sessions.OK != 10+10+30+3*2 || r.Phases.Count(scenarios.PhaseOpen) != 56 {
			t.Errorf("sessions = %+v, %d opens recorded", r.Sessions, r.Phases.Count(scenarios.PhaseOpen))
		}
		if r.Verdict != scenarios.StatusFail || r.Policy.Inferred != scenarios.PolicyRoundRobin || !slices.Equal(r.Notes, []string{"n"}) {
			t.Errorf("result = %+v", r)
		}
		var order []string
		for _, e := range events {
			if e.Kind != EventSession {
				order = append(order, string(e.Kind))
			}
		}
		if got, want := strings.Join(order, " "), "resolved budget scout scout look ask look ask look"; got != want {
			t.Errorf("events = %s, want %s", got, want)
		}
		if last := events[len(events)-1]; last.Done != 32 || last.Total != 32 {
			t.Errorf("last event = %+v", last)
		}
	})
}

func TestLooks_CeilingEndsAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := watched(t.Context(), t, &balancer{}, scenario(10), Options{
			judge: func(scenarios.Measured) judge.Judgement {
				return judge.Judgement{Next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 10}}
			},
			plan: func(scenarios.Scenario, int) budget.Budget { return budget.Budget{Look: 10, Ceiling: 35} },
		})
		if len(r.Looks) != 3 || len(r.Notes) != 1 || !r.Complete {
			t.Errorf("%d looks, notes = %q", len(r.Looks), r.Notes)
		}
	})
}

func TestLooks_FurtherLookObeysTheDurationLimit(t *testing.T) {
	for confirm, looks := range map[string]int{"": 1, "lb.example.com": 2} {
		synctest.Test(t, func(t *testing.T) {
			s := scenario(10)
			s.Target.Endpoints, s.Target.Confirm = []string{"lb.example.com"}, confirm
			r, _ := watched(t.Context(), t, &balancer{}, s, Options{
				Resolve: func(context.Context, string, string) ([]netip.Addr, error) {
					return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
				},
				judge: func(e scenarios.Measured) judge.Judgement {
					return judge.Judgement{Next: scenarios.NextLook{Kind: scenarios.LookExtend, Sessions: 6100 * (2 - len(e.Looks))}}
				},
			})
			if len(r.Looks) != looks {
				t.Errorf("confirm %q: %d looks, want %d; notes = %q", confirm, len(r.Looks), looks, r.Notes)
			}
		})
	}
}

func TestExecute_FailedCloseCountsAsLeftOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := watched(t.Context(), t, &balancer{closeErr: errors.New("reset")}, scenario(5), Options{})
		if r.Sessions.OK != 5 || r.Sessions.LeftOpen != 7 {
			t.Errorf("sessions = %+v", r.Sessions)
		}
	})
}

func TestExecute_FailedQueryIsRecordedInFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := strings.Repeat("é", 400)
		b := &balancer{coordinators: 5, answer: func(_ Node, i int) fate {
			if i == 2 {
				return fate{queryErr: errors.New(long)}
			}
			return fate{}
		}}
		s := scenario(5)
		s.Target.Endpoints = s.Target.Endpoints[:1]
		r, _ := watched(t.Context(), t, b, s, Options{})
		if len(r.Failures) != 1 || len(r.Errors) != 1 {
			t.Fatalf("failures = %+v, errors = %+v", r.Failures, r.Errors)
		}
		f := r.Failures[0]
		if f.Coordinator != "coord-3:25000" || f.Phase != scenarios.PhaseExecute || f.Class != vocabtest.Class("execute.error") || !f.Local.IsValid() {
			t.Errorf("failure = %+v", f)
		}
		if want := strings.Repeat("é", 512/2) + "..."; f.Text != want {
			t.Errorf("text has %d bytes, want %d", len(f.Text), len(want))
		}
		if !f.Time.Equal(r.Started.Add(200*time.Millisecond)) || f.Time.Location() != time.UTC {
			t.Errorf("it failed at %s, and the run started at %s", f.Time, r.Started)
		}
	})
}

func TestCollector_FailuresAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{answer: func(_ Node, i int) fate {
			if i%10 == 0 { // twenty failures in a row would end the run
				return fate{}
			}
			return fate{openErr: fault{"tcp.error", ""}}
		}}
		r, _ := watched(t.Context(), t, b, scenario(300), Options{})
		if r.Sessions.Failed < 250 || len(r.Failures) != scenarios.MaxFailures || len(r.Errors) != 1 || r.Errors[0].Class != vocabtest.Class("tcp.error") {
			t.Errorf("%d failed, %d kept, errors = %+v", r.Sessions.Failed, len(r.Failures), r.Errors)
		}
	})
}

func TestRun_RestartIsOneCoordinatorWithTwoPIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(6)
		s.Expect.Coordinators.Count = 1
		b := &balancer{answer: func(_ Node, i int) fate { return fate{coordinator: "a", pid: int32(1 + i/2)} }}
		s.Target.Endpoints = s.Target.Endpoints[:1]
		r, _ := watched(t.Context(), t, b, s, Options{})
		if len(r.Coords) != 1 {
			t.Fatalf("coordinators = %+v", r.Coords)
		}
		c := r.Coords[0]
		if !slices.Equal(c.PIDs, []int32{1, 2, 3, 4}) || c.Restarts != 3 || c.Share != 1 || c.Expected == nil || *c.Expected != 1 {
			t.Errorf("coordinator = %+v", c)
		}
	})
}

func TestRun_PanicOfASessionReachesTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{answer: func(_ Node, i int) fate { return fate{panics: i == 2} }}
		defer func() {
			if p := recover(); p != "a fault of ours" {
				t.Errorf("recovered %v", p)
			}
			if b.open != 0 {
				t.Errorf("%d sessions are still open", b.open)
			}
		}()
		Run(t.Context(), b.dial, scenario(20), Options{judge: content, plan: plain})
		t.Error("Run returned")
	})
}

func TestRun_CancelDuringTheBurstDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(700*time.Millisecond, cancel)
		s := scenario(4)
		s.Load.Burst, s.Load.BurstHold = 8, scenarios.Duration(time.Hour)
		r, _ := watched(ctx, t, &balancer{}, s, Options{})
		if r.Seconds > 1 || r.Sessions.OK != 12 || r.Stopped == nil || !r.Looks[0].Cut {
			t.Errorf("%gs, sessions = %+v, stopped = %+v", r.Seconds, r.Sessions, r.Stopped)
		}
	})
}

func TestRun_CancelledBeforeItBeganSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r, seen := watched(ctx, t, &balancer{}, scenario(4), Options{})
		if len(seen) != 0 || r.Stopped == nil || r.Stopped.By != scenarios.StopInterrupted {
			t.Errorf("%d sessions, stopped = %+v", len(seen), r.Stopped)
		}
	})
}

func TestRun_InvalidScenarioSendsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(4)
		s.Load.Concurrency = 0
		r, seen := watched(t.Context(), t, &balancer{}, s, Options{})
		if len(seen) != 0 || r.Stopped == nil || r.Stopped.Class != vocabtest.Class("scenario.invalid") {
			t.Errorf("%d sessions, stopped = %+v", len(seen), r.Stopped)
		}
	})
}

func TestRun_InterruptedEndsWithinCloseTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		s := scenario(20)
		b := &balancer{closeHangs: true, closeErr: errors.New("timeout")}
		r, _ := watched(ctx, t, b, s, Options{})
		if r.Seconds > 6 || r.Sessions.LeftOpen != r.Sessions.Scout+r.Sessions.Attempted {
			t.Errorf("%gs, sessions = %+v", r.Seconds, r.Sessions)
		}
	})
}
