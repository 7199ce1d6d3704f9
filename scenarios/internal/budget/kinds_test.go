package budget

import (
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestKindPlans_AreComplete(t *testing.T) {
	t.Parallel()
	for _, kind := range scenarios.Kinds() {
		if kinds[kind].paced == nil {
			t.Errorf("%s has no plan", kind)
		}
	}
	if got, want := len(kinds), len(scenarios.Kinds()); got != want {
		t.Errorf("there are plans for %d kinds of %d", got, want)
	}
}

// The budget, the text before a run and the look of a watch count its arrivals alike.
func TestPlan_CountsTheArrivalsOfAWatchOnce(t *testing.T) {
	t.Parallel()
	s := scenarios.Default()
	s.Kind, s.Load.Rate, s.Watch = scenarios.KindWatch, 1.1, scenarios.WatchConfig{For: scenarios.Duration(10 * time.Second), Long: 5}
	if got := Plan(s, 1).Look; s.WatchArrivals() != 11 || got != 11+5 {
		t.Errorf("%d arrivals and a look of %d, want 11 and 16", s.WatchArrivals(), got)
	}
}
