package run

import (
	"math/rand/v2"
	"slices"
)

// deal is which node each of some sessions goes to. Every node has an equal part, in
// one shuffle of the whole: nodes in turn would resonate with a balancer that goes
// round over all of them, and blocks of turns would, too.
type deal struct {
	nodes  []Node // of the sessions left
	random *rand.Rand
}

// newDeal deals count sessions to nodes, of which there is one at least. The same
// numbers deal alike.
func newDeal(nodes []Node, count int, seed uint64, look int) *deal {
	d := &deal{random: rand.New(rand.NewPCG(seed, uint64(look)))}
	d.nodes = d.shuffled(nodes, count)
	return d
}

// shuffled deals so many sessions; where they do not come out even, chance says which
// nodes have one more.
func (d *deal) shuffled(nodes []Node, count int) []Node {
	all := slices.Clone(nodes)
	d.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	out := make([]Node, count)
	for i := range out {
		out[i] = all[i%len(all)]
	}
	d.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// next is the node of the next session, and the number of those left with it; false
// where there is none.
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
