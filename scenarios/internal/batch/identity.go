package batch

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// SeenCoordinators pools what the looks learned of each coordinator, sorted by name.
func SeenCoordinators(e scenarios.Measured) []scenarios.Seen {
	var out []scenarios.Seen
	for _, l := range e.Looks {
		for _, s := range l.Seen {
			i := slices.IndexFunc(out, func(o scenarios.Seen) bool { return o.Coordinator == s.Coordinator })
			if i < 0 {
				out = append(out, scenarios.Seen{Coordinator: s.Coordinator, Weak: s.Weak})
				i = len(out) - 1
			}
			out[i].Weak = out[i].Weak && s.Weak
			out[i].PIDs = Union(out[i].PIDs, s.PIDs)
			out[i].Returns += s.Returns
			out[i].Versions = Union(out[i].Versions, s.Versions)
		}
	}
	slices.SortFunc(out, func(a, b scenarios.Seen) int { return strings.Compare(a.Coordinator, b.Coordinator) })
	return out
}

// Union is have with those of more that it lacks, in their order.
func Union[T comparable](have, more []T) []T {
	for _, v := range more {
		if !slices.Contains(have, v) {
			have = append(have, v)
		}
	}
	return have
}

// Soundness is identity's status and sentence; balance asks it first.
func Soundness(e scenarios.Measured) (scenarios.Status, string) {
	seen, sessions := SeenCoordinators(e), 0
	strong := 0
	for _, s := range seen {
		if !s.Weak {
			strong++
		}
	}
	for _, l := range e.Looks {
		n, _, _, _ := l.All().Total()
		sessions += n
	}
	k := e.Scenario.Expect.Coordinators.K()
	switch {
	case sessions == 0:
		_, why := NoSession(Refusals(e))
		return scenarios.StatusSkipped, why // errors.rate is inconclusive where it has to be
	case len(seen) == 0:
		return scenarios.StatusInconclusive, "no session identified its coordinator"
	case slices.ContainsFunc(seen, scenarios.Seen.SharedName):
		return scenarios.StatusInconclusive, sharedNames(seen)
	case strong == len(seen):
		return scenarios.StatusPass, "every coordinator reports its own web address"
	case k != 1 && len(seen) < 2:
		return scenarios.StatusInconclusive, fmt.Sprintf("only one host name, %s, was reported and no web address: coordinators cannot be counted", seen[0].Coordinator)
	}
	return scenarios.StatusPass, fmt.Sprintf("host names distinguish %s; no web address was reported", phrase.Count(len(seen), "coordinator"))
}

// sharedNames says which names several processes have: "four processes (pids 1, 2,
// 3 and 4) answer under one name, localhost:25000".
func sharedNames(seen []scenarios.Seen) string {
	var out []string
	for _, s := range seen {
		if !s.SharedName() {
			continue
		}
		var pids []string
		for _, pid := range s.PIDs {
			pids = append(pids, strconv.Itoa(int(pid)))
		}
		out = append(out, fmt.Sprintf("%s processes (pids %s) answer in turn under one name, %s", phrase.Number(len(s.PIDs)), phrase.List(pids), s.Coordinator))
	}
	return strings.Join(out[:min(len(out), phrase.MaxListed)], "; ") + ": coordinators cannot be counted"
}
