package judge

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// What a login is called slow by. All of it must be true, so that what a busy machine
// does to a few of them says nothing.
const (
	slowerBy    = 500 * time.Millisecond // than the median of the others, in the median
	slowerTimes = 3                      // of that
	fewLogins   = 5                      // of each that is compared, at least

	longLogin  = time.Second // one in twenty takes it
	longTimes  = 10          // of the median
	manyLogins = 40          // of them all, at least
)

// withSlowLogins adds what slowLogins says to the finding that a run of its kind is
// made for.
func withSlowLogins(e scenarios.Measured, findings []scenarios.Finding) []scenarios.Finding {
	main := kindOf(e).main
	if i := slices.IndexFunc(findings, func(f scenarios.Finding) bool { return f.ID == main }); i >= 0 {
		findings[i].Note = phrase.Join(findings[i].Note, slowLogins(e))
	}
	return findings
}

// slowLogins says which coordinators or nodes log sessions in much more slowly than
// the others do, or else that some sessions of all had to wait; "" where neither is.
func slowLogins(e scenarios.Measured) string {
	if e.Logins == nil {
		return ""
	}
	if note := slowOnes(coordinatorLogins(e)); note != "" {
		return "Logins are slow on " + note
	}
	if note := slowOnes(nodeLogins(e)); note != "" {
		return "Logins are slow over " + note
	}
	all := e.Logins.All
	if all.Count < manyLogins || all.P95.Duration() < longLogin || all.P95 < longTimes*all.P50 {
		return ""
	}
	return fmt.Sprintf("One login in twenty took %s or longer, and the median is %s: sessions waited for each other, as at a limit of the balancer (HAProxy: maxconn) or for a service thread",
		phrase.Precise(all.P95.Duration()), phrase.Precise(all.P50.Duration()))
}

func nodeLogins(e scenarios.Measured) map[string]scenarios.Spread {
	out := map[string]scenarios.Spread{}
	for _, n := range e.Nodes {
		if n.Login != nil {
			out[n.Address.String()] = *n.Login
		}
	}
	return out
}

// slowOnes is "b (median 3.2s of 11 logins; the others 20ms)", the slowest first; ""
// where none is. Half of them at the most are an exception.
func slowOnes(by map[string]scenarios.Spread) string {
	var names []string
	for name, s := range by {
		if s.Count >= fewLogins {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(by[b].P50, by[a].P50), cmp.Compare(a, b))
	})
	var slow []string
	for i, name := range names[:len(names)/2] {
		own, rest := by[name].P50, medianLogin(by, names[i+1:])
		if own-rest < scenarios.SecondsOf(slowerBy) || own < slowerTimes*rest {
			break
		}
		slow = append(slow, fmt.Sprintf("%s (median %s of %s; the others %s)", name,
			phrase.Precise(own.Duration()), phrase.Count(by[name].Count, "login"), phrase.Precise(rest.Duration())))
	}
	if len(slow) == 0 {
		return ""
	}
	return phrase.List(slow)
}

// medianLogin is the median of the medians.
func medianLogin(by map[string]scenarios.Spread, names []string) scenarios.Seconds {
	var medians []scenarios.Seconds
	for _, n := range names {
		medians = append(medians, by[n].P50)
	}
	return scenarios.Median(medians)
}
