package run

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// Audit is the result of a scenario of kind audit, in which AWS said a of the load
// balancer: nothing is run, and it is judged as every other is. It began at the time
// started.
func Audit(a scenarios.Audited, s scenarios.Scenario, started time.Time, tool string) scenarios.Result {
	out := scenarios.Result{
		Schema: scenarios.Schema, Run: newID(started), Tool: tool, Started: startedAt(started), Seconds: tookSeconds(time.Since(started)),
		Measured: scenarios.Measured{Scenario: s, Audit: &a, Nodes: []scenarios.NodeTally{}, Looks: []scenarios.Look{}},
	}
	judge.Conclude(&out, judge.Judge(out.Measured))
	return out
}
