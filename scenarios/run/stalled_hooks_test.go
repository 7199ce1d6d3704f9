package run

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A terminal that was stopped (Ctrl-S) must not change what is measured.
func TestRun_StalledProgressDelaysNoSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const sessions = 3 * maxWaiting
		resume := make(chan struct{})
		time.AfterFunc(10*time.Hour, func() { close(resume) })
		began := time.Now()
		var kinds []EventKind
		var last Event
		s := scenario(sessions)
		r, seen := watched(t.Context(), t, &balancer{coordinators: 3}, s, Options{Progress: func(e Event) {
			<-resume
			kinds = append(kinds, e.Kind)
			if e.Kind == EventSession {
				last = e
			}
		}})
		for _, o := range seen {
			if o.Lag() != 0 {
				t.Fatalf("session %d started %s late", o.Seq, o.Lag())
			}
		}
		if len(seen) != sessions+2 || r.Seconds > 400 {
			t.Errorf("%d sessions in %gs", len(seen), r.Seconds)
		}
		if time.Since(began) != 10*time.Hour {
			t.Errorf("Run returned after %s, before Progress had", time.Since(began))
		}
		if kinds[0] != EventResolved || kinds[1] != EventBudget || last.Done != sessions || len(kinds) > 2*maxWaiting {
			t.Errorf("%d events, the first %s and %s, the last count %d", len(kinds), kinds[0], kinds[1], last.Done)
		}
	})
}

// None is lost: sessions wait, and the result says so and by whom.
func TestRun_StalledObserveLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const sessions = 4 * maxWaiting
		s := staged(scenarios.Stage{Rate: 100, For: seconds(sessions / 100)})
		stalled := false
		var seen []scenarios.Observation
		r := Run(t.Context(), (&balancer{coordinators: 3, takes: time.Millisecond}).dial, s, Options{
			judge: content, plan: plain,
			Observe: func(o scenarios.Observation) {
				if !stalled {
					stalled = true
					time.Sleep(15 * time.Second)
				}
				seen = append(seen, o)
			},
		})
		checkSums(t, r)
		if len(seen) != r.Sessions.Attempted+r.Sessions.Scout {
			t.Errorf("%d observations of %+v", len(seen), r.Sessions)
		}
		var owed time.Duration
		for _, o := range seen {
			owed = max(owed, o.Owed)
		}
		if owed < 3*time.Second {
			t.Errorf("the generator owes %s at most; the service is blamed for the stall", owed)
		}
		if len(r.Notes) != 1 {
			t.Errorf("notes = %q", r.Notes)
		}
	})
}

func TestRun_PanicOfAHookReachesTheCaller(t *testing.T) {
	for name, opt := range map[string]Options{
		"Progress": {Progress: func(Event) { panic("of the caller") }},
		"Observe":  {Observe: func(scenarios.Observation) { panic("of the caller") }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				defer func() {
					if p := recover(); p != "of the caller" {
						t.Errorf("recovered %v", p)
					}
				}()
				opt.judge, opt.plan = content, plain
				Run(t.Context(), (&balancer{}).dial, scenario(3), opt)
			})
		})
	}
}
