package report

import (
	"maps"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// minNode is the min width of a node's name over its column; the matrix shows up
// to maxNodes nodes and maxNames coordinators.
const (
	minNode  = 13
	maxNodes = 24
	maxNames = 80
)

// writeNodes shows the sessions by node and coordinator. With one node the table
// of coordinators shows the same.
func writeNodes(p *page, r scenarios.Result) {
	if len(r.Nodes) < 2 || r.Sessions.Attempted == 0 {
		return
	}
	p.title("Sessions by node")
	nodes := r.Nodes[:min(maxNodes, len(r.Nodes))]
	names := coordinatorNames(r, nodes)
	shown := names[:min(maxNames, len(names))]
	perBlock := p.nodesPerBlock(nodes)
	blocks := (len(nodes) + perBlock - 1) / perBlock
	first := true
	for block := range slices.Chunk(nodes, (len(nodes)+blocks-1)/blocks) {
		if !first {
			p.line("")
		}
		p.matrix(shown, block)
		first = false
	}
	p.say("%s", p.names.legend())
	if beyond := len(names) - len(shown); beyond > 0 {
		p.say("... and %s in the JSON", count(beyond, "more coordinator"))
	}
	if len(r.Nodes) > maxNodes {
		p.say("... and %s in the JSON", count(len(r.Nodes)-maxNodes, "more node"))
	}
}

// nodesPerBlock is how many nodes fit side by side.
func (p *page) nodesPerBlock(nodes []scenarios.NodeTally) int {
	widest := minNode
	for _, n := range nodes {
		widest = max(widest, columns(address(n.Address)))
	}
	const coordinator = 20 // min columns for the name of a coordinator
	room := p.width - len(indent) - coordinator
	if widest+len(gap) > room {
		widest = minNode
	}
	return max(1, room/(widest+len(gap)))
}

// matrix writes one block: a row per coordinator, a column per node.
func (p *page) matrix(names []string, nodes []scenarios.NodeTally) {
	cols := []column{{title: "coordinator", min: 11}}
	for _, n := range nodes {
		cols = append(cols, column{title: address(n.Address), right: true, min: minNode})
	}
	row := func(head string, of func(scenarios.NodeTally) int) []string {
		cells := []string{head}
		for _, n := range nodes {
			cells = append(cells, orDot(of(n)))
		}
		return cells
	}
	var rows [][]string
	var counts [][]int // of the coordinators
	for _, c := range names {
		rows = append(rows, row(p.names.of(c), func(n scenarios.NodeTally) int { return n.Coordinators[c] }))
		var of []int
		for _, n := range nodes {
			of = append(of, n.Coordinators[c])
		}
		counts = append(counts, of)
	}
	if slices.ContainsFunc(nodes, func(n scenarios.NodeTally) bool { return n.Unidentified > 0 }) {
		rows = append(rows, row(unidentified, func(n scenarios.NodeTally) int { return n.Unidentified }))
	}
	rows = append(rows, row("all", func(n scenarios.NodeTally) int { return n.Sessions }))
	if slices.ContainsFunc(nodes, func(n scenarios.NodeTally) bool { return n.Failed > 0 }) {
		rows = append(rows, row("of them failed", func(n scenarios.NodeTally) int { return n.Failed }))
	}
	p.table(cols, rows)
	p.shade(counts)
}

// coordinatorNames are those of the coordinators' table, then any that only a
// node knows, sorted.
func coordinatorNames(r scenarios.Result, nodes []scenarios.NodeTally) []string {
	var names []string
	known := map[string]bool{}
	for _, c := range r.Coords {
		names = append(names, c.Name)
		known[c.Name] = true
	}
	others := map[string]bool{}
	for _, n := range nodes {
		for c := range n.Coordinators {
			if !known[c] {
				others[c] = true
			}
		}
	}
	return append(names, slices.Sorted(maps.Keys(others))...)
}

// orDot prints a count; a dot keeps the zeros of a matrix from standing out.
func orDot(n int) string {
	if n == 0 {
		return "·"
	}
	return strconv.Itoa(n)
}
