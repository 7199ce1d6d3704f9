package budget

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Budget is what a run may cost, known before it begins. A run that is not made
// of looks is one look with all of its sessions, and no burst.
type Budget struct {
	Look           int // N: sessions of the first look, the burst not counted
	Burst          int // sessions opened together after every look
	Ceiling        int // the most that a run can cost: scout, looks and bursts; 0: unknown
	Typical        int // what it costs where nothing alarms
	OrderedPerNode int // sessions per node that stay in order; 0: all of them
}

// assumedCoordinators are those of a scenario that declares none.
const assumedCoordinators = 5

// Coordinators is how many a scenario declares, or how many are assumed.
func Coordinators(s scenarios.Scenario) int {
	return cmp.Or(s.Expect.Coordinators.K(), assumedCoordinators)
}

// Threads is how many service threads a scenario says each coordinator has, or how
// many are assumed.
func Threads(s scenarios.Scenario) int { return cmp.Or(s.Capacity.Threads, scenarios.DefaultThreads) }

// What the rule takes, in units of N.
const (
	minLook        = 40 // N is never smaller: a share's spread is too wide below
	maxUnknown     = 20 // a first look grows with undeclared coordinators up to this number
	orderedPerNode = 40 // sessions per node in order, where N is large
	largePerNode   = 80 // sessions per node from which N is large
	Extension      = 3  // an extended look, and those that confirm it, in N
	MaxLooks       = 7  // first, grown twice, extended, confirming, third, and one for a lone error
	maxLookUnits   = 2 + 3*Extension
)

// Plan is the budget of a scenario over a number of nodes. Of looks the ceiling is the
// rule's own: a first look of N, an extended one of 3N, a confirming and a
// third one of 3N each, and one of N where the last of them had a lone error.
// The judges ask for no more, whatever the evidence. Where the number of
// coordinators is not declared the first look may grow, and N with it. What the
// other kinds take stands at kinds.
func Plan(s scenarios.Scenario, nodes int) Budget {
	if size := kindOf(s).size; size != nil {
		n, ceiling := size(s)
		return Budget{Look: n, Typical: 1 + n, Ceiling: ceiling}
	}
	n := firstLook(s)
	b := Budget{Look: n, Burst: max(0, s.Load.Burst), Typical: 1 + n + max(0, s.Load.Burst)}
	b.Ceiling = 1 + CeilingN(s) + MaxLooks*b.Burst
	if nodes > 0 && n > largePerNode*nodes {
		b.OrderedPerNode = orderedPerNode
	}
	return b
}

// drawsForTwo is how many sessions meet each of k coordinators twice at least,
// but for a chance of alpha, where they are dealt by chance.
func drawsForTwo(k int, alpha float64) int {
	if k < 2 {
		return scenarios.RunsPerCoordinator
	}
	p := 1 / float64(k)
	once := stats.DrawsToSee(p, alpha/float64(k))
	return once + sort.Search(once, func(more int) bool {
		return float64(k)*stats.BinomialAtMost(scenarios.RunsPerCoordinator-1, once+more, p) <= alpha
	})
}

// firstLook is N: as given, else a number per coordinator, else the smallest that
// shows all of them but for a chance of alpha, up to a multiple of them.
func firstLook(s scenarios.Scenario) int {
	k := Coordinators(s)
	switch {
	case s.Load.Sessions > 0:
		return int(s.Load.Sessions)
	case s.Load.PerCoordinator > 0:
		return s.Load.PerCoordinator * k
	case k == 1:
		return minLook
	}
	alpha, _ := Limits(s)
	rarest := 1 / float64(k)
	if w := s.Expect.Balance.Weights; len(w) == k {
		rarest = slices.Min(stats.Fractions(w))
	}
	n := max(stats.SampleSize(k, alpha), stats.DrawsToSee(rarest, alpha/float64(k)), minLook)
	return (n + k - 1) / k * k
}

// GrownLook is how long a first look must be where k coordinators were seen
// and none declared: long enough that a further one with an equal share would
// have shown, and the number per coordinator where the scenario has one.
func GrownLook(s scenarios.Scenario, seen int) int {
	k := float64(max(1, min(seen, maxUnknown)))
	alpha, _ := Limits(s)
	n := stats.DrawsToSee(1/(k+1), alpha)
	if s.Load.Sessions == 0 {
		n = max(n, s.Load.PerCoordinator*int(k))
	}
	return n
}

// CeilingN is the most sessions of all looks of a run, bursts not counted.
func CeilingN(s scenarios.Scenario) int {
	n := firstLook(s)
	if s.Expect.Coordinators.K() == 0 {
		n = max(n, GrownLook(s, maxUnknown))
	}
	return maxLookUnits * n
}

// Limits are alpha and the tolerance, with the smoke scenario's where the
// scenario says nothing.
func Limits(s scenarios.Scenario) (alpha, tolerance float64) {
	alpha, tolerance = s.Expect.Balance.Alpha, s.Expect.Balance.Tolerance
	if alpha <= 0 || alpha >= 1 {
		alpha = scenarios.DefaultAlpha
	}
	if tolerance <= 0 || math.IsNaN(tolerance) {
		tolerance = scenarios.DefaultTolerance
	}
	return alpha, tolerance
}
