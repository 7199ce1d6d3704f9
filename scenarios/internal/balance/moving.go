package balance

import (
	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
)

// Shares that move with time are no lasting fault of one coordinator.
const (
	timeBlocks  = 8
	movingLevel = .01 // chance of a difference between blocks, or between looks
)

// moves reports whether the shares of a look change with time; where each node
// counts, also those of one.
func (l *lookStats) moves(eachNode bool) bool {
	if l.sequenced && differs(l.overTime(anyNode), movingLevel) {
		return true
	}
	for node := range l.nodes {
		if eachNode && l.sequenced && differs(l.overTime(node), movingLevel/float64(len(l.nodes))) {
			return true
		}
	}
	return false
}

// overTime counts the sessions of a node, or of all, by block of time and value.
func (s sample) overTime(node int) [][]int {
	total := s.count(func(e event) bool { return e.how != inBurst && of(e, node) })
	out, begun := newTable(timeBlocks, s.values), 0
	for i := 0; i < len(s.events); {
		at := min(timeBlocks-1, begun*timeBlocks/max(1, total))
		for group := s.events[i].group; i < len(s.events) && s.events[i].group == group; i++ {
			if e := s.events[i]; e.how != inBurst && of(e, node) {
				begun += e.n
				if e.value != unknown {
					out[at][e.value] += e.n
				}
			}
		}
	}
	return out
}

// movedBetween reports whether the shares of two looks differ.
func movedBetween(a, b lookStats, eachNode bool) bool {
	ofA, ofB := newTable(1, a.values), newTable(1, b.values)
	tableA, _ := a.table()
	tableB, _ := b.table()
	for node, row := range tableA {
		addTo(ofA[0], row)
		for other := range b.nodes {
			if eachNode && b.nodes[other] == a.nodes[node] && differs([][]int{row, tableB[other]}, movingLevel/float64(len(a.nodes))) {
				return true
			}
		}
	}
	for _, row := range tableB {
		addTo(ofB[0], row)
	}
	return differs([][]int{ofA[0], ofB[0]}, movingLevel)
}

func addTo(sum, row []int) {
	for i, n := range row {
		sum[i] += n
	}
}

func differs(table [][]int, level float64) bool {
	return stats.IndependenceOf(table).P <= level*(1+rounding)
}
