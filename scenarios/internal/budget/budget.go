package budget

import (
	"cmp"
	"math"
	"sort"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Budget is what a run may cost, known before it begins. A run that is not made
// of looks is one look with all of its sessions, and no burst.
type Budget struct {
	Look    int // N: sessions of the first look, the burst not counted
	Burst   int // sessions opened together after every look
	Scouts  int // sessions alone before the first look
	Ceiling int // the most that a run can cost: one scout, looks and bursts; 0: unknown
	Typical int // what it costs where nothing alarms
	Ordered int // sessions of a look that are opened one after the other; those beyond are opened in parallel; 0: all of them
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
	minLook      = 40 // N is never smaller: a share's spread is too wide below
	maxUnknown   = 20 // a first look grows with undeclared coordinators up to this number
	Extension    = 3  // a longer look, in N
	MaxLooks     = 5  // the first, however often it grew, and those that it asks for
	maxGrowths   = 2  // times that a first look grows
	maxLookUnits = 1 + (MaxLooks-1)*Extension
)

// Near is the chance below which something that is not beyond its limit is worth a
// further look. A look is so long that a coordinator which is missing from one node
// only comes near its limit.
const Near = .05

// Plan is the budget of a scenario over a number of nodes. Of looks the ceiling is the
// rule's own: a first look of N and four of 3N. The judges ask for no more, whatever
// the evidence. Where the number of coordinators is not declared the first look may
// grow, and N with it. What the other kinds take stands at kinds.
func Plan(s scenarios.Scenario, nodes int) Budget {
	if size := kindOf(s).size; size != nil {
		n, ceiling := size(s)
		return Budget{Look: n, Scouts: 1, Typical: 1 + n, Ceiling: ceiling}
	}
	n, bursts, ceiling := firstLook(s, nodes), MaxLooks, 0
	b := Budget{Look: n, Burst: max(0, s.Load.Burst), Scouts: 1, Ordered: scenarios.MaxOrdered}
	if b.Typical = 1 + n + b.Burst; s.Expect.Coordinators.K() == 0 {
		n, bursts = max(n, GrownLook(s, maxUnknown)), bursts+maxGrowths
	}
	if ceiling = maxLookUnits * n; Coordinators(s) == 1 {
		ceiling = MaxLooks * n // nothing to balance, and no look is a longer one
	}
	b.Ceiling = 1 + ceiling + bursts*b.Burst
	return b
}

// WithScouts is the budget with the scouts of so many nodes: one each, typically.
func (b Budget) WithScouts(nodes int) Budget {
	b.Scouts += nodes - 1
	b.Typical += nodes - 1
	if b.Ceiling > 0 {
		b.Ceiling += scenarios.ScoutAttempts*nodes - 1
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

// firstLook is N: as given, else a number per coordinator, else what the rule takes.
func firstLook(s scenarios.Scenario, nodes int) int {
	switch k := Coordinators(s); {
	case s.Load.Sessions > 0:
		return int(s.Load.Sessions)
	case s.Load.PerCoordinator > 0:
		return s.Load.PerCoordinator * k
	}
	return DefaultLook(s, nodes)
}

// DefaultLook is the smallest look that shows every coordinator but for a chance of
// alpha, and over several nodes one that is missing from one of them only but for a
// chance of Near.
func DefaultLook(s scenarios.Scenario, nodes int) int {
	k := Coordinators(s)
	if k == 1 {
		return minLook
	}
	shares := stats.Fractions(make([]float64, k))
	if w := s.Expect.Balance.Weights; len(w) == k {
		shares = stats.Fractions(w)
	}
	alpha, _ := Limits(s)
	return SizeOfLook(shares, nodes, alpha, max(0, s.Load.Burst))
}

// SizeOfLook is the same for coordinators with these shares.
func SizeOfLook(shares []float64, nodes int, alpha float64, burst int) int {
	return stats.LookSize{Shares: shares, Nodes: max(1, nodes), Alpha: alpha, Near: Near, Burst: burst, Minimum: minLook}.Draws()
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
