package run

import (
	"math/rand/v2"
	"slices"
	"sync"

	dealing "github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/deal"
)

// deal is which node each of some sessions goes to.
type deal struct {
	nodes  []Node // of the sessions left
	random *rand.Rand
}

// newDeal deals count sessions to nodes, of which there is one at least. number tells
// the deals of a run apart; the same seed and number deal alike.
func newDeal(nodes []Node, count int, seed uint64, number int) *deal {
	d := &deal{random: rand.New(rand.NewPCG(seed, uint64(number)))}
	d.nodes = d.shuffled(nodes, count)
	return d
}

// deal deals the next sessions of a look.
func (r *run) deal(nodes []Node, count int) *deal {
	return newDeal(nodes, count, r.seed, int(r.seq.Load()))
}

// shuffled deals so many sessions.
func (d *deal) shuffled(nodes []Node, count int) []Node {
	out := make([]Node, count)
	for i, n := range dealing.Shuffled(d.random, len(nodes), count) {
		out[i] = nodes[n]
	}
	return out
}

// next is the node of the next session, which stays the next until done; false where
// there is none.
func (d *deal) next() (Node, bool) {
	if len(d.nodes) == 0 {
		return Node{}, false
	}
	return d.nodes[0], true
}

// done takes the next session off.
func (d *deal) done() { d.nodes = d.nodes[1:] }

// replace deals what is left for nodes that are not to be dialled any more to those
// that are.
func (d *deal) replace(nodes []Node) {
	var at []int
	for i, n := range d.nodes {
		if !slices.Contains(nodes, n) {
			at = append(at, i)
		}
	}
	for i, n := range d.shuffled(nodes, len(at)) {
		d.nodes[at[i]] = n
	}
}

// dealer deals sessions that have no order, one at a time, as many as there are. It
// is safe for concurrent use.
type dealer struct {
	seed    uint64
	planned int // sessions to come, as far as it is known: they come out even

	mu    sync.Mutex
	deals int
	nodes []Node // of the last deal
	left  []Node // a session each
}

// node is that of the next session: one of those given, which are the ones that may
// be dialled now. Where they are others than before, what is left is dealt again.
func (d *dealer) node(nodes []Node) Node {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch count := min(dealing.PerNode*len(nodes), max(0, d.planned)); {
	case len(d.left) == 0 && count > 0:
		d.deal(nodes, count)
		d.planned -= count
	case len(d.left) == 0:
		d.deal(nodes, dealing.PerNode*len(nodes))
	case !slices.Equal(nodes, d.nodes):
		d.deal(nodes, len(d.left))
	}
	n := d.left[0]
	d.left = d.left[1:]
	return n
}

func (d *dealer) deal(nodes []Node, count int) {
	d.nodes, d.left = slices.Clone(nodes), newDeal(nodes, count, d.seed, d.deals).nodes
	d.deals++
}
