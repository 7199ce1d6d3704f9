package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/pace"
)

// staged is a scenario of stages over two nodes.
func staged(stages ...scenarios.Stage) scenarios.Scenario {
	s := scenario(0)
	s.Kind, s.Load.Stages = scenarios.KindStages, stages
	s.Load.Sessions = 0 // of looks alone
	return s
}

func seconds(n float64) scenarios.Duration { return scenarios.Duration(n * float64(time.Second)) }

func TestArrivals_KeepTheirDueTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, takes: 300 * time.Millisecond}
		r, seen := watched(t.Context(), t, b, staged(scenarios.Stage{Rate: 20, For: seconds(2)}), Options{})
		if r.Sessions.OK != 40 || r.Nodes[0].Sessions != 20 || !r.Complete {
			t.Fatalf("sessions = %+v, nodes = %+v", r.Sessions, r.Nodes)
		}
		begin := seen[2].Due
		for i, o := range seen[2:] {
			if want := begin + time.Duration(i)*50*time.Millisecond; o.Due != want || o.Lag() != 0 || o.Owed != 0 || o.Part != scenarios.PartArrival {
				t.Errorf("%s session %d was due at %s, want %s, and started %s late", o.Part, i, o.Due, want, o.Lag())
			}
		}
		if b.maxOpen < 6 || b.maxOpen > 7 || r.Looks[0].Kind != scenarios.LookWhole || r.Looks[0].Planned != 40 || len(r.Looks) != 1 {
			t.Errorf("%d open at once, looks = %+v", b.maxOpen, r.Looks)
		}
	})
}

func TestStages_FollowEachOtherOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, takes: 700 * time.Millisecond}
		s := staged(
			scenarios.Stage{Rate: 10, Ramp: seconds(4)},
			scenarios.Stage{Rate: 10, For: seconds(2)},
			scenarios.Stage{Closed: 3, For: seconds(7)},
			scenarios.Stage{Rate: 1, For: seconds(3)},
		)
		var starts []time.Duration
		began := time.Now()
		r, seen := watched(t.Context(), t, b, s, Options{Progress: func(e Event) {
			if e.Kind == EventStage {
				starts = append(starts, time.Since(began)-1400*time.Millisecond)
			}
		}})
		if want := []time.Duration{0, 4 * time.Second, 6 * time.Second, 13 * time.Second}; !slices.Equal(starts, want) {
			t.Errorf("stages began at %v, want %v", starts, want)
		}
		// the closed ones have ten each, of which the last outlives its stage by nothing
		if want := 20 + 20 + 30 + 3; r.Sessions.OK != want || len(seen) != want+2 {
			t.Errorf("%d sessions, want %d", r.Sessions.OK, want)
		}
	})
}

// One is as many as it says, of sessions that are closed and of sessions that are held.
func TestStages_OfOneSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, takes: 700 * time.Millisecond}
		var announced []string
		_, seen := watched(t.Context(), t, b, staged(scenarios.Stage{Closed: 1, For: seconds(7)}, scenarios.Stage{Hold: 1, For: seconds(5)}), Options{Progress: func(e Event) {
			if e.Kind == EventLook {
				announced = append(announced, e.Text)
			}
		}})
		parts := map[scenarios.Part]int{}
		for _, o := range seen[2:] {
			parts[o.Part]++
		}
		if parts[scenarios.PartParallel] != 10 || parts[scenarios.PartHeld] != 1 || len(parts) != 2 {
			t.Errorf("sessions by part: %v, want 10 of the closed stage and one that is held", parts)
		}
		if want := []string{"1 session, and as many as the closed stages manage"}; !slices.Equal(announced, want) {
			t.Errorf("announced %q, want %q", announced, want)
		}
	})
}

func TestStages_ArrivalWithoutASlotIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, takes: 900 * time.Millisecond}
		s := staged(scenarios.Stage{Rate: 10, For: seconds(3)})
		s.Load.Concurrency = 2
		r, _ := watched(t.Context(), t, b, s, Options{})
		if r.Sessions.Attempted+r.Load.Dropped != 30 || r.Sessions.Attempted != 8 {
			t.Errorf("%d sessions and %d dropped of 30", r.Sessions.Attempted, r.Load.Dropped)
		}
		if b.maxOpen != 2 {
			t.Errorf("%d open at once", b.maxOpen)
		}
	})
}

func TestStages_ClosedIsNeverLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, takes: 250 * time.Millisecond}
		s := staged(scenarios.Stage{Closed: 20, For: seconds(1)})
		s.Load.Concurrency = 4 // which is for arrivals
		r, _ := watched(t.Context(), t, b, s, Options{})
		if r.Sessions.OK != 80 || b.maxOpen != 20 || r.Looks[0].Planned != 0 {
			t.Errorf("%d sessions of %d that were planned, %d at once", r.Sessions.OK, r.Looks[0].Planned, b.maxOpen)
		}
		if r.Load.Late != 0 || r.Load.Lag.Count() != 0 || r.Load.Login.Count() != 80 || !near(r.Load.Login.Max(), 250*time.Millisecond) {
			t.Errorf("lag %s, login %s", r.Load.Lag.Max(), r.Load.Login.Max())
		}
	})
}

// near allows for the digits that a histogram keeps.
func near(got, want time.Duration) bool { return (got - want).Abs() <= want/500+time.Microsecond }

func TestStages_HeldSessionsOpenAtTheRateAndArePinged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, takes: 20 * time.Millisecond, answer: func(n Node, i int) fate {
			switch {
			case n.Addr.Addr().String() == "127.0.0.3" && i == 3:
				return fate{pingErr: fault{"execute.eof", ""}}
			case n.Addr.Addr().String() == "127.0.0.3" && i == 4:
				return fate{cutAfter: 5 * time.Second, cutErr: fault{"execute.reset", ""}}
			}
			return fate{queryErr: errors.New("a held session runs no statement")}
		}}
		s := staged(scenarios.Stage{Hold: 40, For: seconds(10)})
		s.Load.Concurrency = 4
		b.answer = ignoringTheScout(b.answer)
		r, seen := watched(t.Context(), t, b, s, Options{})
		if r.Sessions.OK != 38 || r.Sessions.Failed != 2 || b.maxOpen != 40 {
			t.Errorf("sessions = %+v, %d at once, errors = %+v", r.Sessions, b.maxOpen, r.Errors)
		}
		if want := .02 + 4 + 10; r.Seconds < want || r.Seconds > want+1 {
			t.Errorf("it took %g s, want %g", r.Seconds, want)
		}
		for _, o := range seen[2:] {
			if o.Part != scenarios.PartHeld || o.Lag() != 0 {
				t.Errorf("%s session %s late", o.Part, o.Lag())
			}
		}
		points := r.Series.Points
		if points[0].Held != 10 || points[4].Held != 40 || points[10].Held != 39 || points[len(points)-1].Held != 0 {
			t.Errorf("held, second by second: %+v", points)
		}
	})
}

// ignoringTheScout lets the first session of the first node be good, whatever f says.
func ignoringTheScout(f func(Node, int) fate) func(Node, int) fate {
	return func(n Node, i int) fate {
		if n.Addr.Addr().String() == "127.0.0.2" && i == 0 {
			return fate{}
		}
		return f(n, i)
	}
}

func TestStages_HeldSessionWithoutASlotIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, answer: func(_ Node, i int) fate {
			if i > 1 {
				return fate{takes: time.Minute}
			}
			return fate{}
		}}
		s := staged(scenarios.Stage{Hold: 10, For: seconds(5)})
		s.Load.Concurrency = 2
		r, _ := watched(t.Context(), t, b, s, Options{})
		if r.Load.Dropped+r.Sessions.Attempted != 10 || r.Load.Dropped == 0 {
			t.Errorf("%d sessions and %d dropped of 10", r.Sessions.Attempted, r.Load.Dropped)
		}
	})
}

func TestStages_PanicWhileHoldingReachesTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := staged(scenarios.Stage{Hold: 10, For: seconds(5)})
		s.Load.Concurrency = 1
		b := &balancer{answer: func(_ Node, i int) fate { return fate{panics: i == 3} }}
		defer func() {
			if p := recover(); p != "a fault of ours" || b.open != 0 {
				t.Errorf("recovered %v, %d sessions are still open", p, b.open)
			}
		}()
		Run(t.Context(), b.dial, s, Options{judge: content, plan: plain})
		t.Error("Run returned")
	})
}

func TestStages_StalledServerShowsInLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, answer: func(_ Node, i int) fate {
			if i >= 20 {
				return fate{takes: 2 * time.Second}
			}
			return fate{takes: 10 * time.Millisecond}
		}}
		s := staged(scenarios.Stage{Rate: 20, For: seconds(10)})
		r, _ := watched(t.Context(), t, b, s, Options{})
		l := r.Load
		if p99 := l.Login.Quantile(.99); p99 < 3*time.Second {
			t.Errorf("login p99 is %s; a login alone takes 2s, and users wait for those before", p99)
		}
		if l.Lag.Max() < time.Second || l.Late == 0 {
			t.Errorf("lag %s at most, %d late", l.Lag.Max(), l.Late)
		}
		if l.Owed.Max() > time.Microsecond {
			t.Errorf("the generator owes %s of that", l.Owed.Max())
		}
		if l.OfCores < 1 || len(l.Needs) == 0 {
			t.Errorf("load = %+v", l)
		}
	})
}

func TestStages_StarvedGeneratorOwesItsLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, takes: 10 * time.Millisecond}
		s := staged(scenarios.Stage{Rate: 10, For: seconds(5)})
		r, _ := watched(t.Context(), t, b, s, Options{
			sleep: func(ctx context.Context, d time.Duration) { pace.Sleep(ctx, d+80*time.Millisecond) },
		})
		if l := r.Load; !near(l.Owed.Max(), 80*time.Millisecond) || !near(l.Lag.Max(), 80*time.Millisecond) || l.Late != l.Lag.Count()-1 {
			t.Errorf("owed %s of %s, %d of %d late", l.Owed.Max(), l.Lag.Max(), l.Late, l.Lag.Count())
		}
	})
}

// A generator that never gets its turn in time owes all of it, though it never
// waits for anything but itself.
func TestStages_GeneratorThatFallsBehindOwesTheBacklog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5}
		s := staged(scenarios.Stage{Rate: 100, For: seconds(10)})
		slow := 0
		r, _ := watched(t.Context(), t, b, s, Options{
			sleep: func(ctx context.Context, d time.Duration) {
				if slow++; slow == 100 {
					d += time.Second // the process did not run meanwhile
				}
				pace.Sleep(ctx, d)
			},
		})
		if l := r.Load; !near(l.Owed.Max(), time.Second) || l.Late < 90 || l.Dropped != 0 {
			t.Errorf("owed %s, %d late", l.Owed.Max(), l.Late)
		}
	})
}

func TestStages_WarmUpCountsForErrorsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		b := &balancer{coordinators: 2, answer: func(n Node, i int) fate {
			switch {
			case n.Addr.Addr().String() == "127.0.0.3" && i == 1:
				return fate{openErr: fault{"open.eof", ""}}
			case i > 0 && time.Since(began) < time.Second: // 0 is the scout
				return fate{takes: time.Second}
			}
			return fate{takes: 10 * time.Millisecond}
		}}
		s := staged(scenarios.Stage{Rate: 10, For: seconds(3)})
		s.Load.WarmUp = seconds(1)
		want := scenarios.TagTimes{Metric: "session.open", Tag: scenarios.TagCoordinator}
		r, _ := watched(t.Context(), t, b, s, Options{tags: wanting(want)})
		if r.Sessions.OK != 29 || r.Sessions.Failed != 1 || len(r.Errors) != 1 {
			t.Errorf("sessions = %+v", r.Sessions)
		}
		if n := r.Phases.Count(scenarios.PhaseOpen); n != 20 || !near(r.Phases.Max(scenarios.PhaseOpen), 10*time.Millisecond) {
			t.Errorf("%d opens of %s at most, want 20 of 10ms", n, r.Phases.Max(scenarios.PhaseOpen))
		}
		if r.Load.Login.Count() != 20 || r.Load.Lag.Count() != 20 {
			t.Errorf("%d logins and %d lags, want 20", r.Load.Login.Count(), r.Load.Lag.Count())
		}
		tagged := 0
		for _, w := range r.Tags {
			tagged += w.Times.Count()
		}
		if tagged != 20 {
			t.Errorf("%d times by tag, want 20", tagged)
		}
		if started := r.Series.Points[0].Started + r.Series.Points[1].Started; started < 10 {
			t.Errorf("%d sessions in the series: warm-up is part of the run", started)
		}
	})
}

func wanting(w ...scenarios.TagTimes) func(scenarios.Scenario) []scenarios.TagTimes {
	return func(scenarios.Scenario) []scenarios.TagTimes { return w }
}

func TestStages_TagsAreRecordedForThresholds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 2, takes: 10 * time.Millisecond}
		s := staged(scenarios.Stage{Rate: 10, For: seconds(2)})
		var evidence scenarios.Measured
		r, _ := watched(t.Context(), t, b, s, Options{
			judge: func(e scenarios.Measured) judge.Judgement { evidence = e; return content(e) },
			tags: wanting(
				scenarios.TagTimes{Metric: "session.open", Tag: scenarios.TagCoordinator},
				scenarios.TagTimes{Metric: "session.lag", Tag: scenarios.TagNode},
				scenarios.TagTimes{Metric: "session.login"},
				scenarios.TagTimes{Metric: "query", Tag: scenarios.TagNode}, // no session runs a statement
				scenarios.TagTimes{Metric: "session.nonsense", Tag: scenarios.TagNode},
			),
		})
		var got []string
		for _, w := range r.Tags {
			got = append(got, fmt.Sprintf("%s{%s=%s} %d", w.Metric, w.Tag, w.Value, w.Times.Count()))
		}
		want := []string{
			"session.lag{node=127.0.0.2:21050} 10", "session.lag{node=127.0.0.3:21050} 10",
			"session.login{=} 20",
			"session.open{coordinator=coord-1:25000} 10", "session.open{coordinator=coord-2:25000} 10",
		}
		if !slices.Equal(got, want) || len(evidence.Tags) != len(want) || evidence.Load == nil {
			t.Errorf("tags = %q", got)
		}
	})
}

func TestLook_UnpacedHasNoDueTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for rate, promised := range map[scenarios.Rate]bool{0: false, 10: true} {
			s := scenario(5)
			s.Load.Rate = rate
			r, _ := watched(t.Context(), t, &balancer{}, s, Options{})
			if (r.Load != nil) != promised || r.Series != nil {
				t.Errorf("at %s: load = %+v, series = %+v", rate, r.Load, r.Series)
			}
		}
	})
}

func TestStages_EndWithoutNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{answer: func(_ Node, i int) fate { return fate{refused: i > 3} }}
		s := staged(scenarios.Stage{Rate: 10, For: seconds(60)}, scenarios.Stage{Closed: 2, For: seconds(60)}, scenarios.Stage{Hold: 2, For: seconds(60)})
		r, _ := watched(t.Context(), t, b, s, Options{})
		if r.Stopped == nil || r.Stopped.By != scenarios.StopCertificate || r.Seconds > 5 {
			t.Errorf("stopped = %+v after %g s", r.Stopped, r.Seconds)
		}
	})
}

func TestStages_InterruptedClosesHeldSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		s := staged(scenarios.Stage{Hold: 20, For: seconds(600)})
		r, _ := watched(ctx, t, &balancer{coordinators: 5}, s, Options{})
		if r.Stopped == nil || r.Stopped.By != scenarios.StopInterrupted || r.Seconds > 4 || !r.Looks[0].Cut || r.Sessions.OK != 20 {
			t.Errorf("stopped = %+v after %g s, sessions = %+v", r.Stopped, r.Seconds, r.Sessions)
		}
	})
}

func TestStages_LimitOfThisMachineIsInconclusive(t *testing.T) {
	for _, class := range []string{"tcp.local-nofile", "tcp.local-ports"} {
		synctest.Test(t, func(t *testing.T) {
			b := &balancer{coordinators: 5, answer: func(_ Node, i int) fate {
				if i > 9 {
					return fate{openErr: fault{class, "raise it"}}
				}
				return fate{}
			}}
			r, seen := watched(t.Context(), t, b, staged(scenarios.Stage{Rate: 10, For: seconds(60)}), Options{judge: judge.Judge})
			if r.Stopped == nil || r.Stopped.By != scenarios.StopGenerator || r.Stopped.Class != vocabtest.Class(class) || len(seen) > 25 {
				t.Errorf("stopped = %+v after %d sessions", r.Stopped, len(seen))
			}
			if r.Verdict != scenarios.StatusInconclusive || r.Sessions.Failed != 0 || r.Sessions.Unknown == 0 {
				t.Errorf("verdict = %s, sessions = %+v, findings = %+v", r.Verdict, r.Sessions, r.Findings)
			}
		})
	}
}
