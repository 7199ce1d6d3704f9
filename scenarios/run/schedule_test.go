package run

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/pace"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
)

// stall is a service of which every coordinator stops for a while as a session is open.
type stall struct {
	at, takes time.Duration
}

// open is how long a session that opens now takes.
func (s stall) open(began time.Time) time.Duration {
	const usual = 10 * time.Millisecond
	if now := time.Since(began); now >= s.at && now < s.at+s.takes {
		return s.at + s.takes - now + usual
	}
	return usual
}

// Sessions that were due while the service stalled are late however the run is cut
// into rows and looks, and do not all start at once when it answers again.
func TestSchedule_IsKeptThroughAStall(t *testing.T) {
	for name, tc := range map[string]struct {
		edit func(*scenarios.Scenario)
		plan budget.Budget
		more int // sessions of a further look
		late int // at least
	}{
		"one row":                     {plan: budget.Budget{Look: 90}, late: 30},
		"at the end of the row":       {plan: budget.Budget{Look: 90, Ordered: 40}, late: 30},
		"between looks":               {plan: budget.Budget{Look: 40}, more: 50, late: 30},
		"before a burst":              {plan: budget.Budget{Look: 40, Burst: 16}, late: 17},
		"in a row of parallel ones":   {plan: budget.Budget{Look: 90, Ordered: 10}, late: 30},
		"parallel, with a few slots":  {plan: budget.Budget{Look: 90, Ordered: 10}, late: 30, edit: func(s *scenarios.Scenario) { s.Load.Concurrency = 3 }},
		"parallel, with enough slots": {plan: budget.Budget{Look: 90, Ordered: 10}, late: 20, edit: func(s *scenarios.Scenario) { s.Load.Concurrency = 64 }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scenario(tc.plan.Look)
				s.Target.Endpoints = s.Target.Endpoints[:1]
				s.Load.Burst = tc.plan.Burst
				s.Thresholds = map[string][]string{"session.login": {"p(90) < 1s"}}
				if tc.edit != nil {
					tc.edit(&s)
				}
				began, service := time.Now(), stall{at: 4 * time.Second, takes: 3 * time.Second}
				b := &balancer{coordinators: 3, answer: func(Node, int) fate { return fate{takes: service.open(began)} }}
				tc.plan.Ceiling = 1000
				looks := 0
				opt := Options{plan: func(scenarios.Scenario, int) budget.Budget { return tc.plan }}
				opt.judge = func(scenarios.Measured) judge.Judgement {
					if looks++; looks > 1 {
						return judge.Judgement{}
					}
					return judge.Judgement{Next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: tc.more}}
				}
				r, seen := watched(t.Context(), t, b, s, opt)
				late := 0
				for _, o := range seen {
					if o.Lag() > scenarios.LateAfter || o.Login() > time.Second {
						late++
					}
					if o.Owed > 0 {
						t.Errorf("session %d: the generator owes %s", o.Seq, o.Owed)
					}
				}
				if late < tc.late || late > 60 {
					t.Errorf("%d late logins, want %d or a few more", late, tc.late)
				}
				checkRate(t, seen, 10)
				findings, _ := threshold.Judge(r.Measured)
				if findings[0].Status != scenarios.StatusFail {
					t.Errorf("threshold: %s: %s", findings[0].Status, findings[0].Message)
				}
			})
		})
	}
}

// checkRate fails where more sessions start in a second than the rate allows,
// those of a burst aside.
func checkRate(t *testing.T, seen []scenarios.Observation, rate int) {
	t.Helper()
	var starts []time.Duration
	for _, o := range seen {
		if o.Part != scenarios.PartBurst {
			starts = append(starts, o.Start)
		}
	}
	slices.Sort(starts)
	for i := rate + 1; i < len(starts); i++ {
		if d := starts[i] - starts[i-rate-1]; d < time.Second-pace.Leeway {
			t.Fatalf("%d sessions start within %s of %s", rate+1, d, starts[i-rate-1])
		}
	}
}

// A ramp until full goes in steps; the schedule does not begin anew with each.
func TestSchedule_OfACapacityIsKeptThroughAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, stalled := time.Now(), stall{at: 4 * time.Second, takes: 3 * time.Second}
		s := &service{coordinators: 4, threads: 64, answer: func(int) error {
			time.Sleep(stalled.open(began)) // the bubble's clock
			return nil
		}}
		sc := toHold(scenarios.CapacityConfig{UntilFull: true, Hold: 150})
		sc.Load.Timeout = scenarios.Duration(10 * time.Second)
		sc.Expect.Coordinators.Count = 4
		sc.Load.Concurrency = 8
		r, seen := held(t.Context(), t, s, sc, Options{})
		if r.Capacity.Held != 150 || r.Load.Late < 20 || r.Load.Late > 40 {
			t.Errorf("%d held, %d started late, want those of 3 s", r.Capacity.Held, r.Load.Late)
		}
		checkRate(t, seen, 10)
	})
}

func TestSchedule_OfAQueryIsKeptThroughAStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &executing{lands: inTurn(30), takes: map[string]time.Duration{"coord-5:25000": 3 * time.Second}}
		s := querying()
		s.Load.Concurrency = 1
		s.Expect.Coordinators.Count = 30
		r := queried(t.Context(), t, e, s)
		if late := r.Load.Late; late < 50 || late > 56 { // of 60: the fifth and the 35th stall
			t.Errorf("%d of %d started late", late, r.Load.Lag.Count())
		}
		if got := r.Load.Lag.Max(); !near(got, 2900*time.Millisecond) {
			t.Errorf("the longest lag is %s, want 2.9s", got)
		}
	})
}
