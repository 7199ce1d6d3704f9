package cause

import (
	"fmt"
	"math"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// openTogether: one after the other all sessions succeeded, and together they did not.
func openTogether(f facts) (match, bool) {
	login := func(g scenarios.FailureGroup) bool { return g.Class.Phase.UntilOpen() }
	if !f.every(login) {
		return match{}, false
	}
	burst := in(scenarios.PartBurst)
	failed, together, alone := countFailed(f.left, nil), countFailed(f.failures, burst)+countGood(f.good, burst), countGood(f.good, in(scenarios.PartOrdered, scenarios.PartParallel))
	if countFailed(f.left, burst) == failed && failed < together && chanceAmong(failed, together, together+alone) <= unlikely {
		most := f.mostOpen(burst)
		m := f.limit(most)
		m.says = fmt.Sprintf("%d of %d opened together failed, none of %d one after the other; at most %d were open at once", failed, together, alone, most)
		if name := f.onlySilent(burst); name != "" {
			m.reason += fmt.Sprintf(", unless %s went away then, which answered none of them", name)
		}
		return m, true
	}
	return whileMany(f)
}

// onlySilent is the one coordinator that answered good sessions, but none of some
// places; "" where there is not exactly one.
func (f facts) onlySilent(of func(scenarios.Place) bool) string {
	answered := map[string]bool{}
	for _, g := range f.good {
		if g.Coordinator != "" {
			answered[g.Coordinator] = answered[g.Coordinator] || of(g.Place)
		}
	}
	silent := ""
	for name, some := range answered {
		switch {
		case some:
		case silent != "":
			return ""
		default:
			silent = name
		}
	}
	return silent
}

// whileMany: the load grew, and sessions failed only while it was high.
func whileMany(f facts) (match, bool) {
	most, least, failed := f.mostOpen(in(scenarios.PartArrival, scenarios.PartHeld)), math.MaxInt, countFailed(f.left, nil)
	for _, g := range f.left {
		least = min(least, g.MinOpen)
	}
	if failed < 3 || most < 4 || float64(least) < .9*float64(most) {
		return match{}, false
	}
	m := f.limit(most)
	m.says = fmt.Sprintf("all %d failed while %d or more were open; at most %d were open at once", failed, least, most)
	return m, true
}

// mostOpen is the most sessions that were open when a good one opened.
func (f facts) mostOpen(of func(scenarios.Place) bool) int {
	most := 0
	for _, g := range f.good {
		if of(g.Place) {
			most = max(most, g.MaxOpen)
		}
	}
	return most
}

// limit says which limit sessions met that failed only while others were open.
func (f facts) limit(most int) match {
	switch {
	case f.every(kindIs(vocab.KindSessionLimit)):
		return match{reason: "a limit on sessions of one user", fix: phrase.Try("raise --max_hs2_sessions_per_user, or let clients close their sessions")}
	case f.every(func(g scenarios.FailureGroup) bool { return g.Class.IsTimeout() }):
		return match{reason: "a limit on open sessions, beyond which logins wait", fix: slices.Concat(
			phrase.Try("raise --fe_service_threads of the coordinators, or add coordinators", fmt.Sprintf("raise the balancer's limit on connections (HAProxy: maxconn) where it is near %d", most)),
			phrase.Set("target.web_port", "", "let the coordinators' pages say how many threads are in use"))}
	}
	return match{reason: fmt.Sprintf("a limit of about %d open connections", most),
		fix: phrase.Try("raise the limit on connections of the balancer, or of a proxy or firewall on the way (HAProxy: maxconn; nginx: limit_conn; Envoy: max_connections)")}
}

func kindIs(kinds ...vocab.Kind) func(scenarios.FailureGroup) bool {
	return func(g scenarios.FailureGroup) bool { return slices.Contains(kinds, g.Class.Kind) }
}

// afterTheNth: everything succeeded up to a point, and hardly anything after it.
func afterTheNth(f facts) (match, bool) {
	first, _, begin := f.extent()
	failed, good := countFailed(f.left, nil), countGood(f.good, nil)
	before := min(begin-first, good)
	after := good - before + failed
	const few, many = 5, 10
	if before < few || failed < many || float64(good-before) > .1*float64(after) {
		return match{}, false
	}
	m := match{says: fmt.Sprintf("the first %d got in, and then %d of %d failed", before, failed, after)}
	switch _, longest := f.waits(); {
	case f.every(func(g scenarios.FailureGroup) bool { return g.Class.IsTimeout() }):
		m.reason, m.fix = "the service stopped answering then", phrase.Try("find out what happened to the coordinators and the balancer at that time")
	case f.every(kindIs(vocab.KindRefused)):
		m.reason = "the service went away then, or something limits the rate of connections"
		m.fix = phrase.Try("find out what happened to the balancer at that time", rateFix)
	case longest < 1:
		m.reason = "a limit on the rate or the number of connections" + atRate(f.e.Scenario.Load.Rate)
		m.fix = phrase.Try(rateFix)
	}
	return m, true
}

const rateFix = "look for a limit on new connections per client address (HAProxy: stick-table conn_rate; nginx: limit_req; a firewall), and raise it or test at a lower rate"

func atRate(r scenarios.Rate) string {
	if r <= 0 {
		return ""
	}
	return fmt.Sprintf(", met at %s", r)
}
