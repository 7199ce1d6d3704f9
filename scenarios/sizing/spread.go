package sizing

import (
	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// rare is the chance below which what was seen is not put down to chance.
const rare = .01

// EvenerThanChance reports whether sessions of which the fullest coordinator has so
// many were not placed by chance: chance would hardly ever keep it that low.
func (f Fleet) EvenerThanChance(sessions, fullest int) bool {
	return f.Size() > 1 && !stats.FitsWith(sessions, f.shares, fullest, rare)
}

// LessEvenThanChance reports whether the fullest coordinator has more of the sessions
// than chance would ever give it, and so more than any placement by shares does.
func (f Fleet) LessEvenThanChance(sessions, fullest int) bool {
	return f.Size() > 1 && stats.FitsWith(sessions, f.shares, fullest-1, 1-rare)
}

// PlacedEvenly is the fleet behind a balancer that fills its coordinators evenly.
func (f Fleet) PlacedEvenly() Fleet {
	f.policy = scenarios.PolicyLeastConn
	return f
}
