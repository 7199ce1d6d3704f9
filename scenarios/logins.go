package scenarios

// Logins is how long sessions took to open from when they started, all of them and
// by coordinator; by node it is in [NodeTally]. A wait for a slot, or for sessions
// before, is not in it, for that would be another coordinator's.
type Logins struct {
	All          Spread            `json:"all"`
	Coordinators map[string]Spread `json:"coordinators"` // by name, as far as they fit
}

// Spread is how long something took, in short.
type Spread struct {
	Count int     `json:"count"`
	Min   Seconds `json:"min_s"`
	P50   Seconds `json:"p50_s"`
	P95   Seconds `json:"p95_s"`
	Max   Seconds `json:"max_s"`
}

// SpreadOf shortens times.
func SpreadOf(t Times) Spread {
	return Spread{
		Count: t.Count(), Min: SecondsOf(t.Min()), P50: SecondsOf(t.Quantile(.5)), P95: SecondsOf(t.Quantile(.95)), Max: SecondsOf(t.Max()),
	}
}
