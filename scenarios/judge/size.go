package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// Sizing is how many coordinators a number of sessions takes. A number that
// there is none of, however large, is 0.
type Sizing struct {
	Coordinators int // that hold the sessions
	OneDown      int // that still hold them where one of these is lost
	Threads      int // threads each with which Coordinators would hold them where one of these is lost
}

// Size says what it takes to hold so many sessions on coordinators of so many
// service threads each: [Ceilings] has the arithmetic. Coordinators have equal
// shares, and are no more than 10000.
func Size(sessions, threads int, policy scenarios.Policy) Sizing {
	k := smallest(scenarios.MaxCoordinators, func(k int) bool { return evenFleet(policy, k, threads).holds(sessions) })
	if k == 0 {
		return Sizing{}
	}
	return Sizing{Coordinators: k, OneDown: k + 1, Threads: ThreadsFor(sessions, k-1, policy)}
}
