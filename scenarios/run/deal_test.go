package run

import (
	"net/netip"
	"testing"
)

func someNodes(n int) []Node {
	var out []Node
	for i := range n {
		out = append(out, Node{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), 1)})
	}
	return out
}

// Whatever the seed, every node has its part, and the order has no period.
func TestDeal_EqualParts(t *testing.T) {
	t.Parallel()
	alternates := 0
	for seed := range uint64(200) {
		for _, nodes := range []int{1, 2, 3, 4} {
			d, taken := newDeal(someNodes(nodes), 42, seed, 1), map[Node]int{}
			var last Node
			turns := 0
			for n, ok := d.next(); ok; n, ok = d.next() {
				if taken[n]++; n != last {
					turns++
				}
				last = n
				d.done()
			}
			for n, count := range taken {
				if count < 42/nodes || count > 42/nodes+1 {
					t.Errorf("seed %d: %s has %d of 42 sessions over %d nodes", seed, n.Addr, count, nodes)
				}
			}
			if nodes == 2 && turns == 42 {
				alternates++
			}
		}
	}
	if alternates > 0 {
		t.Errorf("%d of 200 deals over two nodes alternate", alternates)
	}
}

func TestDeal_ReplacesANode(t *testing.T) {
	t.Parallel()
	nodes := someNodes(3)
	d, taken := newDeal(nodes, 30, 7, 2), map[Node]int{}
	d.replace(nodes[1:])
	for n, ok := d.next(); ok; n, ok = d.next() {
		taken[n]++
		d.done()
	}
	if taken[nodes[0]] != 0 || taken[nodes[1]] != 15 || taken[nodes[2]] != 15 {
		t.Errorf("taken = %v", taken)
	}
}
