package lbcheck

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestKinds_AreComplete(t *testing.T) {
	t.Parallel()
	for _, k := range scenarios.Kinds() {
		if (kinds[k].run == nil) == (kinds[k].refused == "") {
			t.Errorf("nothing carries out kind %s", k)
		}
	}
	if len(kinds) != len(scenarios.Kinds()) {
		t.Errorf("%d kinds, want %d", len(kinds), len(scenarios.Kinds()))
	}
}
