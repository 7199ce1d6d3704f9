package scenarios

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
