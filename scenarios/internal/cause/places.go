package cause

import (
	"fmt"
	"math"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// The names of the places.
const (
	PlaceThreads     = "threads in use"
	PlaceNode        = "node"
	PlaceTogether    = "open together"
	PlaceAfter       = "after the n-th"
	PlaceCoordinator = "coordinator"
	PlaceGone        = "coordinator gone"
	PlaceUnseen      = "coordinator unseen"
	PlaceOneNode     = "one node"
)

// places is the table of where and when, the most telling first.
var places = []place{
	{PlaceThreads, threadsInUse},
	{PlaceNode, deadNodes},
	{PlaceTogether, openTogether},
	{PlaceAfter, afterTheNth},
	{PlaceCoordinator, namedCoordinator},
	{PlaceGone, goneCoordinator},
	{PlaceUnseen, unseenCoordinator},
	{PlaceOneNode, oneNode},
}

// threadsInUse: the coordinators' own pages say that no service thread is free, and
// logins got no answer.
func threadsInUse(f facts) (match, bool) {
	waits := func(g scenarios.FailureGroup) bool { return g.Class.IsTimeout() && g.Class.Phase.UntilOpen() }
	t := ThreadsOf(f.e)
	if !slices.ContainsFunc(f.left, waits) || !t.Full() {
		return match{}, false
	}
	return match{says: t.sentence(), fix: t.fixes(), takes: waits, subject: t.subject()}, true
}

// deadNodes: every session to a node failed, and others succeeded elsewhere.
func deadNodes(f facts) (match, bool) {
	nodes := f.nodes()
	var dead []netip.AddrPort
	for _, n := range nodes {
		if countGood(f.good, at(n)) == 0 && countFailed(f.left, at(n)) >= 2 {
			dead = append(dead, n)
		}
	}
	others := notAt(dead)
	sessions, good, failed := countFailed(f.left, nil)-countFailed(f.left, others), countGood(f.good, others), countFailed(f.failures, others)
	if len(dead) == 0 || good == 0 {
		return match{}, false
	}
	if all := float64(sessions+failed) / float64(sessions+failed+good); failed > 0 && math.Pow(all, float64(sessions)) > unlikely {
		return match{}, false
	}
	m := match{takes: func(g scenarios.FailureGroup) bool { return slices.Contains(dead, g.Node) }}
	m.says = fmt.Sprintf("%s to %s failed, %s of %d to the other%s", allOf(sessions, "session"), phrase.List(texts(dead)), phrase.Number(failed), good+failed, plural(len(nodes)-len(dead)))
	if len(dead) == 1 {
		m.subject = dead[0].String()
	}
	f.left, _ = split(f.left, m.takes)
	m.fix = phrase.Try(deadNodeFix(f))
	return m, true
}

// deadNodeFix is what to try about nodes that let nobody in, by how.
func deadNodeFix(f facts) string {
	switch is := func(phase scenarios.Phase, kinds ...vocab.Kind) bool {
		return f.every(func(g scenarios.FailureGroup) bool {
			return g.Class.Phase == phase && slices.Contains(kinds, g.Class.Kind)
		})
	}; {
	case is(scenarios.PhaseTCP, vocab.KindRefused):
		return "nothing listens at that address: start the balancer's node there, or take the address out of DNS"
	case is(scenarios.PhaseTCP, vocab.KindTimeout, vocab.KindUnreachable):
		return "that address does not answer: the balancer's node is down or a firewall drops packets to it; repair it, or take the address out of DNS"
	}
	if text := partialFailures[f.left[0].Class.Kind]; text != "" && f.every(isUnlike) {
		return "that node of the balancer is configured unlike the others: " + text
	}
	return "that node of the balancer reaches no coordinator that answers: look at the health of its targets, and at cross-zone load balancing where its zone has none left"
}

// isUnlike reports whether a peer answered, and not as the others do.
func isUnlike(g scenarios.FailureGroup) bool {
	return slices.Contains(loginPhases, g.Class.Phase) && !g.Class.IsTimeout() && !g.Class.IsEOF() && !g.Class.IsReset() && partialFailures[g.Class.Kind] != ""
}

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

// namedCoordinator: the sessions that failed said who had answered.
func namedCoordinator(f facts) (match, bool) {
	var names []string
	for _, g := range f.left {
		if g.Coordinator != "" && !slices.Contains(names, g.Coordinator) {
			names = append(names, g.Coordinator)
		}
	}
	if len(names) == 0 {
		return match{}, false
	}
	slices.Sort(names)
	m := match{takes: func(g scenarios.FailureGroup) bool { return g.Coordinator != "" }}
	on := func(p scenarios.Place) bool { return slices.Contains(names, p.Coordinator) }
	elsewhere := func(p scenarios.Place) bool { return p.Coordinator != "" && !on(p) }
	failed, good, others := countFailed(f.left, on), countGood(f.good, on), countGood(f.good, elsewhere)
	where := phrase.List(names)
	if len(names) > 1 && others == 0 {
		where = "all of the " + phrase.Count(len(names), "coordinator") + " that answered"
	}
	m.says = fmt.Sprintf("%d of %d on %s failed", failed, failed+good, where)
	if good == 0 {
		m.says = fmt.Sprintf("%s on %s failed", allOf(failed, "session"), where)
	}
	if others > 0 {
		m.says += fmt.Sprintf(", none of %d on the others", others)
	}
	if len(names) == 1 {
		m.subject = names[0]
	}
	return m, true
}

// suspect is below which chance a coordinator that did not answer is named, where
// sessions failed meanwhile: they are evidence that one went away.
const suspect = .05

// goneCoordinator: one coordinator, and no other, answered until the first failure and
// not since. Where others did not either, it is not known which of them went away.
func goneCoordinator(f facts) (match, bool) {
	_, last, begin := f.extent()
	begin += f.overlap(begin)
	latest := map[string]int{}
	for _, g := range f.good {
		if g.Coordinator != "" {
			latest[g.Coordinator] = max(latest[g.Coordinator], g.Last)
		}
	}
	var gone []string
	for name, seq := range latest {
		if seq < begin {
			gone = append(gone, name)
		}
	}
	since := last - begin + 1
	k := max(len(latest), f.expected.Declared)
	if len(gone) != 1 || k < 2 || stats.MissProbability(1/float64(k), float64(since)) > suspect {
		return match{}, false
	}
	return match{
		says:    fmt.Sprintf("%s answered until about the first failure, and none of %d sessions since", gone[0], since),
		subject: gone[0],
	}, true
}

// overlap is how many sessions may have started after the one that failed first and
// yet have been answered before it.
func (f facts) overlap(first int) int {
	for _, g := range f.left {
		if g.First == first && g.Part != scenarios.PartOrdered {
			return f.e.Scenario.Load.Concurrency
		}
	}
	return len(f.nodes())
}

// unseenCoordinator: one that is declared was never seen, and as many sessions failed
// as it would have had.
func unseenCoordinator(f facts) (match, bool) {
	cs := f.expected
	unseen, names, k := cs.Unseen(), cs.Missing(), len(cs.Slots)
	failed, sessions := countFailed(f.left, nil), countFailed(f.left, nil)+countGood(f.good, nil)
	if unseen == 0 || unseen == k || failed < 2 {
		return match{}, false
	}
	m := match{says: fmt.Sprintf("never seen: %d of %d (seen: %s)", unseen, k, phrase.List(cs.Present()))}
	if len(names) > 0 {
		m.says = "never seen: " + phrase.List(names)
	}
	if len(names) == 1 {
		m.subject = names[0]
	}
	if cs.Declared > 1 && stats.MissProbability(1/float64(k), float64(sessions)) <= suspect && consistentWith(failed, sessions, unseen, k) {
		m.says = fmt.Sprintf("consistent with %s broken of %s, %s", phrase.Number(unseen), phrase.Number(k), m.says)
	} else {
		m.takes = func(scenarios.FailureGroup) bool { return false } // it may be due to something else
	}
	return m, true
}

// consistentWith reports whether the number of failures is what broken coordinators
// out of all would give: neither tail is below 2.5 %.
func consistentWith(failed, sessions, broken, of int) bool {
	p := float64(broken) / float64(of)
	return stats.BinomialAtLeast(failed, sessions, p) > .025 && stats.BinomialAtMost(failed, sessions, p) > .025
}

// oneNode: a node has all the failures, more than by chance, beside good sessions.
func oneNode(f facts) (match, bool) {
	nodes := nodesOf(f.left)
	if len(nodes) != 1 || len(f.nodes()) < 2 {
		return match{}, false
	}
	n, others := nodes[0], notAt(nodes)
	failed, here, elsewhere := countFailed(f.left, nil), countGood(f.good, at(n)), countGood(f.good, others)
	if countFailed(f.failures, others) > 0 || chanceAmong(failed, failed+here, failed+here+elsewhere) > unlikely {
		return match{}, false
	}
	return match{
		says:    fmt.Sprintf("%d of %d to %s failed, none of %d to the other%s", failed, failed+here, n, elsewhere, plural(len(f.nodes())-1)),
		subject: n.String(),
	}, true
}

// allOf writes "both sessions", "all 18 sessions".
func allOf(n int, what string) string {
	switch n {
	case 1:
		return "the only " + what
	case 2:
		return "both " + what + "s"
	}
	return fmt.Sprintf("all %d %ss", n, what)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

func texts(nodes []netip.AddrPort) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.String())
	}
	return out
}
