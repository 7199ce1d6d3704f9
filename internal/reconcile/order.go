package reconcile

import (
	"cmp"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
)

// Order is in which order backends were chosen for our sessions: of one node, or of all. The
// choices for others are between them.
type Order struct {
	Node     string `json:"node"`     // "": all nodes together
	Backends int    `json:"backends"` // that were chosen
	Steps    int    `json:"steps"`    // from one of our sessions to the next
	Kept     int    `json:"kept"`     // steps to the backend that most often follows the one before: all of them in a strict rotation
	Unknown  int    `json:"unknown"`  // steps that are left out: the log's times do not tell which of two sessions was first
}

// orders are those of each node, and of all where there are several.
func (j *Join) orders(p pairing) []Order {
	of := map[string][]*balancerlog.Record{}
	var all []*balancerlog.Record
	for i := range p.pairs {
		one := &p.pairs[i]
		if one.state != joined || one.several || backendOf(&one.record) == "" {
			continue
		}
		of[j.sessions[i].Node.String()] = append(of[j.sessions[i].Node.String()], &one.record)
		all = append(all, &one.record)
	}
	out := []Order{}
	for node, records := range of {
		out = append(out, orderOf(node, records, j.format.Apart))
	}
	if len(of) > 1 {
		out = append(out, orderOf("", all, j.format.Apart))
	}
	slices.SortFunc(out, func(a, b Order) int { return cmp.Compare(a.Node, b.Node) })
	return out
}

// orderOf counts the steps between sessions whose place is known. A line is written when
// its connection ends, so that the order of the lines does not tell that of the choices.
func orderOf(node string, records []*balancerlog.Record, apart time.Duration) Order {
	slices.SortStableFunc(records, func(a, b *balancerlog.Record) int { return a.Accepted.Compare(b.Accepted) })
	follows, seen := map[string]map[string]int{}, map[string]bool{}
	o := Order{Node: node}
	for i, r := range records {
		seen[backendOf(r)] = true
		switch {
		case i == 0:
			continue
		case tied(records, i-1, apart) || tied(records, i, apart):
			o.Unknown++
			continue
		}
		o.Steps++
		before := backendOf(records[i-1])
		if follows[before] == nil {
			follows[before] = map[string]int{}
		}
		follows[before][backendOf(r)]++
	}
	o.Backends = len(seen)
	for _, next := range follows {
		most := 0
		for _, n := range next {
			most = max(most, n)
		}
		o.Kept += most
	}
	return o
}

// tied reports whether one of sorted lines may as well have been before or after its
// neighbour.
func tied(records []*balancerlog.Record, i int, apart time.Duration) bool {
	near := func(a, b int) bool {
		d := records[b].Accepted.Sub(records[a].Accepted)
		return d == 0 || d < apart
	}
	return i > 0 && near(i-1, i) || i+1 < len(records) && near(i, i+1)
}
