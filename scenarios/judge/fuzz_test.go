package judge

import (
	"encoding/json"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// FuzzAll judges result files that strangers send: whatever they hold, every
// claim of balance is judged once at least, and the verdict is the worst of them.
func FuzzAll(f *testing.F) {
	for _, s := range []scenarios.Scenario{declared(5), declared(0)} {
		g := rig{nodes: 2, scenario: s, choose: sticky(source(1), 5, 2, .5), fail: func(n int) bool { return n%50 == 1 }}
		_, _, e := g.run()
		s.Thresholds = map[string][]string{"session.open": {"p(99) < 1s"}}
		s.TLS.Enabled = true
		b, err := json.Marshal(scenarios.Result{Schema: scenarios.Schema, Scenario: s, Looks: e.Looks, TLS: []scenarios.Cert{good(0), good(1)}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := scenarios.DecodeResult(b)
		if err != nil {
			return // refused, as it should be
		}
		j := All(Of(r))
		has := statuses(j.Findings)
		for _, id := range []string{scenarios.ErrorsRate, scenarios.IdentitySound, scenarios.BalanceOrder, scenarios.BalanceReach,
			scenarios.BalanceCoverage, scenarios.BalanceUnexpected, scenarios.BalanceImbalance, scenarios.TLSChain, scenarios.DNSNodes} {
			if _, ok := has[id]; !ok {
				t.Errorf("nothing is said of %s", id)
			}
		}
		if (len(failedIDs(j.Findings)) > 0) != (j.Verdict == scenarios.Fail) {
			t.Errorf("the verdict is %v and %v failed", j.Verdict, failedIDs(j.Findings))
		}
	})
}
