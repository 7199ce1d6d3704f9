package threshold

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestNeedsRate(t *testing.T) {
	t.Parallel()
	for metric, want := range map[string]bool{"session.login": true, "session.lag{node=*}": true, "session.open": false, "session.nonsense": false} {
		s := scenarios.Scenario{Thresholds: map[string][]string{metric: {"max < 1s"}}}
		if got := NeedsRate(s); got != want {
			t.Errorf("%s: %t", metric, got)
		}
	}
}
