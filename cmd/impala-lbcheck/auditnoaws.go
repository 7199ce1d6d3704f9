//go:build noaws

package main

import (
	"context"
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

func (a *auditFlags) policy(env) error { return errWithoutAWS }

func (a *auditFlags) audit(context.Context, env, string, scenarios.Scenario) error {
	return errWithoutAWS
}

// auditBeside refuses the flag.
func auditBeside(_ context.Context, _ env, s scenarios.Scenario, _ secrets, _ *run.Options) (scenarios.Scenario, error) {
	return s, fmt.Errorf("--audit: %w", errWithoutAWS)
}
