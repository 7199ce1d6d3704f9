package budget

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestKindPlans_AreComplete(t *testing.T) {
	t.Parallel()
	for _, kind := range scenarios.Kinds() {
		if kindPlans[kind].paced == nil {
			t.Errorf("%s has no plan", kind)
		}
	}
	if got, want := len(kindPlans), len(scenarios.Kinds()); got != want {
		t.Errorf("there are plans for %d kinds of %d", got, want)
	}
}
