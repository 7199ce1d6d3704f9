package judge

import (
	"math"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Budget is what a run may cost, known before it begins.
type Budget struct {
	Look           int // N: sessions of the first look, the burst not counted
	Burst          int // sessions opened together after every look
	Ceiling        int // the most that a run can cost: scout, looks and bursts
	Typical        int // what it costs where nothing alarms
	OrderedPerNode int // sessions per node that stay in order; 0: all of them
}

// What the rule takes, in units of N.
const (
	leastLook   = 40 // N is never smaller: a share's spread is too wide below
	assumedK    = 5  // coordinators assumed where nothing was declared
	mostUnknown = 20 // up to so many undeclared coordinators a first look grows
	inOrder     = 40 // sessions per node in order, where N is large
	largePerN   = 80 // sessions per node from which N is large
	extension   = 3  // an extended look, and those that confirm it, in N
	mostLooks   = 7  // first, grown twice, extended, confirming, third, and one for a lone error
	mostN       = 2 + 3*extension
)

// Plan is the budget of a scenario over so many nodes. The ceiling is the
// rule's own: a first look of N, an extended one of 3N, a confirming and a
// third one of 3N each, and one of N where the last of them had a lone error.
// [All] asks for no more, whatever the evidence. Where the number of
// coordinators is not declared the first look may grow, and N with it.
func Plan(s scenarios.Scenario, nodes int) Budget {
	n := firstLook(s)
	b := Budget{Look: n, Burst: max(0, s.Load.Burst), Typical: 1 + n + max(0, s.Load.Burst)}
	b.Ceiling = 1 + ceilingN(s) + mostLooks*b.Burst
	if nodes > 0 && n > largePerN*nodes {
		b.OrderedPerNode = inOrder
	}
	return b
}

// firstLook is N: as told, else so many per coordinator, else the smallest that
// shows all of them but for a chance of alpha, up to a multiple of them.
func firstLook(s scenarios.Scenario) int {
	k := expected(s)
	if k == 0 {
		k = assumedK
	}
	switch {
	case s.Load.Sessions > 0:
		return int(s.Load.Sessions)
	case s.Load.PerCoordinator > 0:
		return s.Load.PerCoordinator * k
	case k == 1:
		return leastLook
	}
	alpha, _ := limits(s)
	rarest := 1 / float64(k)
	if w := s.Expect.Balance.Weights; len(w) == k {
		rarest = smallest(fractions(w))
	}
	n := max(stats.SampleSize(k, alpha), stats.DrawsToShow(rarest, alpha/float64(k)), leastLook)
	return (n + k - 1) / k * k
}

// grownLook is how long a first look must be where k coordinators were seen
// and none declared: long enough that a further one with an equal share would
// have shown, and so many per coordinator where the scenario says so.
func grownLook(s scenarios.Scenario, seen int) int {
	k := float64(max(1, min(seen, mostUnknown)))
	alpha, _ := limits(s)
	n := stats.DrawsToShow(1/(k+1), alpha)
	if s.Load.Sessions == 0 {
		n = max(n, s.Load.PerCoordinator*int(k))
	}
	return n
}

// ceilingN is the most sessions of all looks of a run, bursts not counted.
func ceilingN(s scenarios.Scenario) int {
	n := firstLook(s)
	if expected(s) == 0 {
		n = max(n, grownLook(s, mostUnknown))
	}
	return mostN * n
}

// limits are alpha and the tolerance, with the smoke scenario's where the
// scenario says nothing.
func limits(s scenarios.Scenario) (alpha, tolerance float64) {
	alpha, tolerance = s.Expect.Balance.Alpha, s.Expect.Balance.Tolerance
	if alpha <= 0 || alpha >= 1 {
		alpha = .001
	}
	if tolerance <= 0 || math.IsNaN(tolerance) {
		tolerance = .5
	}
	return alpha, tolerance
}

// fractions are weights that sum to 1; all equal where they do not make sense.
func fractions(weights []float64) []float64 {
	p, total := make([]float64, len(weights)), 0.0
	for _, w := range weights {
		if !(w > 0) || math.IsInf(w, 0) {
			total = 0
			break
		}
		total += w
	}
	for i, w := range weights {
		p[i] = 1 / float64(len(weights))
		if total > 0 {
			p[i] = w / total
		}
	}
	return p
}

func smallest(p []float64) float64 {
	least := 1.0
	for _, v := range p {
		least = min(least, v)
	}
	return least
}
