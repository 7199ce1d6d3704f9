//go:build noaws

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// withAWS reports whether this build can call AWS.
const withAWS = false

func (p *provisionFlags) plan(context.Context, env, bool, bool) error { return errWithoutAWS }

func (p *provisionFlags) apply(context.Context, env, time.Duration) error { return errWithoutAWS }

func (p *provisionFlags) status(context.Context, env, int) error { return errWithoutAWS }

func (p *provisionFlags) destroy(context.Context, env, destroyFlags) error { return errWithoutAWS }

// fromProvision refuses the flag.
func (p *provisionFlags) fromProvision(context.Context, env, *scenarios.Scenario, []string, scenarios.Protocol) error {
	if p.file == "" {
		return nil
	}
	return fmt.Errorf("--from-provision: %w", errWithoutAWS)
}
