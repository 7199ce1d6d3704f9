package limits

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestCrowded_NeedsANumberOfThreads(t *testing.T) {
	t.Parallel()
	s := scenarios.Default()
	s.Kind, s.Capacity = scenarios.KindCapacity, scenarios.CapacityConfig{Hold: 1000}
	s.Expect.Coordinators.Names = []string{"a"}
	if got := tooFull(s, scenarios.Page{Coordinator: "a"}); got != "" {
		t.Error(got)
	}
	s.Capacity.Threads = 64
	if got, want := tooFull(s, scenarios.Page{Coordinator: "a"}), "a has 64 threads; 1/1 of 1000 more is 1000, and 1000 exceed 80 % of 64"; got != want {
		t.Errorf("got %s", got)
	}
}
