//go:build noaws

package main

import (
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func (a *auditFlags) policy(env) error { return errWithoutAWS }

func (a *auditFlags) audit(context.Context, env, string, scenarios.Scenario) error {
	return errWithoutAWS
}
