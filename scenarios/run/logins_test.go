package run

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// Logins are timed by coordinator and by node from their start: those that come after
// a slow one are not slow.
func TestRun_TimesLoginsByCoordinatorAndNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(60)
		b := &balancer{coordinators: 5}
		b.answer = func(_ Node, i int) fate {
			if i%5 == 2 {
				return fate{takes: 3 * time.Second}
			}
			return fate{takes: 20 * time.Millisecond}
		}
		r, _ := watched(t.Context(), t, b, s, Options{judge: judge.Judge})
		slow, usual := scenarios.Seconds(3), scenarios.Seconds(.02)
		for _, c := range r.Coords {
			want := usual
			if c.Name == "coord-3:25000" {
				want = slow
			}
			if c.Login == nil || c.Login.Count < c.Sessions || c.Login.P50 != want || c.Login.Max != want || c.Login.Min != want {
				t.Errorf("%s: %d sessions, %+v", c.Name, c.Sessions, c.Login)
			}
		}
		for _, n := range r.Nodes {
			if n.Login == nil || n.Login.Count != n.Sessions || n.Login.P50 > usual+.001 || n.Login.P95 != slow {
				t.Errorf("%s: %d sessions, %+v", n.Address, n.Sessions, n.Login)
			}
		}
		if r.Logins.All.Count != r.Sessions.OK {
			t.Errorf("%d logins of %d sessions", r.Logins.All.Count, r.Sessions.OK)
		}
	})
}

// The first session is due when scouting has ended, some microseconds before the first look
// begins. It is timed as all others are: there is no warm-up that nobody asked for.
func TestRun_TimesTheFirstSession(t *testing.T) {
	t.Parallel()
	s := scenario(0)
	s.Kind = scenarios.KindWatch
	s.Load.Rate, s.Watch.For, s.Watch.Long = 50, scenarios.Duration(100*time.Millisecond), 1
	r, _ := watched(t.Context(), t, &balancer{coordinators: 5, takes: 25 * time.Millisecond}, s, Options{}) // longer than between two that are due
	if ok := r.Sessions.OK; ok < 2 || r.Logins.All.Count != ok || r.Load.Login.Count() != ok || r.Phases.Count(scenarios.PhaseOpen) != ok {
		t.Errorf("%d logins, %d by schedule, %d phases open of %d sessions", r.Logins.All.Count, r.Load.Login.Count(), r.Phases.Count(scenarios.PhaseOpen), ok)
	}
}
