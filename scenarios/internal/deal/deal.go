package deal

import "math/rand/v2"

// PerNode is how many sessions each node gets of one deal, where there are many.
const PerNode = 64

// Shuffled is which node, from 0, each of count sessions goes to. Every node has an equal
// part, in one shuffle of the whole: nodes in turn would resonate with a balancer that
// goes round over all of them, and blocks of turns would, too. Where the sessions do not
// come out even, chance says which nodes have one more. There is one node at least.
func Shuffled(r *rand.Rand, nodes, count int) []int {
	all := r.Perm(nodes)
	out := make([]int, count)
	for i := range out {
		out[i] = all[i%nodes]
	}
	r.Shuffle(count, func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}
