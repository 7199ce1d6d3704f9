package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// ExpectedShares is the fair share of every coordinator that has a name: of those
// seen, as they named themselves, and of the declared ones that were never seen.
// It is nil where nothing was declared, or where weights cannot be laid to
// names; a coordinator that nobody declared is not in it.
func ExpectedShares(e scenarios.Measured) map[string]float64 {
	r := matchExpected(e.Scenario, pool(e.Looks))
	if r.declared == 0 || r.weightsUnmatched {
		return nil
	}
	out := map[string]float64{}
	for name, i := range r.slotOf {
		out[name] = r.slots[i].share
	}
	for _, s := range r.slots {
		if !s.seen && s.name != "" {
			out[s.name] = s.share
		}
	}
	return out
}
