package balancesim

import (
	"math/rand/v2"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/deal"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// Session is one that a balancer has to place.
type Session struct {
	Node   int  // that was dialled, from 0
	Look   int  // from 0
	At, Of int  // its place among the sessions of its look, from 0, and how many these are, the burst left out
	Held   bool // of the burst: open until the burst ends
}

// Balancer says which coordinator a session gets, from 0, or [Lost].
type Balancer func(Session) int

// Lost is the answer where a session fails before it knows who answered.
const Lost = -1

// Maker makes the balancer of one run, over k coordinators and so many nodes.
type Maker func(r *rand.Rand, k, nodes int) Balancer

// System is what is checked, and how.
type System struct {
	Scenario scenarios.Scenario
	K, Nodes int
	Make     Maker
	Pages    []scenarios.Page
	Observe  func(*scenarios.Observation) // may change each before it is tallied; nil: none does
}

// Run takes looks as long as next asks for one.
func (s System) Run(seed uint64, next func(scenarios.Measured) scenarios.NextLook) scenarios.Measured {
	r := rand.New(rand.NewPCG(seed, 11))
	choose := s.Make(r, s.K, s.Nodes)
	e := s.measured()
	plan := budget.Plan(s.Scenario, s.Nodes)
	seq := 0
	for ask := (scenarios.NextLook{Sessions: plan.Look}); ask.Sessions > 0; ask = next(e) {
		l := scenarios.Look{Kind: ask.Kind, Planned: ask.Sessions}
		for _, session := range s.sessions(r, len(e.Looks), ask.Sessions, plan.Burst) {
			l.Add(s.observation(seq, session, choose(session)))
			seq++
		}
		e.Looks = append(e.Looks, l)
	}
	return e
}

// sessions are those of one look: over the nodes in one shuffle, and then the burst in
// another.
func (s System) sessions(r *rand.Rand, look, n, burst int) []Session {
	var out []Session
	for i, node := range append(deal.Shuffled(r, s.Nodes, n), deal.Shuffled(r, s.Nodes, burst)...) {
		out = append(out, Session{Node: node, Look: look, At: i, Of: n, Held: i >= n})
	}
	return out
}

// Whole is one look of n sessions that were opened when they were due, as a load has it.
func (s System) Whole(seed uint64, n int) scenarios.Measured {
	r := rand.New(rand.NewPCG(seed, 11))
	choose := s.Make(r, s.K, s.Nodes)
	e := s.measured()
	l := scenarios.Look{Kind: scenarios.LookWhole, Planned: n}
	var nodes []int
	for len(nodes) < n {
		nodes = append(nodes, deal.Shuffled(r, s.Nodes, min(deal.PerNode*s.Nodes, n-len(nodes)))...)
	}
	for i := range n {
		session := Session{Node: nodes[i], At: i, Of: n}
		o := s.observation(i, session, choose(session))
		o.Part = scenarios.PartArrival
		l.Add(o)
	}
	e.Looks = []scenarios.Look{l}
	return e
}

// measured is the evidence of a run without sessions.
func (s System) measured() scenarios.Measured {
	e := scenarios.Measured{Scenario: s.Scenario, Pages: s.Pages}
	for i := range s.Nodes {
		e.Nodes = append(e.Nodes, scenarios.NodeTally{Address: judgetest.NodeAddr(i)})
	}
	return e
}

// observation is what is known of a session that a coordinator got: ten begin in a second.
func (s System) observation(seq int, session Session, coordinator int) scenarios.Observation {
	o := judgetest.Observed(judgetest.NodeAddr(session.Node), coordinator)
	o.Seq, o.Due = seq, time.Duration(seq)*100*time.Millisecond
	o.Start, o.End, o.Began = o.Due, o.Due+10*time.Millisecond, time.Unix(1700000000, 0).UTC().Add(o.Due)
	if session.Held {
		o.Part = scenarios.PartBurst
	}
	if s.Observe != nil {
		s.Observe(&o)
	}
	return o
}
