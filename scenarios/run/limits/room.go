package limits

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// CheckRoom returns why the run is too much where a coordinator, by its page, has too little
// room for its share of the run's sessions and target.confirm does not name every
// endpoint's host; nil: it is not.
func CheckRoom(s scenarios.Scenario, pages []scenarios.Page) *GuardError {
	if !unconfirmed(s) {
		return nil
	}
	for _, p := range pages {
		if reason := tooFull(s, p); reason != "" {
			return &GuardError{Reasons: []string{reason}, Hosts: guarded(s)}
		}
	}
	return nil
}

// maxTaken is the share of a coordinator's threads that a run which was not
// confirmed may take, together with the sessions that are there.
const maxTaken = 0.8

// tooFull says why a coordinator has too little room for its share of the run's
// sessions; "" where it has enough, or does not say.
func tooFull(s scenarios.Scenario, p scenarios.Page) string {
	threads, used := p.Threads, 0
	if s.Capacity.Threads > 0 {
		threads = s.Capacity.Threads
	}
	if threads == 0 {
		return ""
	}
	has := fmt.Sprintf("%s has %s", p.Coordinator, phrase.Count(threads, "thread"))
	if p.InUse != nil {
		used = *p.InUse
		has = fmt.Sprintf("%s has %d of %s in use", p.Coordinator, used, phrase.Count(threads, "thread"))
	}
	more, k := kindOf(s).atOnce(s), len(s.Expect.Coordinators.Names)
	if more == 0 {
		return has + ", and the run goes on until all are in use"
	}
	if float64(more)/float64(k)+float64(used) <= maxTaken*float64(threads) {
		return ""
	}
	share := (more + k - 1) / k
	return fmt.Sprintf("%s; 1/%d of %d more is %d, and %d exceed %.0f %% of %d",
		has, k, more, share, used+share, maxTaken*100, threads)
}
