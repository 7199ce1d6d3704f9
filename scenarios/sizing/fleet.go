package sizing

import (
	"slices"
	"sort"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// SafeChance is with what chance sessions that are called safe fit.
const SafeChance = .999

// Fleet is coordinators behind a balancer.
type Fleet struct {
	policy  scenarios.Policy
	threads int       // of each
	shares  []float64 // of the sessions, one for each; they sum to 1
}

// Even is k coordinators with equal shares.
func Even(policy scenarios.Policy, k, threads int) Fleet {
	k = min(max(0, k), scenarios.MaxCoordinators)
	return Fleet{policy, min(max(0, threads), scenarios.MaxThreads), stats.Fractions(make([]float64, k))}
}

// WithWeights is the fleet with shares by these weights, one for each coordinator;
// as it was where there are not that many.
func (f Fleet) WithWeights(weights []float64) Fleet {
	if len(weights) == len(f.shares) {
		f.shares = stats.Fractions(weights)
	}
	return f
}

// WithThreads is the fleet with n service threads each.
func (f Fleet) WithThreads(n int) Fleet {
	f.threads = min(max(0, n), scenarios.MaxThreads)
	return f
}

// Size is how many coordinators there are.
func (f Fleet) Size() int { return len(f.shares) }

// Ceiling is what the fleet holds.
func (f Fleet) Ceiling() Ceiling {
	lost := f.OneDown()
	return Ceiling{f.nominal(), lost.nominal(), f.safe(), lost.safe()}
}

func (f Fleet) nominal() int { return f.threads * len(f.shares) }

// safe is the most sessions that the fleet holds as its policy places them.
func (f Fleet) safe() int {
	switch {
	case len(f.shares) == 0:
		return 0
	case f.byAddress():
		return f.threads
	case f.evenly():
		return int(float64(f.threads)/slices.Max(f.shares) + slack)
	}
	return stats.SafeSessions(f.shares, f.threads, SafeChance)
}

// holds reports whether the fleet holds this many sessions.
func (f Fleet) holds(sessions int) bool {
	switch {
	case len(f.shares) == 0:
		return sessions <= 0
	case f.byAddress():
		return sessions <= f.threads
	case f.evenly():
		return float64(sessions)*slices.Max(f.shares) <= float64(f.threads)+slack
	}
	return stats.FitsWith(sessions, f.shares, f.threads, SafeChance)
}

// slack is what a product of shares may be off by.
const slack = 1e-6

func (f Fleet) byAddress() bool { return f.policy == scenarios.PolicySource }

func (f Fleet) evenly() bool {
	return f.policy == scenarios.PolicyLeastConn || f.policy == scenarios.PolicyRoundRobin
}

// OneDown is the fleet without one coordinator, the others sharing its sessions as
// they share their own. It is the one without which the largest share remains: of
// the two largest the second.
func (f Fleet) OneDown() Fleet {
	shares := slices.Sorted(slices.Values(f.shares))
	if n := len(shares); n > 1 {
		shares = slices.Delete(shares, n-2, n-1)
	} else {
		shares = nil
	}
	f.shares = stats.Fractions(shares)
	return f
}

// withMore is the fleet with a number of coordinators of an average share added.
func (f Fleet) withMore(by int) Fleet {
	weights := make([]float64, len(f.shares)+by)
	for i := range weights {
		weights[i] = 1
		if i < len(f.shares) {
			weights[i] = f.shares[i] * float64(len(f.shares))
		}
	}
	f.shares = stats.Fractions(weights)
	return f
}

// MoreFor is the fewest coordinators to add for the sessions to fit where one
// is lost; 0 where no number does.
func (f Fleet) MoreFor(sessions int) int {
	return smallest(scenarios.MaxCoordinators-f.Size(), func(n int) bool { return f.withMore(n).OneDown().holds(sessions) })
}

// ThreadsFor is the fewest threads each with which the fleet holds that many
// sessions; 0: there is no such number.
func (f Fleet) ThreadsFor(sessions int) int {
	return smallest(scenarios.MaxThreads, func(threads int) bool {
		f.threads = threads
		return f.holds(sessions)
	})
}

// smallest is the smallest number from 1 to most that will do; 0: none does. What
// does, does so with more as well.
func smallest(most int, does func(int) bool) int {
	n := 1 + sort.Search(most, func(i int) bool { return does(i + 1) })
	if n > most {
		return 0
	}
	return n
}
