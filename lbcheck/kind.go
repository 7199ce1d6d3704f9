package lbcheck

import (
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// kindRules is how scenarios of one kind are carried out.
type kindRules struct {
	run     func(context.Context, scenarios.Scenario, Options) scenarios.Result
	refused string // why they are not; "": they are
	noLogin bool   // it sends no password
}

// kinds has every kind of scenario.
var kinds = map[scenarios.Kind]kindRules{
	scenarios.KindLooks:        {run: sessions},
	scenarios.KindCertificates: {run: handshakes, noLogin: true},
	scenarios.KindStages:       {run: sessions},
	scenarios.KindCapacity:     {run: sessions},
	scenarios.KindQuery:        {run: sessions},
	scenarios.KindIdle:         {run: sessions},
	scenarios.KindWatch:        {run: sessions},
	scenarios.KindHandleReuse:  {run: sessions},
	scenarios.KindAudit:        {refused: "an audit asks AWS and opens no session: the command audit does it", noLogin: true},
}

// kindOf is the scenario's.
func kindOf(s scenarios.Scenario) kindRules { return kinds[s.Kind.OrLooks()] }

func sessions(ctx context.Context, s scenarios.Scenario, opt Options) scenarios.Result {
	t := opt.tickets(s)
	if opt.Run.Remark == nil {
		opt.Run.Remark = t.remark
	}
	return run.Run(ctx, opt.openWith(ctx, s, t), s, opt.Run)
}

func handshakes(ctx context.Context, s scenarios.Scenario, opt Options) scenarios.Result {
	return run.Certificates(ctx, opt.Handshake(s), s, opt.Run)
}
