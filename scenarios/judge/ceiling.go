package judge

import (
	"slices"
	"sort"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Ceiling is how many sessions coordinators hold.
type Ceiling struct {
	Nominal     int // threads x coordinators: the most that any balancer can place
	NominalLost int // the same with one coordinator lost
	Safe        int // sessions that fit as the policy places them; where chance does, in 99.9 of 100 cases
	SafeLost    int // the same with one coordinator lost
}

// Ceilings is what k coordinators with equal shares and so many service threads
// each hold. It is zero where k or threads is.
//
// A session takes a service thread for as long as its connection is open, so a
// coordinator holds as many as it has threads (Impala's --fe_service_threads).
// Which one a session goes to is the policy's business:
//
//   - leastconn and round-robin place evenly, and fill every coordinator;
//   - random, flow-hash and auto place each session by chance: the fullest has
//     more than its share, and is full before the others are;
//   - source sends one client address to one coordinator. What one client can
//     hold is therefore one coordinator's threads, however many there are, and it
//     still is when another coordinator has died. Many addresses with a session
//     or two each are placed as by flow-hash: ask for that then.
func Ceilings(policy scenarios.Policy, k, threads int) Ceiling {
	return evenFleet(policy, k, threads).ceiling()
}

// ThreadsFor is how many service threads k coordinators need each to hold so
// many sessions; 0 where no number does.
func ThreadsFor(sessions, k int, policy scenarios.Policy) int {
	return evenFleet(policy, k, 0).threadsFor(sessions)
}

// safeChance is with what chance sessions that are called safe fit.
const safeChance = .999

// maxThreads bounds the service threads of a coordinator: a number may come
// from a stranger.
const maxThreads = 1_000_000

// fleet is coordinators behind a balancer.
type fleet struct {
	policy  scenarios.Policy
	threads int       // of each
	shares  []float64 // of the sessions, one for each; they sum to 1
}

// evenFleet is k coordinators with equal shares.
func evenFleet(policy scenarios.Policy, k, threads int) fleet {
	k = min(max(0, k), scenarios.MaxCoordinators)
	return fleet{policy, min(max(0, threads), maxThreads), stats.Fractions(make([]float64, k))}
}

// withWeights is the fleet with shares by these weights, one for each coordinator;
// as it was where there are not that many.
func (f fleet) withWeights(weights []float64) fleet {
	if len(weights) == len(f.shares) {
		f.shares = stats.Fractions(weights)
	}
	return f
}

// withThreads is the fleet with so many service threads each.
func (f fleet) withThreads(n int) fleet {
	f.threads = min(max(0, n), maxThreads)
	return f
}

// size is how many coordinators there are.
func (f fleet) size() int { return len(f.shares) }

// ceiling is what the fleet holds.
func (f fleet) ceiling() Ceiling {
	lost := f.lost()
	return Ceiling{f.nominal(), lost.nominal(), f.safe(), lost.safe()}
}

func (f fleet) nominal() int { return f.threads * len(f.shares) }

// safe is the most sessions that the fleet holds as its policy places them.
func (f fleet) safe() int {
	switch {
	case len(f.shares) == 0:
		return 0
	case f.byAddress():
		return f.threads
	case f.evenly():
		return int(float64(f.threads)/slices.Max(f.shares) + slack)
	}
	return stats.SafeSessions(f.shares, f.threads, safeChance)
}

// holds reports whether the fleet holds so many sessions.
func (f fleet) holds(sessions int) bool {
	switch {
	case len(f.shares) == 0:
		return sessions <= 0
	case f.byAddress():
		return sessions <= f.threads
	case f.evenly():
		return float64(sessions)*slices.Max(f.shares) <= float64(f.threads)+slack
	}
	return stats.Safe(sessions, f.shares, f.threads, safeChance)
}

// slack is what a product of shares may be off by.
const slack = 1e-6

func (f fleet) byAddress() bool { return f.policy == scenarios.SourcePolicy }

func (f fleet) evenly() bool {
	return f.policy == scenarios.LeastConn || f.policy == scenarios.RoundRobin
}

// lost is the fleet without one coordinator, the others sharing its sessions as
// they share their own. It is the one whose loss leaves the largest share: of
// the two largest the second.
func (f fleet) lost() fleet {
	shares := slices.Sorted(slices.Values(f.shares))
	if n := len(shares); n > 1 {
		shares = slices.Delete(shares, n-2, n-1)
	} else {
		shares = nil
	}
	f.shares = stats.Fractions(shares)
	return f
}

// withMore is the fleet with so many coordinators of an average share added.
func (f fleet) withMore(by int) fleet {
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

// moreFor is the fewest coordinators to add for so many sessions to fit where one
// is lost; 0 where no number does.
func (f fleet) moreFor(sessions int) int {
	return smallest(scenarios.MaxCoordinators-f.size(), func(n int) bool { return f.withMore(n).lost().holds(sessions) })
}

// threadsFor is the fewest threads each with which the fleet holds so many
// sessions; 0: there is no such number.
func (f fleet) threadsFor(sessions int) int {
	return smallest(maxThreads, func(threads int) bool {
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
