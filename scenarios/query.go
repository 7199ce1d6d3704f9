package scenarios

import "slices"

// QueryTally is what the scenario's statement did on one coordinator.
type QueryTally struct {
	Coordinator string    `json:"coordinator"`
	Runs        int       `json:"runs"`
	Failed      int       `json:"failed"`
	Class       Class     `json:"class,omitzero"`    // of the first failure
	Example     string    `json:"example,omitempty"` // its text, untrusted
	Times       []Seconds `json:"times_s,omitempty"` // of those that succeeded: execute and fetch together
}

// RunsPerCoordinator is how often the statement is to run on each.
const RunsPerCoordinator = 2

// QueryLooks is how many times its sessions a statement may cost at least, to
// meet every coordinator.
const QueryLooks = 3

// Median is the middle one of some times, or the mean of the middle two; there
// must be one.
func Median(times []Seconds) Seconds {
	sorted := slices.Sorted(slices.Values(times))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
