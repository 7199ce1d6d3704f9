package cause

import (
	"fmt"
	"math"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// The names of the places.
const (
	PlaceCalls       = "calls elsewhere"
	PlaceThreads     = "threads in use"
	PlaceNode        = "node"
	PlaceScout       = "node and its scout"
	PlaceTogether    = "open together"
	PlaceAfter       = "after the n-th"
	PlaceCoordinator = "coordinator"
	PlaceGone        = "coordinator gone"
	PlaceUnseen      = "coordinator unseen"
	PlaceOneNode     = "one node"
)

// places is the table of where and when, the most telling first.
var places = []place{
	{PlaceCalls, callsElsewhere},
	{PlaceThreads, threadsInUse},
	{PlaceNode, deadNodes},
	{PlaceScout, nodeOfScout},
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
	if text := f.absentNodeFix(); text != "" {
		return text
	}
	if text := f.partialFailure(f.left[0].Class.Kind); text != "" && f.every(isUnlike) {
		return "that node of the balancer is configured unlike the others: " + text
	}
	return "that node of the balancer reaches no coordinator that answers: look at the health of its targets, and at cross-zone load balancing where its zone has none left"
}

// absentNodeFix is what to try where all failures say that there is no node at all; ""
// where they do not.
func (f facts) absentNodeFix() string {
	switch is := func(kinds ...vocab.Kind) bool {
		return f.every(func(g scenarios.FailureGroup) bool {
			return g.Class.Phase == scenarios.PhaseTCP && slices.Contains(kinds, g.Class.Kind)
		})
	}; {
	case is(vocab.KindRefused):
		return "nothing listens at that address: start the balancer's node there, or take the address out of DNS"
	case is(vocab.KindTimeout, vocab.KindUnreachable):
		return "that address does not answer: the balancer's node is down or a firewall drops packets to it; repair it, or take the address out of DNS"
	}
	return ""
}

// isUnlike reports whether a peer answered, and not as the others do.
func isUnlike(g scenarios.FailureGroup) bool {
	return slices.Contains(loginPhases, g.Class.Phase) && !g.Class.IsTimeout() && !g.Class.IsEOF() && !g.Class.IsReset() && partialFailures[g.Class.Kind] != ""
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
