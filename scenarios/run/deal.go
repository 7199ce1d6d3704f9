package run

import (
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	dealing "github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/deal"
)

// deal is which node each of some sessions goes to.
type deal struct {
	nodes  []Node // of the sessions left
	random *rand.Rand
}

// newDeal deals count sessions to nodes, of which there is one at least, and keeps those
// of a shard. number tells the deals of a run apart; the same seed and number deal alike.
func newDeal(nodes []Node, count int, seed, number uint64, shard scenarios.Shard) *deal {
	d := &deal{random: rand.New(rand.NewPCG(seed, number))}
	all := d.shuffled(nodes, count)
	for n := range shard.Of(count) {
		d.nodes = append(d.nodes, all[shard.Number(n)])
	}
	return d
}

// The parts of a look that are dealt.
const (
	dealtOrdered = 1 + iota
	dealtParallel
	dealtBurst

	dealtParts = iota
)

// deal deals the sessions of a part of a look: count is those of all shards, which must
// deal the same nodes in the same order. again is how often this run has dealt the part
// before; the others may not have to, and later looks are dealt alike all the same.
func (r *run) deal(nodes []Node, count, part, again int) *deal {
	nodes = slices.SortedFunc(slices.Values(nodes), func(a, b Node) int { return a.Addr.Compare(b.Addr) })
	number := uint64((r.looked-1)*dealtParts+part) | uint64(again)<<32
	return newDeal(nodes, count, r.seed, number, r.opt.Shard)
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
	shard   scenarios.Shard

	mu    sync.Mutex
	deals int
	dealt int    // sessions of all shards
	nodes []Node // of the last deal
	left  []Node // a session each
}

// node is that of the next session: one of those given, which are the ones that may
// be dialled now. Where they are others than before, what is left is dealt again. A shard
// takes its part of what all shards are dealt.
func (d *dealer) node(nodes []Node) Node {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.left) > 0 && !slices.Equal(nodes, d.nodes) {
		d.deal(nodes, len(d.left), scenarios.Shard{})
	}
	for len(d.left) == 0 {
		count := dealing.PerNode * len(nodes)
		if d.planned > 0 {
			count = min(count, d.planned)
		}
		d.planned -= count
		d.deal(nodes, count, d.shard.After(d.dealt))
		d.dealt += count
	}
	n := d.left[0]
	d.left = d.left[1:]
	return n
}

func (d *dealer) deal(nodes []Node, count int, shard scenarios.Shard) {
	d.nodes, d.left = slices.Clone(nodes), newDeal(nodes, count, d.seed, uint64(d.deals), shard).nodes
	d.deals++
}
