package sizing

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Ceiling is how many sessions coordinators hold.
type Ceiling struct {
	Nominal        int // threads x coordinators: the most that any balancer can place
	NominalOneDown int // the same with one coordinator lost
	Safe           int // sessions that fit as the policy places them; where chance does, in 99.9 of 100 cases
	SafeOneDown    int // the same with one coordinator lost
}

// Ceilings is what k coordinators with equal shares and a number of service threads
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
	return Even(policy, k, threads).Ceiling()
}

// ThreadsFor is how many service threads each of k coordinators needs to hold a
// number of sessions; 0 where no number is enough.
func ThreadsFor(sessions, k int, policy scenarios.Policy) int {
	return Even(policy, k, 0).ThreadsFor(sessions)
}

// Sizing is how many coordinators a number of sessions takes. A number is 0
// where none is enough.
type Sizing struct {
	Coordinators int // that hold the sessions
	OneDown      int // that still hold them where one of these is lost
	Threads      int // threads each with which Coordinators would hold them where one of these is lost
}

// Coordinators says what it takes to hold a number of sessions on coordinators that
// have a number of service threads each: [Ceilings] has the arithmetic. Coordinators
// have equal shares, and are no more than [scenarios.MaxCoordinators].
func Coordinators(sessions, threads int, policy scenarios.Policy) Sizing {
	k := smallest(scenarios.MaxCoordinators, func(k int) bool { return Even(policy, k, threads).holds(sessions) })
	if k == 0 {
		return Sizing{}
	}
	return Sizing{Coordinators: k, OneDown: k + 1, Threads: ThreadsFor(sessions, k-1, policy)}
}
