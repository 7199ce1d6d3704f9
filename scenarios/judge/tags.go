package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// TagsWanted lists the times by tag that a scenario's thresholds need, each
// metric and tag once, without values.
func TagsWanted(s scenarios.Scenario) []scenarios.TagTimes { return nil }
