package reconcile

import (
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// missing says which of the good sessions have no pair, and what that looks like.
func (f findings) missing() string {
	lost := f.lost(scenarios.OutcomeOK)
	if lost == 0 {
		return fmt.Sprintf("of all sessions %d fit several lines, or a line that fits others, too; %d fit a line by its address and not by its time", f.r.Sessions.Ambiguous, f.r.Sessions.Untimely)
	}
	if node := f.mutedNode(); node != "" {
		return fmt.Sprintf("%d have no line, among them all over %s: is the file of that node missing?", lost, node)
	}
	if f.tail() {
		return fmt.Sprintf("%d have no line, and they are the last: is the rest of the log not written yet?", lost)
	}
	return fmt.Sprintf("%d have no line, spread over the run: is the log a sample, or no complete account?", lost)
}

// mutedNode is a node of which no session joined, while sessions of others did.
func (f findings) mutedNode() string {
	joinedAt, lostAt := map[string]int{}, map[string]int{}
	for i, s := range f.j.sessions {
		switch f.p.pairs[i].state {
		case joined:
			joinedAt[s.Node.String()]++
		case notLogged:
			lostAt[s.Node.String()]++
		}
	}
	found := ""
	for node := range lostAt {
		if joinedAt[node] == 0 && len(joinedAt) > 0 && (found == "" || node < found) {
			found = node
		}
	}
	return found
}

// tail reports whether every good session without a line began after all that joined.
func (f findings) tail() bool {
	var lastJoined, firstLost time.Time
	for i, s := range f.j.sessions {
		switch f.p.pairs[i].state {
		case joined:
			if s.Start.After(lastJoined) {
				lastJoined = s.Start
			}
		case notLogged:
			if s.Outcome == scenarios.OutcomeOK && (firstLost.IsZero() || s.Start.Before(firstLost)) {
				firstLost = s.Start
			}
		}
	}
	return firstLost.After(lastJoined)
}
