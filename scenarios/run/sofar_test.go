package run

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// While a run lasts each session that ended is counted at once, and at its end all are.
func TestSoFar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var soFar func() scenarios.Result
		counts := map[int]int{} // by the sessions that had ended
		opt := Options{SoFar: func(f func() scenarios.Result) { soFar = f }}
		opt.Progress = func(e Event) {
			r := soFar()
			if e.Kind == EventSession {
				counts[e.Done] = r.Sessions.Attempted
			}
			if r.Complete || len(r.Findings) > 0 || len(r.Looks) > 1 {
				t.Errorf("complete %v, %d findings, %d looks", r.Complete, len(r.Findings), len(r.Looks))
			}
		}
		b := &balancer{coordinators: 5, takes: 20 * time.Millisecond}
		r, _ := watched(t.Context(), t, b, scenario(7), opt)
		for done := range 7 {
			if counts[done+1] != done+1 {
				t.Errorf("when %d sessions had ended, %d were counted", done+1, counts[done+1])
			}
		}
		end := soFar()
		if diff := cmp.Diff(r.Sessions, end.Sessions); diff != "" {
			t.Errorf("sessions at the end (-result +so far):\n%s", diff)
		}
		if diff := cmp.Diff(r.Coords, end.Coords); diff != "" {
			t.Errorf("coordinators at the end (-result +so far):\n%s", diff)
		}
		if diff := cmp.Diff(r.Nodes[0].Coordinators, end.Nodes[0].Coordinators); diff != "" {
			t.Errorf("the first node at the end (-result +so far):\n%s", diff)
		}
	})
}
