package limits

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestKinds_AreComplete(t *testing.T) {
	t.Parallel()
	for _, k := range scenarios.Kinds() {
		if kinds[k].atOnce == nil {
			t.Errorf("nothing is known of what kind %s takes", k)
		}
	}
	if len(kinds) != len(scenarios.Kinds()) {
		t.Errorf("%d kinds, want %d", len(kinds), len(scenarios.Kinds()))
	}
}
