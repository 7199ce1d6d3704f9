package run

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func eight(each int) []scenarios.Holder {
	return []scenarios.Holder{{Name: "coord-1:25000", Held: each}, {Name: "coord-2:25000", Held: each}, {Name: "coord-3:25000", Held: each}}
}

func TestCapacity_UntilFullHoldsWhatTheThreadsHold(t *testing.T) {
	for name, c := range map[string]struct {
		config  scenarios.CapacityConfig
		expect  int
		waiting int // at once, at most
	}{
		"nothing is known":         {config: scenarios.CapacityConfig{UntilFull: true}, expect: 0, waiting: 16},
		"the threads are declared": {config: scenarios.CapacityConfig{UntilFull: true, Threads: 8}, expect: 3, waiting: 1},
		"a bound beyond it":        {config: scenarios.CapacityConfig{UntilFull: true, Threads: 8, Hold: 30}, expect: 3, waiting: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sc := toHold(c.config)
				sc.Expect.Coordinators.Count = c.expect
				s := &service{coordinators: 3, threads: 8}
				r, _ := held(t.Context(), t, s, sc, Options{})
				got := r.Capacity
				if got.Held != 24 || got.StoppedBy != vocabtest.Class("open.timeout") || got.Phase != "open" || !got.Entered || !slices.Equal(got.Holders, eight(8)) {
					t.Errorf("capacity = %+v", got)
				}
				if got.Target != c.config.Hold || got.For != 0 || got.Survived != 0 || s.asked != 0 {
					t.Errorf("capacity = %+v, %d were asked", got, s.asked)
				}
				if len(s.givenUp) != 0 {
					t.Errorf("logins were given up while %v were open, though they got in", s.givenUp)
				}
				if s.maxWaitingLogins < 1 || s.maxWaitingLogins > c.waiting {
					t.Errorf("%d waited at once, want at most %d", s.maxWaitingLogins, c.waiting)
				}
				if !r.Complete || r.Looks[0].Kind != scenarios.LookWhole || r.Looks[0].Cut || r.Sessions.LeftOpen != 0 {
					t.Errorf("stopped = %+v, look = %+v, sessions = %+v", r.Stopped, r.Looks[0], r.Sessions)
				}
			})
		})
	}
}

func TestCapacity_ClosesHeldSessionsBeforeAStalledLogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{coordinators: 3, threads: 8, deaf: true, closeTakes: 100 * time.Millisecond}
		r, seen := held(t.Context(), t, s, toHold(scenarios.CapacityConfig{UntilFull: true}), Options{})
		if r.Capacity.Held != 24 || r.Capacity.Entered || r.Capacity.StoppedBy != vocabtest.Class("open.timeout") {
			t.Errorf("capacity = %+v", r.Capacity)
		}
		if len(s.givenUp) == 0 || slices.Max(s.givenUp) != 0 {
			t.Errorf("logins were given up while %v were open", s.givenUp)
		}
		last := seen[len(seen)-1]
		if last.Outcome != scenarios.OutcomeFailed || last.Class != vocabtest.Class("open.timeout") || last.Text != "no answer within 1s" {
			t.Errorf("the stalled login: %+v", last)
		}
		if r.Sessions.Failed != len(s.givenUp) || r.Sessions.OK != 24 || r.Sessions.LeftOpen != len(s.givenUp) {
			t.Errorf("sessions = %+v, %d were given up", r.Sessions, len(s.givenUp))
		}
	})
}

func TestCapacity_HoldsForItsTimeAndPings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{coordinators: 3, threads: 8}
		sc := toHold(scenarios.CapacityConfig{Hold: 20, For: scenarios.Duration(time.Minute)})
		sc.Load.Concurrency = 2 // logins under way, not sessions held
		r, seen := held(t.Context(), t, s, sc, Options{})
		want := scenarios.Capacity{Target: 20, Held: 20, For: 60, Survived: 20, Hold: &scenarios.Hold{Began: 2.01, Ended: 62.01}}
		want.Holders = []scenarios.Holder{{Name: "coord-1:25000", Held: 7}, {Name: "coord-2:25000", Held: 7}, {Name: "coord-3:25000", Held: 6}}
		if !reflect.DeepEqual(*r.Capacity, want) {
			t.Errorf("capacity = %+v, want %+v", *r.Capacity, want)
		}
		if !r.Complete || r.Sessions.OK != 20 || s.asked != 20 || s.maxUnderWay != 1 {
			t.Errorf("sessions = %+v, %d asked, %d logins at once", r.Sessions, s.asked, s.maxUnderWay)
		}
		if a, b := r.Nodes[0].Sessions, r.Nodes[1].Sessions; a != 10 || b != 10 {
			t.Errorf("nodes had %d and %d sessions", a, b)
		}
		for _, o := range seen[2:] { // the first scout was due at once, and the first of these one interval later
			if o.Part != scenarios.PartHeld || o.Due != time.Duration(o.Seq-1)*100*time.Millisecond || o.Lag() != 0 || o.Login() != 10*time.Millisecond {
				t.Errorf("%+v, login %s", o, o.Login())
			}
		}
	})
}

func TestCapacity_RampWaitsForSlotsAndCountsFromDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{coordinators: 1, threads: 100}
		sc := toHold(scenarios.CapacityConfig{Hold: 6})
		sc.Load.Concurrency, sc.Load.Rate = 2, 400 // a login takes 10 ms: two at once are 200/s
		_, seen := held(t.Context(), t, s, sc, Options{})
		// Two start every 10 ms, 2.5 ms apart, and one is due every 2.5 ms.
		if s.maxUnderWay != 2 {
			t.Errorf("%d logins were under way at once, want 2", s.maxUnderWay)
		}
		last := slices.MaxFunc(seen, func(a, b scenarios.Observation) int { return a.Seq - b.Seq })
		if want := 10 * time.Millisecond; last.Lag() != want || last.Owed != 0 {
			t.Errorf("lag = %s, want %s; owed = %s", last.Lag(), want, last.Owed)
		}
	})
}

func TestCapacity_EndsAtTheNumberOfThreads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{coordinators: 3, threads: 8}
		r, _ := held(t.Context(), t, s, toHold(scenarios.CapacityConfig{Hold: 40, For: scenarios.Duration(time.Hour)}), Options{})
		if c := r.Capacity; c.Target != 40 || c.Held != 24 || c.StoppedBy != vocabtest.Class("open.timeout") || !c.Entered || c.For != 0 {
			t.Errorf("capacity = %+v", c)
		}
		if r.Seconds > 10 || !r.Complete {
			t.Errorf("it took %gs, stopped = %+v", r.Seconds, r.Stopped)
		}
	})
}

func TestCapacity_ManyLoginsStallTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{coordinators: 2, threads: 4, deaf: true}
		sc := toHold(scenarios.CapacityConfig{Hold: 100})
		sc.Load.Rate = 0
		r, _ := held(t.Context(), t, s, sc, Options{})
		if r.Capacity.Held != 8 || r.Sessions.Failed != 16 || len(s.givenUp) != 16 || !r.Complete {
			t.Errorf("capacity = %+v, sessions = %+v, %d given up, stopped = %+v", r.Capacity, r.Sessions, len(s.givenUp), r.Stopped)
		}
	})
}

func TestCapacity_LoginStartedBeforeTheStallHasItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{coordinators: 1, threads: 5, deaf: true}
		sc := toHold(scenarios.CapacityConfig{Hold: 20})
		sc.Load.Timeout = scenarios.Duration(7 * time.Second)
		sc.Load.Rate, sc.Load.Concurrency = 1, 3
		r, seen := held(t.Context(), t, s, sc, Options{})
		if r.Sessions.Failed != 3 || r.Sessions.Unknown != 0 || r.Capacity.Held != 5 {
			t.Errorf("sessions = %+v, capacity = %+v", r.Sessions, r.Capacity)
		}
		last := slices.MaxFunc(seen, func(a, b scenarios.Observation) int { return a.Seq - b.Seq })
		if want := last.Start + 7*time.Second + closeTimeout; r.Seconds != want.Seconds() {
			t.Errorf("the run took %gs, want %s", r.Seconds, want)
		}
	})
}

func TestCapacity_FailedLoginEndsTheRamp(t *testing.T) {
	for name, config := range map[string]scenarios.CapacityConfig{
		"to a number": {Hold: 20, For: scenarios.Duration(time.Hour)},
		"until full":  {UntilFull: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{coordinators: 3, threads: 8, answer: func(i int) error {
					if i == 7 {
						return fault{"open.session-limit", "raise the limit"}
					}
					return nil
				}}
				r, _ := held(t.Context(), t, s, toHold(config), Options{})
				if c := r.Capacity; c.Held != 5 || c.StoppedBy != vocabtest.Class("open.session-limit") || c.Phase != "open" || c.Entered || c.Survived != 0 {
					t.Errorf("capacity = %+v", c)
				}
				if r.Sessions.OK != 5 || r.Sessions.Failed != 1 || r.Errors[0].Class != vocabtest.Class("open.session-limit") || !r.Complete {
					t.Errorf("sessions = %+v, errors = %+v, stopped = %+v", r.Sessions, r.Errors, r.Stopped)
				}
			})
		})
	}
}

func TestCapacity_SessionsThatDoNotAnswerAreLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{coordinators: 3, threads: 8, ping: func(i int) error {
			switch i % 4 {
			case 0:
				return fault{"execute.eof", ""}
			case 1:
				return errLate
			}
			return nil
		}}
		r, _ := held(t.Context(), t, s, toHold(scenarios.CapacityConfig{Hold: 20}), Options{})
		if c := r.Capacity; c.Held != 20 || c.Survived != 10 || c.Lost != 10 || !c.StoppedBy.IsZero() {
			t.Errorf("capacity = %+v", c)
		}
		if r.Sessions.Failed != 10 || len(r.Errors) == 0 || !r.Complete {
			t.Errorf("sessions = %+v, errors = %+v, stopped = %+v", r.Sessions, r.Errors, r.Stopped)
		}
	})
}

func TestCapacity_InterruptedClosesEverythingInTime(t *testing.T) {
	for name, c := range map[string]struct {
		config scenarios.CapacityConfig
		at     time.Duration
		held   int
	}{
		"in the ramp":              {config: scenarios.CapacityConfig{Hold: 20}, at: 1050 * time.Millisecond, held: 10},
		"while they stay":          {config: scenarios.CapacityConfig{Hold: 20, For: scenarios.Duration(time.Hour)}, at: time.Minute, held: 20},
		"while they are asked":     {config: scenarios.CapacityConfig{Hold: 20}, at: 2300 * time.Millisecond, held: 20},
		"while a login waits":      {config: scenarios.CapacityConfig{Hold: 40}, at: 2900 * time.Millisecond, held: 24},
		"once a login has stalled": {config: scenarios.CapacityConfig{Hold: 40}, at: 3700 * time.Millisecond, held: 24},
	} {
		for closing, takes := range map[string]time.Duration{"": 0, ", and closing hangs": time.Hour} {
			t.Run(name+closing, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, cancel := context.WithCancel(t.Context())
					s := &service{coordinators: 3, threads: 8, deaf: true, pingTakes: 500 * time.Millisecond}
					time.AfterFunc(50*time.Millisecond, func() { s.change(func() { s.closeTakes = takes }) }) // the scout closes well
					time.AfterFunc(c.at, cancel)
					r, _ := held(ctx, t, s, toHold(c.config), Options{})
					if took := time.Duration(r.Seconds * float64(time.Second)); took > c.at+closeTimeout {
						t.Errorf("it took %s, and was interrupted after %s", took, c.at)
					}
					if r.Capacity == nil || r.Capacity.Held != c.held || r.Complete || !r.Looks[0].Cut {
						t.Errorf("capacity = %+v, stopped = %+v", r.Capacity, r.Stopped)
					}
				})
			})
		}
	}
}

func TestPhaseTimeout_IsSetForCapacity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logins := 0
		s := &service{coordinators: 1, threads: 9, opening: func(ctx context.Context) {
			d, ok := PhaseTimeout(ctx)
			want := 5*time.Minute + time.Second
			scout := logins < 2
			if scout {
				want = time.Second
			}
			if !ok || d != want {
				t.Errorf("login %d: %s, %v", logins, d, ok)
			}
			if _, ok := ctx.Deadline(); ok != scout {
				t.Error("a login's context has a deadline, which would close its connection")
			}
			logins++
		}}
		held(t.Context(), t, s, toHold(scenarios.CapacityConfig{Hold: 3}), Options{})
	})
}

func TestCapacity_RampGoesOnWithoutARefusedNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{coordinators: 3, threads: 8, refused: func(n Node, i int) bool {
			return n.Addr.Addr().String() == "127.0.0.3" && i > 4
		}}
		r, _ := held(t.Context(), t, s, toHold(scenarios.CapacityConfig{Hold: 20}), Options{})
		if r.Capacity.Held != 20 || !r.Capacity.StoppedBy.IsZero() || r.Sessions.Refused != 1 || !r.Complete {
			t.Errorf("capacity = %+v, sessions = %+v", r.Capacity, r.Sessions)
		}
	})
}

func TestCapacity_RampEndsWithoutNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{coordinators: 3, threads: 8, refused: func(_ Node, i int) bool { return i > 5 }}
		r, _ := held(t.Context(), t, s, toHold(scenarios.CapacityConfig{UntilFull: true}), Options{})
		if r.Capacity.Held != 4 || r.Stopped == nil || r.Stopped.By != scenarios.StopCertificate {
			t.Errorf("capacity = %+v, stopped = %+v", r.Capacity, r.Stopped)
		}
	})
}

func TestCapacity_PanicClosesHeldSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &service{coordinators: 3, threads: 8, answer: func(i int) error {
			if i == 6 {
				panic("a fault of ours")
			}
			return nil
		}}
		defer func() {
			if p := recover(); p != "a fault of ours" || s.open != 0 {
				t.Errorf("recovered %v, %d are open", p, s.open)
			}
		}()
		Run(t.Context(), s.dial, toHold(scenarios.CapacityConfig{Hold: 20}), Options{judge: content, plan: plain})
		t.Error("Run returned")
	})
}

// Asking who answers is no part of the login, and one that is not answered ends the ramp.
func TestCapacity_IdentifiesHeldSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		s := &service{coordinators: 2, threads: 100, identify: func(ctx context.Context, i int) error {
			asked++
			if i < 7 { // 0 and 1 are scouts
				return pause(ctx, 900*time.Millisecond) // with the login it would be a stall
			}
			return pause(ctx, time.Hour)
		}}
		sc := toHold(scenarios.CapacityConfig{Hold: 20})
		sc.Load.Concurrency = 1
		r, seen := held(t.Context(), t, s, sc, Options{})
		if c := r.Capacity; c.Held != 5 || c.StoppedBy != vocabtest.Class("execute.timeout") || asked != 6 {
			t.Errorf("capacity = %+v, %d were asked", c, asked)
		}
		for _, o := range seen[1:] {
			if got := o.Login() - o.Lag(); got != 10*time.Millisecond {
				t.Errorf("session %d logged in within %s", o.Seq, got)
			}
		}
	})
}

// The hold says how much of it is left, and a ramp without a number announces none.
func TestCapacity_CountsDown(t *testing.T) {
	for name, tc := range map[string]struct {
		c     scenarios.CapacityConfig
		look  string
		total int
		stays []string
	}{
		"a number":            {scenarios.CapacityConfig{Hold: 4, For: scenarios.Duration(12 * time.Second)}, "4 sessions", 4, []string{"12s", "7s", "2s"}},
		"for long":            {scenarios.CapacityConfig{Hold: 4, For: scenarios.Duration(10 * time.Minute)}, "4 sessions", 4, []string{"10m0s", "9m0s", "8m0s", "7m0s", "6m0s", "5m0s", "4m0s", "3m0s", "2m0s", "1m0s"}},
		"until full":          {scenarios.CapacityConfig{UntilFull: true, Threads: 2}, "sessions until one gets no answer: 10 by the threads that are known or assumed", 0, nil},
		"until full, at most": {scenarios.CapacityConfig{UntilFull: true, Hold: 3, For: scenarios.Duration(time.Second)}, "sessions until one gets no answer, 3 at most", 0, []string{"1s"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{coordinators: 5, threads: 2}
				var looks []Event
				var stays []string
				held(t.Context(), t, s, toHold(tc.c), Options{Progress: func(e Event) {
					if e.Kind == EventLook {
						looks = append(looks, e)
					}
					if _, left, ok := strings.Cut(e.Text, "stay open for "); ok {
						stays = append(stays, strings.TrimSuffix(left, " more"))
					}
				}})
				if len(looks) != 1 || looks[0].Text != tc.look || looks[0].Total != tc.total {
					t.Errorf("announced %+v", looks)
				}
				if !slices.Equal(stays, tc.stays) {
					t.Errorf("left: %v, want %v", stays, tc.stays)
				}
			})
		})
	}
}
