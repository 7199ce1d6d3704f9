package judge

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/account"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/awscheck"
)

// byAccount is evidence with the coordinators by the names that AWS has of them, where
// that was asked for and they answer to these; and what to note of it.
func byAccount(e scenarios.Measured) (named scenarios.Measured, note string) {
	e.Scenario, note = account.Named(e)
	return e, note
}

// auditJudge holds a load balancer's settings against what Impala needs.
func auditJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	return awscheck.Judge(e), scenarios.NextLook{}
}

// besideJudge is auditJudge beside sessions, which pass for no audit: where the load
// balancer could not be read, what was asked for is not known.
func besideJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	findings, next := auditJudge(e)
	if e.Audit == nil {
		return findings, next
	}
	if why := awscheck.Unread(*e.Audit); why != "" {
		findings = append(findings, scenarios.Finding{ID: scenarios.AuditRead, Message: why})
	}
	return findings, next
}
