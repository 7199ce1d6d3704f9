package run

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestClosing_HangsDoNotDelayTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const sessions = 400
		b := &balancer{coordinators: 3, closeHangs: true, closeErr: errors.New("no answer")}
		r, seen := watched(t.Context(), t, b, scenario(sessions), Options{})
		if limit := closingBudget + 2*closeTimeout + sessions*100*time.Millisecond; r.Seconds > limit.Seconds() {
			t.Errorf("the run took %gs, want at most %s", r.Seconds, limit)
		}
		if r.Sessions.OK != sessions || len(seen) != sessions+r.Sessions.Scout {
			t.Errorf("sessions = %+v, %d observed", r.Sessions, len(seen))
		}
		closes, failed := 0, 0
		for _, c := range r.Closes {
			closes, failed = closes+c.Closes, failed+c.Failed
		}
		if closes != len(seen) || failed != closes || r.Sessions.LeftOpen != closes {
			t.Errorf("%d closes, %d failed, %d left open; want all of %d", closes, failed, r.Sessions.LeftOpen, len(seen))
		}
	})
}

// A session that waits for the one before to be closed is what tells least-connections
// from a policy that does not count.
func TestClosing_IsWaitedForWhileItIsQuick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(20)
		s.Load.Rate, s.Target.Endpoints = 0, s.Target.Endpoints[:1]
		b := &balancer{coordinators: 3, closeTakes: closeGrace / 2}
		if r, _ := watched(t.Context(), t, b, s, Options{}); r.Sessions.OK != 20 || b.maxOpen != 1 {
			t.Errorf("sessions = %+v, %d open at once", r.Sessions, b.maxOpen)
		}
	})
}

func TestExecute_SaysHowManyWereOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(10)
		s.Load.Burst, s.Load.Concurrency = 8, 16
		b := &balancer{coordinators: 2, limit: 5, takes: time.Millisecond}
		r, _ := watched(t.Context(), t, b, s, Options{})
		l := r.Looks[0]
		var open int
		for _, g := range l.Successes {
			if g.Part == scenarios.PartBurst {
				open = max(open, g.MaxOpen)
			}
		}
		if open != 5 || len(l.Failures) == 0 {
			t.Errorf("%d open at once, want 5; failures %+v", open, l.Failures)
		}
		for _, g := range l.Failures {
			if g.Part != scenarios.PartBurst {
				t.Errorf("%s failed in %s", g.Class, g.Part)
			}
		}
	})
}

func TestFailure_SaysHowLongItWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 2, answer: func(_ Node, i int) fate {
			if i < 2 {
				return fate{}
			}
			return fate{takes: 3 * time.Second, lateErr: fault{"open.eof", ""}}
		}}
		r, _ := watched(t.Context(), t, b, scenario(12), Options{})
		for _, g := range r.Looks[0].Failures {
			if g.MinWait != 3 || g.MaxWait != 3 {
				t.Errorf("it waited %g to %g s, want 3", g.MinWait, g.MaxWait)
			}
		}
		if r.Sessions.Failed == 0 {
			t.Error("nothing failed")
		}
	})
}

// What holds sessions closes them a few at once: those that hang must not add up.
func TestClosing_HangsOfHeldSessionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(0)
		s.Kind, s.Capacity.Hold, s.Load.Concurrency = scenarios.KindCapacity, 64, 4
		b := &balancer{coordinators: 3, closeHangs: true, closeErr: errors.New("no answer")}
		r, _ := watched(t.Context(), t, b, s, Options{})
		const quick = 64 / 4 * closeAfterFailure
		if limit := 10*time.Second + 2*closeTimeout + quick; r.Seconds > limit.Seconds() {
			t.Errorf("the run took %gs, want at most %s", r.Seconds, limit)
		}
		if r.Capacity == nil || r.Capacity.Held != 64 || len(r.Closes) == 0 {
			t.Errorf("capacity %+v, closes %+v", r.Capacity, r.Closes)
		}
	})
}
