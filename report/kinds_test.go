package report

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestKinds_AreComplete(t *testing.T) {
	t.Parallel()
	for _, kind := range scenarios.Kinds() {
		if _, ok := kinds[kind]; !ok {
			t.Errorf("%s is not there", kind)
		}
	}
	if got, want := len(kinds), len(scenarios.Kinds()); got != want {
		t.Errorf("there are %d kinds, want %d", got, want)
	}
}
