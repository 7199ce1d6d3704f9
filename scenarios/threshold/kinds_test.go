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

// One declared coordinator tells how many samples a run of statements has; none does not.
func TestSamplesOfQuery_AreKnownWithCoordinators(t *testing.T) {
	t.Parallel()
	for _, metric := range []Metric{{Name: "session.open"}, {Name: "session.execute"}} {
		for declared, want := range map[int]bool{0: false, 1: true, 3: true} {
			s := scenarios.Default()
			s.Kind = scenarios.KindQuery
			s.Expect.Coordinators.Count = declared
			if _, known := samplesOfQuery(metric, s); known != want {
				t.Errorf("%s of %d coordinators: known %v", metric.Name, declared, known)
			}
		}
	}
}
