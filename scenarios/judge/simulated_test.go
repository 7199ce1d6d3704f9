package judge

import (
	"math/rand/v2"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// choice is a simulated balancer: it says which coordinator gets the next
// session on a node.
type choice func(node int) int

// rig runs scenarios against a choice, without sockets.
type rig struct {
	nodes    int
	scenario scenarios.Scenario
	choose   choice
	fail     func(seq int) bool // whether a session fails before it says who answered
	pages    []scenarios.Page
	seq      int
	deals    int
}

// look takes so many sessions, dealt to the nodes in one shuffle, and a burst.
func (g *rig) look(kind scenarios.LookKind, n int) scenarios.Look {
	l := scenarios.Look{Kind: kind, Planned: n}
	nodes := make([]int, n)
	for i := range nodes {
		nodes[i] = i % g.nodes
	}
	g.deals++
	judgetest.Source(uint64(g.deals)).Shuffle(n, func(i, j int) { nodes[i], nodes[j] = nodes[j], nodes[i] })
	for i := range n {
		node := nodes[i]
		o := scenarios.Observation{Part: scenarios.PartOrdered, Node: judgetest.NodeAddr(node), Outcome: scenarios.OutcomeOK,
			Who: scenarios.Identity{Coordinator: judgetest.CoordName(g.choose(node)), Source: scenarios.SourcePing}}
		if g.fail != nil && g.fail(g.seq) {
			o.Outcome, o.Class, o.Who = scenarios.OutcomeFailed, vocabtest.Class("open.reset"), scenarios.Identity{}
		}
		g.seq++
		l.Add(o)
	}
	for i := range burst {
		node := i % g.nodes
		l.Add(scenarios.Observation{Part: scenarios.PartBurst, Node: judgetest.NodeAddr(node), Outcome: scenarios.OutcomeOK,
			Who: scenarios.Identity{Coordinator: judgetest.CoordName(g.choose(node)), Source: scenarios.SourcePing}})
	}
	return l
}

// burst is how many sessions follow a look together.
const burst = 16

// run is the loop: a first look, then looks as asked.
func (g *rig) run() (first, last Judgement, e scenarios.Measured) {
	g.scenario.Load.Burst = burst
	e = scenarios.Measured{Scenario: g.scenario, Pages: g.pages}
	for i := range g.nodes {
		e.Nodes = append(e.Nodes, scenarios.NodeTally{Address: judgetest.NodeAddr(i)})
	}
	e.Looks = append(e.Looks, g.look(scenarios.LookFirst, budget.Plan(g.scenario, g.nodes).Look))
	first = decide(e)
	last = first
	for last.Next.Sessions > 0 {
		e.Looks = append(e.Looks, g.look(last.Next.Kind, last.Next.Sessions))
		last = decide(e)
	}
	return first, last, e
}

// weighted chooses by share.
func weighted(r *rand.Rand, shares []float64) choice {
	return func(int) int {
		u := r.Float64()
		for i, p := range shares {
			if u < p {
				return i
			}
			u -= p
		}
		return len(shares) - 1
	}
}

// even chooses with equal chances.
func even(r *rand.Rand, k int) choice { return func(int) int { return r.IntN(k) } }

// rotation hands out in turn on every node, from a place of its own; others
// take foreign turns on average between two of ours.
func rotation(r *rand.Rand, k, nodes int, foreign float64) choice {
	at := make([]int, nodes)
	for i := range at {
		at[i] = r.IntN(k)
	}
	return func(node int) int {
		for r.Float64() < foreign/(1+foreign) {
			at[node]++
		}
		at[node]++
		return at[node] % k
	}
}

// sticky re-uses a node's last coordinator with a chance of reuse.
func sticky(r *rand.Rand, k, nodes int, reuse float64) choice {
	last := make([]int, nodes)
	for i := range last {
		last[i] = r.IntN(k)
	}
	return func(node int) int {
		if r.Float64() >= reuse {
			last[node] = r.IntN(k)
		}
		return last[node]
	}
}

// hashed chooses as a flow hash does: by what the session is, not by what was
// before it (the finaliser of SplitMix64).
func hashed(seed uint64, k int) choice {
	n := uint64(0)
	return func(node int) int {
		n++
		z := seed*0x9e3779b97f4a7c15 + n*0xbf58476d1ce4e5b9 + uint64(node)*0x94d049bb133111eb
		z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return int((z ^ z>>31) % uint64(k))
	}
}

// zoned lets each node reach coordinators of its own.
func zoned(r *rand.Rand, sizes []int) choice {
	return func(node int) int {
		at := 0
		for _, n := range sizes[:node] {
			at += n
		}
		return at + r.IntN(sizes[node])
	}
}
