package judge

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestKinds_AreComplete(t *testing.T) {
	t.Parallel()
	for _, kind := range scenarios.Kinds() {
		if r, ok := kinds[kind]; !ok || len(r.judges) == 0 || r.main == "" {
			t.Errorf("%s has no rules: %+v", kind, r)
		}
	}
	if got, want := len(kinds), len(scenarios.Kinds()); got != want {
		t.Errorf("there are rules for %d kinds of %d", got, want)
	}
}
