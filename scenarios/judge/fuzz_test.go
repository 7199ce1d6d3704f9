package judge

import (
	"encoding/json"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// FuzzJudge judges result files that strangers send: whatever they hold, every
// claim that its kind has is judged once at least, and the verdict is the worst of them.
func FuzzJudge(f *testing.F) {
	for _, s := range []scenarios.Scenario{judgetest.Declared(5), judgetest.Declared(0)} {
		_, e := runOf(balancesim.System{Scenario: s, K: 5, Nodes: 2, Make: balancesim.Losing(.02, balancesim.Sticky(.5))}, 1)
		s.Thresholds = map[string][]string{"session.open": {"p(99) < 1s"}}
		s.TLS.Enabled = true
		f.Add(stored(f, scenarios.Measured{Scenario: s, Looks: e.Looks, TLS: []scenarios.Cert{good(0), good(1)}}))
	}
	for _, kind := range scenarios.Kinds() {
		s := judgetest.Declared(2)
		s.Kind, s.Load.Rate, s.Target.WebPort, s.Expect.Balance.Policy = kind, 10, 25000, scenarios.PolicyLeastConn
		s.Thresholds = map[string][]string{"session.login": {"p(99) < 1s"}, "session.lag{node=*}": {"max < 1s"}, "query{coordinator=coord-1}": {"med < 1s"}, "session{node=*}": {"error_rate < 1%"}}
		m := scenarios.Measured{Scenario: s, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookWhole, 2, judgetest.Dealt([]int{20, 25}, 3))},
			Load:     &scenarios.LoadStats{Login: judgetest.Taken(9, 5), Lag: judgetest.Taken(9, 5), Owed: judgetest.Taken(9, 5), Dropped: 2, Needs: []scenarios.Resource{{Name: "ports", Need: 2, Have: 1}}},
			Queries:  []scenarios.QueryTally{{Coordinator: judgetest.CoordName(1), Runs: 2, Failed: 1, Class: vocabtest.Class("execute.admission"), Times: []scenarios.Seconds{.1}}},
			Tags:     []scenarios.TagTimes{{Metric: "session.lag", Tag: "node", Value: judgetest.NodeAddr(0).String(), Times: judgetest.Taken(3, 4)}},
			Pages:    []scenarios.Page{counted(0, scenarios.PageBefore, 3, 4), counted(1, scenarios.PageBefore, 0, 4), counted(1, scenarios.PageAfter, 3, 40)},
			Capacity: &scenarios.Capacity{}}
		switch kind {
		case scenarios.KindIdle:
			m.Idle = laddered(45, 3)
		case scenarios.KindWatch:
			m.Watch = &scenarios.WatchSeen{Sessions: 48, Errors: 3}
		}
		f.Add(stored(f, m))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := scenarios.DecodeResult(b)
		if err != nil {
			return // refused, as it should be
		}
		r.Shard = nil // else it is asked nothing
		j := Judge(r.Measured)
		has := judgetest.Statuses(j.Findings)
		if (len(judgetest.FailedIDs(j.Findings)) > 0) != (j.Verdict == scenarios.StatusFail) {
			t.Errorf("the verdict is %v and %v failed", j.Verdict, judgetest.FailedIDs(j.Findings))
		}
		if !kindOf(r.Measured).balance {
			return
		}
		for _, id := range []string{scenarios.ErrorsRate, scenarios.IdentitySound, scenarios.BalanceOrder, scenarios.BalanceReach,
			scenarios.BalanceCoverage, scenarios.BalanceUnexpected, scenarios.BalanceImbalance, scenarios.TLSChain, scenarios.DNSNodes} {
			if _, ok := has[id]; !ok {
				t.Errorf("nothing is said of %s", id)
			}
		}
	})
}

// laddered is a ladder of which so many steps were alive and dead.
func laddered(alive, dead int) *scenarios.IdleSeen {
	seen := &scenarios.IdleSeen{Scale: 1}
	for i := range alive + dead {
		step := scenarios.IdleStep{After: scenarios.Seconds(1 + i), Outcome: scenarios.OutcomeOK}
		if i >= alive {
			step.Outcome = scenarios.OutcomeFailed
		}
		seen.Steps = append(seen.Steps, step)
	}
	seen.Summarize()
	return seen
}

// stored is a result file of what was measured.
func stored(t testing.TB, m scenarios.Measured) []byte {
	t.Helper()
	all := m.Pooled()
	m.Sessions.Count(all)
	for _, n := range all.Nodes() {
		m.Nodes = append(m.Nodes, scenarios.NodeTallyOf(n, all))
	}
	b, err := json.Marshal(Rejudge(scenarios.Result{Schema: scenarios.Schema, Measured: m}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scenarios.DecodeResult(b); err != nil {
		t.Fatalf("it cannot be read: %v", err)
	}
	return b
}
