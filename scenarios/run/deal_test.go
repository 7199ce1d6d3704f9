package run

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	dealing "github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/deal"
)

func someNodes(n int) []Node {
	var out []Node
	for i := range n {
		out = append(out, Node{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, byte(i)}), 1)})
	}
	return out
}

func TestDeal_ReplacesANode(t *testing.T) {
	t.Parallel()
	nodes := someNodes(3)
	d, taken := newDeal(nodes, 30, 7, 2, scenarios.Shard{}), map[Node]int{}
	d.replace(nodes[1:])
	for n, ok := d.next(); ok; n, ok = d.next() {
		taken[n]++
		d.done()
	}
	if taken[nodes[0]] != 0 || taken[nodes[1]] != 15 || taken[nodes[2]] != 15 {
		t.Errorf("taken = %v", taken)
	}
}

// Shards are told of the nodes in different orders, and deal them in one.
func TestDeal_InWhateverOrderNodesAreKnown(t *testing.T) {
	t.Parallel()
	r, nodes := run{seed: 7, looked: 1}, someNodes(5)
	backwards := slices.Clone(nodes)
	slices.Reverse(backwards)
	one, other := r.deal(nodes, 40, dealtParallel, 0), r.deal(backwards, 40, dealtParallel, 0)
	if !slices.Equal(one.nodes, other.nodes) {
		t.Errorf("%v, and backwards %v", one.nodes, other.nodes)
	}
}

// However many sessions there are, nodes have equal parts of them, and no order that a
// balancer that goes round over all nodes could keep step with.
func TestDealer_EqualPartsWithoutTurns(t *testing.T) {
	t.Parallel()
	nodes := someNodes(4)
	d, taken, alike := dealer{seed: 3}, map[Node]int{}, [4]map[Node]int{{}, {}, {}, {}}
	for i := range 10_000 {
		n := d.node(nodes)
		taken[n]++
		alike[i%4][n]++
	}
	for _, n := range nodes {
		if taken[n] < 2500-dealing.PerNode || taken[n] > 2500+dealing.PerNode {
			t.Errorf("%s has %d of 10000 sessions", n.Addr, taken[n])
		}
		for turn := range alike {
			if got := alike[turn][n]; got < 500 || got > 750 {
				t.Errorf("%s has %d of the 2500 sessions of turn %d", n.Addr, got, turn)
			}
		}
	}
}

// What is planned is dealt as a whole, even one session.
func TestDealer_DealsWhatIsPlanned(t *testing.T) {
	t.Parallel()
	nodes := someNodes(3)
	for _, planned := range []int{1, 2, 7} {
		d, want := dealer{seed: 3, planned: planned}, newDeal(nodes, planned, 3, 0, scenarios.Shard{}).nodes
		for i := range planned {
			if got := d.node(nodes); got != want[i] {
				t.Errorf("session %d of %d: %v, want %v", i, planned, got.Addr, want[i].Addr)
			}
		}
		if len(d.left) != 0 {
			t.Errorf("%d of %d were dealt", planned+len(d.left), planned)
		}
	}
}

func TestDealer_DealsAgainWhereNodesComeAndGo(t *testing.T) {
	t.Parallel()
	nodes := someNodes(3)
	d, taken := dealer{seed: 3, planned: 90}, map[Node]int{}
	take := func(n int, nodes []Node) {
		clear(taken)
		for range n {
			taken[d.node(nodes)]++
		}
	}
	take(30, nodes[1:])
	if taken[nodes[0]] > 0 {
		t.Errorf("a node that may not be dialled has %d sessions", taken[nodes[0]])
	}
	take(60, nodes)
	for _, n := range nodes {
		if taken[n] != 20 {
			t.Errorf("%s has %d of the last 60", n.Addr, taken[n])
		}
	}
}
