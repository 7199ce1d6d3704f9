package merge

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// processes are the pids that machines met in one look, by coordinator: of each machine in
// the order in which it first met them.
type processes map[string][][]int32

func (p processes) add(l scenarios.Look) {
	for _, s := range l.Seen {
		p[s.Coordinator] = append(p[s.Coordinator], s.PIDs)
	}
}

// settle puts each coordinator's pids into the order in which most machines met them.
// After a restart all have the same; where several have another, a pid was met again
// after one that came later, as where several processes have the name.
func (p processes) settle(l *scenarios.Look) {
	for i := range l.Seen {
		s := &l.Seen[i]
		before := pairsOf(p[s.Coordinator])
		slices.SortStableFunc(s.PIDs, func(a, b int32) int {
			return cmp.Compare(before.rank(b, s.PIDs), before.rank(a, s.PIDs))
		})
		s.Returns += before.contrary()
	}
}

// pairs count the machines that met the first of two pids before the second.
type pairs map[[2]int32]int

func pairsOf(orders [][]int32) pairs {
	out := pairs{}
	for _, pids := range orders {
		for i, a := range pids {
			for _, b := range pids[i+1:] {
				out[[2]int32{a, b}]++
			}
		}
	}
	return out
}

// rank is how many of all pids come after one rather than before it.
func (p pairs) rank(pid int32, all []int32) int {
	n := 0
	for _, other := range all {
		n += cmp.Compare(p[[2]int32{pid, other}], p[[2]int32{other, pid}])
	}
	return n
}

// contrary is how many machines met two pids in the order that fewer have, over all pairs.
func (p pairs) contrary() int {
	sum := 0
	for pair, n := range p {
		if pair[0] < pair[1] {
			sum += min(n, p[[2]int32{pair[1], pair[0]}])
		}
	}
	return sum
}
