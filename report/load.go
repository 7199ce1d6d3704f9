package report

import (
	"fmt"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeLoad shows how long logins took from when they were due, and whether the
// generator kept to its schedule, without which those times mean little.
func writeLoad(p *page, r scenarios.Result) {
	l := r.Load
	if l == nil {
		return
	}
	p.title("Load, in milliseconds")
	p.times("from due", fromDue(*l))
	if l.Late > 0 {
		p.fact("late", fmt.Sprintf("%s started more than %d ms later than due", count(l.Late, "session"), scenarios.LateAfter/time.Millisecond))
	}
	if l.Dropped > 0 {
		p.fact("dropped", fmt.Sprintf("%s never started: no slot was free", count(l.Dropped, "session")))
	}
	if l.Cores > 0 {
		p.fact("cores", fmt.Sprintf("%.2f of %d used by impala-lbcheck, on average", clamp(l.Cores, 0, 1e6), l.OfCores))
	}
	p.fact("needs", needs(l.Needs))
}

// fromDue are the times that count from when a session was due.
func fromDue(l scenarios.LoadStats) []namedTimes {
	return []namedTimes{{"login", l.Login}, {"lag", l.Lag}, {"owed lag", l.Owed}}
}

// needs lists the resources of this machine that the scenario needs.
func needs(rs []scenarios.Resource) string {
	var parts []string
	for _, r := range rs {
		part := fmt.Sprintf("%s %d", name(r.Name), r.Need)
		if r.Have > 0 {
			part += fmt.Sprintf(" of %d", r.Have)
		}
		if r.Short() {
			part += " (TOO FEW)"
		}
		parts = append(parts, part)
	}
	return strings.TrimSpace(joined(parts, 8))
}
