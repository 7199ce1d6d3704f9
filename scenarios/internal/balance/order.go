package balance

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// orderStats is what the order of a look says.
type orderStats struct {
	perNode, merged matchStats // on each node, and over all nodes; merged is zero where there is one node
	limit           float64    // of each
	alarmed         matchStats // the one that is beyond its limit, or the smaller P
	rotation        bool       // an alarm that a rotation through two levels explains
	sticks          bool       // an alarm that none explains
	reuse           float64    // share of sessions beyond chance that met the last coordinator again
}

// matchStats compares neighbours that are equal with what chance gives.
type matchStats struct {
	matches int
	asked   int     // pairs of neighbours
	mean    float64 // matches that chance gives
	p       float64 // chance of so many
}

// judgeOrder asks whether a session meets the coordinator of the one before it more
// often than the counts explain, on each node and over all.
func (l *lookStats) judgeOrder() {
	a := &l.answers[orderRule]
	switch {
	case l.policy == scenarios.PolicyLeastConn:
		*a = answer{why: "under leastconn other clients' sessions decide which coordinator is next, so the order is not judged"}
		return
	case !l.sequenced:
		*a = answer{why: noSequence}
		return
	case len(l.seen()) < 2:
		*a = answer{why: "one coordinator was seen: there is no order to judge"}
		return
	case l.inOrder() < 2:
		*a = answer{why: "no sessions were opened one after the other: there is no order to judge"}
		return
	}
	o := &l.order
	perNode, merged := l.perNode(), l.merged()
	o.perNode, o.limit = matchesOf(perNode), l.alpha
	o.alarmed = o.perNode
	sequences := [][][]int{perNode}
	if len(l.nodes) > 1 {
		o.merged, o.limit = matchesOf(merged), l.alpha/2
		o.alarmed = slices.MinFunc([]matchStats{o.perNode, o.merged}, func(a, b matchStats) int { return cmp.Compare(a.p, b.p) })
		sequences = append(sequences, merged)
	}
	a.state = quiet
	if o.alarmed.p > o.limit*(1+rounding) {
		return
	}
	for _, s := range sequences {
		o.rotation = o.rotation || rotatesInLevels(s, l.alpha)
	}
	if o.rotation {
		return
	}
	o.sticks, a.state = true, alarm
	for _, m := range []matchStats{o.perNode, o.merged} {
		if m.asked > 0 && m.p <= o.limit*(1+rounding) {
			o.reuse = max(o.reuse, m.reuse())
		}
	}
}

// noSequence is why a rule that needs the order of sessions is not asked.
const noSequence = "this result does not hold the order of its sessions: it is of an earlier version"

// inOrder counts the sessions in order that named a coordinator.
func (s sample) inOrder() int {
	return s.count(func(e event) bool { return e.how == inOrder && e.value != unknown })
}

// matchesOf compares sequences with all their orders.
func matchesOf(sequences [][]int) matchStats {
	var out matchStats
	var laws []stats.Matches
	for _, seq := range sequences {
		m := stats.MatchesOf(seq)
		slices.Sort(m.Counts) // sums do not depend on names then
		laws = append(laws, m)
		out.matches += m.M
		out.asked += max(0, len(seq)-1)
	}
	slices.SortFunc(laws, func(a, b stats.Matches) int {
		return cmp.Or(slices.Compare(a.Counts, b.Counts), cmp.Compare(a.M, b.M))
	})
	out.mean = stats.MatchesMean(laws)
	out.p = stats.MatchesAtLeast(laws)
	return out
}

// reuse is the share of neighbours beyond chance that are equal.
func (m matchStats) reuse() float64 {
	free := float64(m.asked) - m.mean
	if free <= 0 {
		return 0
	}
	return min(max((float64(m.matches)-m.mean)/free, 0), .99)
}

// What tells a rotation through two levels from a balancer that sticks.
const (
	longestTurn   = 4   // sessions that one of the upper level's members takes in a row
	turnLevel     = .05 // chance that is enough, of all lengths together
	distanceParts = 10  // of alpha for each distance
)

// rotatesInLevels reports whether sequences are those of a round robin of round
// robins. A coin that sticks forgets how long it stuck; there, stretches end once
// they are as long as a turn, or sessions agree at the distance of a round.
func rotatesInLevels(sequences [][]int, alpha float64) bool {
	for turn := 2; turn <= longestTurn; turn++ {
		if stats.ContinuedAfter(sequences, turn).Tail() <= turnLevel/(longestTurn-1) {
			return true
		}
	}
	longest := 0
	for _, s := range sequences {
		longest = max(longest, len(s))
	}
	chance := stats.EqualPairProbability(sequences)
	equal, pairs := stats.MatchesApart(sequences, 1)
	next := fraction(equal, pairs)
	for d := 2; d <= longest/2; d++ {
		equal, pairs := stats.MatchesApart(sequences, d)
		if fraction(equal, pairs) > next && stats.BinomialAtLeast(equal, pairs, chance) <= alpha/distanceParts {
			return true
		}
	}
	return false
}

func fraction(part, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(part) / float64(of)
}

// thin is what a session counts as, where a declared policy sticks nevertheless: as
// many that are independent tell as much.
func (l *lookStats) thin() float64 {
	if !l.order.sticks || l.policyUndeclared() {
		return 1
	}
	return (1 - l.order.reuse) / (1 + l.order.reuse)
}
