package judge

import (
	"cmp"
	"math"
	"sort"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Budget is what a run may cost, known before it begins. A run that is not made
// of looks is one look with all of its sessions, and no burst.
type Budget struct {
	Look           int // N: sessions of the first look, the burst not counted
	Burst          int // sessions opened together after every look
	Ceiling        int // the most that a run can cost: scout, looks and bursts; 0: nobody can know
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

// Plan is the budget of a scenario over so many nodes. Of looks the ceiling is the
// rule's own: a first look of N, an extended one of 3N, a confirming and a
// third one of 3N each, and one of N where the last of them had a lone error.
// [Judge] asks for no more, whatever the evidence. Where the number of
// coordinators is not declared the first look may grow, and N with it. What the
// other kinds take stands at whole.
func Plan(s scenarios.Scenario, nodes int) Budget {
	if n, most, ok := whole(s); ok {
		return Budget{Look: n, Typical: 1 + n, Ceiling: most}
	}
	n := firstLook(s)
	b := Budget{Look: n, Burst: max(0, s.Load.Burst), Typical: 1 + n + max(0, s.Load.Burst)}
	b.Ceiling = 1 + ceilingN(s) + mostLooks*b.Burst
	if nodes > 0 && n > largePerN*nodes {
		b.OrderedPerNode = inOrder
	}
	return b
}

// whole is how many sessions a run takes that is not made of looks, and the most
// that it can cost with the scout, 0 where nobody can know; false for a run of looks.
//
//   - stages: the arrivals of every rate and hold; of a closed stage, at the
//     least, its sessions at once.
//   - capacity: those to hold; without a number, as many as all threads take.
//   - query: two on every coordinator; at most as many as chance needs to meet
//     each twice, as other sessions have to be let go.
//   - idle: one a step.
//   - watch: the new ones of its time, and the long ones.
func whole(s scenarios.Scenario) (n, ceiling int, ok bool) {
	switch s.Kind {
	case scenarios.KindStages:
		n = arrivalsBetween(s.Load, 0, forever)
		closed := 0
		for _, st := range s.Load.Stages {
			closed += st.Closed
		}
		if closed > 0 {
			return n + closed, 0, true
		}
	case scenarios.KindCapacity:
		if n = s.Capacity.Hold; n == 0 {
			return cmp.Or(s.Capacity.Threads, scenarios.DefaultThreads) * cmp.Or(expected(s), assumedK), 0, true
		}
	case scenarios.KindQuery:
		k := cmp.Or(expected(s), assumedK)
		n = scenarios.RunsPerCoordinator * k
		alpha, _ := limits(s)
		return n, 1 + max(queryLooks*n, drawsForTwo(k, alpha)), true
	case scenarios.KindIdle:
		n = len(s.Idle.Steps)
	case scenarios.KindWatch:
		n = int(math.Ceil(float64(s.Load.Rate)*time.Duration(s.Watch.For).Seconds()-1e-6)) + s.Watch.Long
	default:
		return 0, 0, false
	}
	return n, 1 + n, true
}

// queryLooks is how many times its sessions a query may cost at least.
const queryLooks = 3

// drawsForTwo is how many sessions meet each of k coordinators twice at least,
// but for a chance of alpha, where they are dealt by chance.
func drawsForTwo(k int, alpha float64) int {
	if k < 2 {
		return scenarios.RunsPerCoordinator
	}
	p := 1 / float64(k)
	once := stats.DrawsToShow(p, alpha/float64(k))
	return once + sort.Search(once, func(more int) bool {
		return float64(k)*stats.AtMost(scenarios.RunsPerCoordinator-1, once+more, p) <= alpha
	})
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
