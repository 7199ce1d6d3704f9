package run

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
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
