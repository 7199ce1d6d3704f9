package judge

import (
	"math"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// What the rule says in advance of how often a run fails. Other rules than the one
// that a formula is of, and doubt, are left out: they make a point or two.

// falseFail is the rate at which a healthy balancer fails: of four rules, one alarms
// at alpha, and again in one of two further looks.
func falseFail(cell) float64 { return 4 * scenarios.DefaultAlpha * 2 * scenarios.DefaultAlpha }

// certain is what every look shows.
func certain(cell) float64 { return 1 }

// nearLimit is the probability at which a rule asks for a further look.
const nearLimit = .05

// deadFrom is the rate for a coordinator that dies at a part of the first look: near
// asks for a further one, which shows it.
func deadFrom(part float64) func(cell) float64 {
	return func(c cell) float64 {
		k := float64(c.system.K)
		after := (1-part)*float64(c.sessions()) + float64(c.system.Scenario.Load.Burst)
		return stats.MissProbability(1/k, math.Max(0, float64(stats.DrawsToSee(1/k, nearLimit/k))-after))
	}
}

// swapped is the rate at which an undeclared coordinator answers in the first look.
func swapped(c cell) float64 {
	return 1 - stats.MissProbability(1/float64(c.system.K), float64(c.sessions()+c.system.Scenario.Load.Burst))
}
