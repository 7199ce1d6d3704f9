package judge

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// onlyTogether notes coordinators that answered sessions opened together and, beyond
// chance, none of those one after the other: such a balancer uses the next coordinator
// only once the one before is full. "" where there are none.
func onlyTogether(e scenarios.Measured) string {
	alone, inBurst := 0, map[string]bool{}
	answered := map[string]int{} // one after the other, by coordinator
	for _, l := range e.Looks {
		for _, g := range l.Successes {
			switch {
			case g.Coordinator == "":
			case g.Part == scenarios.PartBurst:
				inBurst[g.Coordinator] = true
			default:
				alone += g.Count
				answered[g.Coordinator] += g.Count
			}
		}
	}
	var names []string
	for name := range inBurst {
		if answered[name] == 0 {
			names = append(names, name)
		}
	}
	k := len(answered) + len(names)
	const unlikely = .01
	if len(names) == 0 || len(answered) == 0 || stats.MissProbability(1/float64(k), float64(alone)) > unlikely {
		return ""
	}
	slices.Sort(names)
	return fmt.Sprintf("%s answered only sessions that were opened together, and none of %d one after the other: the balancer may use the next coordinator only once the one before is full (HAProxy: balance first)", phrase.List(names), alone)
}
