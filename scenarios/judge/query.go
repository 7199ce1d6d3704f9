package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// queryJudge asks whether the statement runs on every coordinator, and about as fast.
func queryJudge(e Evidence) ([]scenarios.Finding, Ask) { return nil, Ask{} }
