package judge

import (
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

func TestQuery(t *testing.T) {
	t.Parallel()
	const waiting = "Admission for query exceeded timeout 60000ms in pool default-pool. Queued reason: Waiting for executors to start."
	ran := func(c int, ms ...int) scenarios.QueryTally {
		q := scenarios.QueryTally{Coordinator: judgetest.CoordName(c), Runs: len(ms)}
		for _, v := range ms {
			q.Times = append(q.Times, scenarios.SecondsOf(time.Duration(v)*time.Millisecond))
		}
		return q
	}
	broke := func(c int, class, text string) scenarios.QueryTally {
		return scenarios.QueryTally{Coordinator: judgetest.CoordName(c), Runs: 2, Failed: 2, Class: vocabtest.Class(class), Example: text}
	}
	three := judgetest.Declared(3)
	for name, tc := range map[string]struct {
		s       scenarios.Scenario
		queries []scenarios.QueryTally
		early   int // sessions that failed before the statement
		slow    float64
		want    judgetest.Want
	}{
		"twice on each passes": {three, []scenarios.QueryTally{ran(0, 100, 110), ran(1, 90, 95), ran(2, 120, 100)}, 0, 0,
			judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusPass, scenarios.QuerySlowest: scenarios.StatusPass}},
		"a coordinator that was never met is open": {three, []scenarios.QueryTally{ran(0, 100, 110), ran(1, 90, 95)}, 0, 0,
			judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusInconclusive}},
		"one that was met once is open": {three, []scenarios.QueryTally{ran(0, 100, 110), ran(1, 90, 95), ran(2, 100)}, 0, 0,
			judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusInconclusive}},
		"one that fails is named": {three, []scenarios.QueryTally{ran(0, 100, 110), ran(1, 90, 95), broke(2, "execute.error", "Table not found")}, 0, 0,
			judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusFail}},
		"a full pool is not the balancer's": {three, []scenarios.QueryTally{ran(0, 100, 110), ran(1, 90, 95), broke(2, "execute.admission", "queue full, limit=200")}, 0, 0,
			judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusFail}},
		"no executors anywhere": {three, []scenarios.QueryTally{broke(0, "execute.admission", waiting), broke(1, "fetch.admission", waiting), broke(2, "execute.admission", waiting)}, 0, 0,
			judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusFail, scenarios.QuerySlowest: scenarios.StatusSkipped}},
		"nothing at all proves nothing": {three, nil, 0, 0, judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusInconclusive}},
		"two sessions that did not get so far fail": {three, []scenarios.QueryTally{ran(0, 100, 110), ran(1, 90, 95), ran(2, 100, 100)}, 2, 0,
			judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusFail}},
		"a lone one is a note": {three, []scenarios.QueryTally{ran(0, 100, 110), ran(1, 90, 95), ran(2, 100, 100)}, 1, 0,
			judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusPass}},
		"a stranger is a note": {three, []scenarios.QueryTally{ran(0, 100, 110), ran(1, 90, 95), ran(2, 100, 100), ran(7, 100, 100)}, 0, 0,
			judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusPass}},
		"an unknown number passes unverified": {judgetest.Declared(0), []scenarios.QueryTally{ran(0, 100, 110), ran(1, 90, 95)}, 0, 0,
			judgetest.Want{scenarios.QuerySucceeds: scenarios.StatusPass}},
		"three times as slow fails": {three, []scenarios.QueryTally{ran(0, 100, 100), ran(1, 90, 90), ran(2, 400, 400)}, 0, 0,
			judgetest.Want{scenarios.QuerySlowest: scenarios.StatusFail}},
		"one of two is held against the other": {judgetest.Declared(2), []scenarios.QueryTally{ran(0, 100, 100), ran(1, 400, 400)}, 0, 0,
			judgetest.Want{scenarios.QuerySlowest: scenarios.StatusFail}},
		"unless nobody feels it": {three, []scenarios.QueryTally{ran(0, 4, 4), ran(1, 5, 5), ran(2, 40, 40)}, 0, 0,
			judgetest.Want{scenarios.QuerySlowest: scenarios.StatusPass}},
		"or it is declared": {three, []scenarios.QueryTally{ran(0, 100, 100), ran(1, 90, 90), ran(2, 400, 400)}, 0, 5,
			judgetest.Want{scenarios.QuerySlowest: scenarios.StatusPass}},
		"one coordinator has no other": {judgetest.Declared(1), []scenarios.QueryTally{ran(0, 100, 100)}, 0, 0,
			judgetest.Want{scenarios.QuerySlowest: scenarios.StatusSkipped, scenarios.QuerySucceeds: scenarios.StatusPass}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tc.s
			s.Kind, s.Expect.Slowest = scenarios.KindQuery, tc.slow
			var l scenarios.Look
			for _, q := range tc.queries {
				for range q.Runs {
					o := judgetest.Observed(judgetest.NodeAddr(0), 0)
					o.Who.Coordinator = q.Coordinator
					if q.Failed > 0 {
						o.Outcome, o.Failed, o.Class = scenarios.OutcomeFailed, scenarios.PhaseExecute, q.Class
					}
					l.Add(o)
				}
			}
			for range tc.early {
				l.Add(judgetest.Observed(judgetest.NodeAddr(0), -1))
			}
			j := Judge(scenarios.Measured{Scenario: s, Looks: []scenarios.Look{l}, Queries: tc.queries})
			judgetest.Check(t, j.Findings, tc.want)
			judgetest.ProseOf(t, j.Findings, tc.want.IDs()...)
		})
	}
}
