package threshold

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// NeedsRate reports whether a threshold of the scenario is on times that count from
// when a session was due: without load.rate no session is. One that cannot be read
// needs none.
func NeedsRate(s scenarios.Scenario) bool {
	all, _ := parseAll(s)
	for _, t := range all {
		if t.Metric.fromDue() {
			return true
		}
	}
	return false
}
