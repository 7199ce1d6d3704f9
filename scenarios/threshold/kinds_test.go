package threshold

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestKindsData_AreComplete(t *testing.T) {
	t.Parallel()
	for _, kind := range scenarios.Kinds() {
		d, ok := kinds[kind]
		if !ok || (d.refused == "") != (d.samples != nil && d.more != nil) {
			t.Errorf("%s: %+v", kind, d)
		}
	}
	if got, want := len(kinds), len(scenarios.Kinds()); got != want {
		t.Errorf("there are %d kinds of %d", got, want)
	}
}
