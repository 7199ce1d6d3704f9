package judge

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/awscheck"
)

// auditJudge holds a load balancer's settings against what Impala needs.
func auditJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	return awscheck.Judge(e), scenarios.NextLook{}
}
