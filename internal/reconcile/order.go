package reconcile

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
)

// Order is in which order backends were chosen for our sessions: of one node, or of all. The
// choices for others are between them.
type Order struct {
	Node     string `json:"node"`     // "": all nodes together
	Backends int    `json:"backends"` // that were chosen
	Steps    int    `json:"steps"`    // from one of our sessions to the next
	Kept     int    `json:"kept"`     // steps to the backend that most often follows the one before: all of them in a strict rotation
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
		out = append(out, orderOf(node, records))
	}
	if len(of) > 1 {
		out = append(out, orderOf("", all))
	}
	slices.SortFunc(out, func(a, b Order) int { return cmp.Compare(a.Node, b.Node) })
	return out
}

func orderOf(node string, records []*balancerlog.Record) Order {
	slices.SortStableFunc(records, func(a, b *balancerlog.Record) int { return a.Accepted.Compare(b.Accepted) })
	follows, seen := map[string]map[string]int{}, map[string]bool{}
	for i, r := range records {
		seen[backendOf(r)] = true
		if i == 0 {
			continue
		}
		before := backendOf(records[i-1])
		if follows[before] == nil {
			follows[before] = map[string]int{}
		}
		follows[before][backendOf(r)]++
	}
	o := Order{Node: node, Backends: len(seen), Steps: len(records) - 1}
	for _, next := range follows {
		most := 0
		for _, n := range next {
			most = max(most, n)
		}
		o.Kept += most
	}
	return o
}
