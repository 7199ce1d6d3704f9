package judge

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
)

// coordinators lists every coordinator that was seen or has a share, sorted by
// name: one that was declared and stayed silent has a row of zeros.
func coordinators(e scenarios.Measured, shares map[string]float64) []scenarios.CoordTally {
	all := e.Pooled()
	if len(all) == 0 {
		return []scenarios.CoordTally{} // no session, so no coordinator can be missing
	}
	counts, total := all.ByCoordinator(), 0
	names := all.Coordinators()
	for _, n := range counts {
		total += n
	}
	for name := range shares {
		if counts[name] == 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	out := []scenarios.CoordTally{}
	for _, name := range names {
		t := scenarios.CoordTally{Name: name, PIDs: []int32{}, Sessions: counts[name]}
		if total > 0 {
			t.Share = float64(t.Sessions) / float64(total)
		}
		if share, ok := shares[name]; ok {
			t.Expected = &share
		}
		for _, c := range all {
			if c.Coordinator == name {
				t.Failed += c.Failed
			}
		}
		if login, ok := coordinatorLogins(e)[name]; ok {
			t.Login = &login
		}
		learn(&t, batch.SeenCoordinators(e))
		out = append(out, t)
	}
	return out
}

func coordinatorLogins(e scenarios.Measured) map[string]scenarios.Spread {
	if e.Logins == nil {
		return nil
	}
	return e.Logins.Coordinators
}

// learn adds what a look knows of the coordinator besides its sessions. Every
// pid beyond the first is a restart, unless several processes have the name.
func learn(t *scenarios.CoordTally, seen []scenarios.Seen) {
	for _, s := range seen {
		if s.Coordinator != t.Name {
			continue
		}
		for _, pid := range s.PIDs {
			if !slices.Contains(t.PIDs, pid) {
				t.PIDs = append(t.PIDs, pid)
			}
		}
		if len(s.Versions) > 0 {
			t.Version = s.Versions[len(s.Versions)-1]
		}
		t.Restarts = max(0, len(t.PIDs)-1)
		if s.SharedName() {
			t.Restarts = 0
		}
	}
}

// ExpectedShares is the fair share of every coordinator that has a name: of those
// seen, as they named themselves, and of the declared ones that were never seen.
// It is nil where nothing was declared, or where weights cannot be matched
// to names; an undeclared coordinator is not in it.
func ExpectedShares(e scenarios.Measured) map[string]float64 {
	cs := batch.MatchExpected(e.Scenario, batch.Pool(e.Looks))
	if cs.Declared == 0 || cs.WeightsUnmatched {
		return nil
	}
	out := map[string]float64{}
	for name, i := range cs.SlotOf {
		out[name] = cs.Slots[i].Share
	}
	for _, s := range cs.Slots {
		if !s.Seen && s.Name != "" {
			out[s.Name] = s.Share
		}
	}
	return out
}
