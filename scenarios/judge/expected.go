package judge

// ExpectedShares is the fair share of every coordinator that has a name: of those
// seen, as they named themselves, and of the declared ones that were never seen.
// It is nil where nothing was declared, or where weights cannot be laid to
// names; a coordinator that nobody declared is not in it.
func ExpectedShares(e Evidence) map[string]float64 {
	r := enrol(e.Scenario, pool(e.Looks))
	if r.declared == 0 || r.loose {
		return nil
	}
	out := map[string]float64{}
	for name, i := range r.of {
		out[name] = r.seats[i].p
	}
	for _, s := range r.seats {
		if !s.seen && s.name != "" {
			out[s.name] = s.p
		}
	}
	return out
}
