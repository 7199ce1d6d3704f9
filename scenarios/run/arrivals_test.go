package run

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// countedSchedule has an arrival each second, a thousand of them, and counts what it is
// asked.
type countedSchedule struct{ asked *int }

func (s countedSchedule) Due(n int) (time.Duration, bool) {
	*s.asked++
	return time.Duration(n) * time.Second, n < 1000
}

func (countedSchedule) Ends() time.Duration { return 1000 * time.Second }

// A run that was stopped goes through nothing of the schedule that is left, however much
// that is.
func TestArrivals_StoppedLeavesTheSchedule(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := &balancer{}
		r, ctx := begin(ctx, scenario(0), Options{judge: content, plan: plain})
		defer r.finish()
		r.open = r.counted(b.dial)
		if !r.resolve(ctx) {
			t.Fatal("no nodes")
		}
		time.AfterFunc(2500*time.Millisecond, cancel)
		asked := 0
		r.arrivals(ctx, r.since(), countedSchedule{&asked})
		if b.closed != 3 || asked != 4 { // the fourth was waited for
			t.Errorf("%d sessions were had, %d times asked for", b.closed, asked)
		}
	})
}

// The workers of a closed stage end with the last node that may be dialled.
func TestStages_ClosedEndsWithoutNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{takes: 100 * time.Millisecond, answer: func(_ Node, i int) fate { return fate{refused: i > 3} }}
		r, seen := watched(t.Context(), t, b, staged(scenarios.Stage{Closed: 2, For: seconds(60)}), Options{})
		if r.Stopped == nil || r.Stopped.By != scenarios.StopCertificate || r.Seconds > 5 {
			t.Errorf("stopped = %+v after %g s, %d sessions", r.Stopped, r.Seconds, len(seen))
		}
	})
}
