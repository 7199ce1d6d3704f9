package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// idleJudge asks whether idle connections live as long as they must.
func idleJudge(e Evidence) ([]scenarios.Finding, Ask) { return nil, Ask{} }
