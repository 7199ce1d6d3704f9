package lbcheck

import (
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/limits"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
)

// Run carries a scenario of any kind out and judges it. An error says why it must
// not run: nothing was sent, and there is no result. Whatever goes wrong later is in
// the result, also the end of ctx; Run returns when every session is closed. A
// session that is being opened when ctx ends has two seconds to finish, since a
// server that was asked for one keeps it until it is closed.
func Run(ctx context.Context, s scenarios.Scenario, opt Options) (scenarios.Result, error) {
	if err := CheckShard(s, opt.Run.Shard); err != nil {
		return scenarios.Result{}, err
	}
	if err := opt.check(s); err != nil {
		return scenarios.Result{}, err
	}
	if opt.Run.Pages == nil {
		opt.Run.Pages = opt.Pages(s)
	}
	if opt.Run.Probe == nil {
		opt.Run.Probe = opt.Probe(s)
	}
	return kindOf(s).run(ctx, s, opt), nil
}

// Check says why a scenario must not run: it is not valid, this machine cannot
// carry it, or it asks more of a service than its owner has confirmed (a
// [*limits.GuardError]). Nothing is resolved or sent.
func Check(s scenarios.Scenario) error { return CheckShard(s, scenarios.Shard{}) }

// CheckShard is Check of one shard of a scenario: this machine carries its part alone, and
// the service all of them.
func CheckShard(s scenarios.Scenario, shard scenarios.Shard) error {
	if err := s.Validate(); err != nil {
		return err
	}
	if why := kindOf(s).refused; why != "" {
		return &scenarios.InvalidError{Key: "kind", Msg: why}
	}
	if err := threshold.Check(s); err != nil {
		return err
	}
	if err := limits.CheckLook(s, len(s.Target.Endpoints)); err != nil {
		return err
	}
	if !shard.IsWhole() {
		return limits.CheckShard(s, shard)
	}
	if err := limits.CheckPreflight(s, len(s.Target.Endpoints)); err != nil {
		return err
	}
	return limits.CheckGuards(s)
}
