package judge

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// lookOf is a look whose sessions went to these coordinators, nodes in turn;
// -1 is a session that failed before it said who answered.
func lookOf(kind scenarios.LookKind, nodes int, seq []int) scenarios.Look {
	l := scenarios.Look{Kind: kind, Planned: len(seq)}
	for i, c := range seq {
		l.Add(observed(nodeAddr(i%nodes), c))
	}
	return l
}

func observed(node netip.AddrPort, c int) scenarios.Observation {
	o := scenarios.Observation{Part: scenarios.Ordered, Node: node, Outcome: scenarios.OK}
	if c < 0 {
		o.Outcome, o.Failed, o.Class, o.Text = scenarios.Failed, scenarios.Open, vocabtest.Class("open.timeout"), "i/o timeout"
		return o
	}
	o.Who = scenarios.Identity{Coordinator: coordName(c), Source: scenarios.FromPing}
	return o
}

// dealt is a sequence with these counts, in an order that shows no pattern;
// the failed ones come with it.
func dealt(counts []int, failed int) []int {
	var seq []int
	for c, n := range counts {
		seq = append(seq, slices.Repeat([]int{c}, n)...)
	}
	seq = append(seq, slices.Repeat([]int{-1}, failed)...)
	r := source(1)
	r.Shuffle(len(seq), func(i, j int) { seq[i], seq[j] = seq[j], seq[i] })
	return seq
}

// again judges evidence whose further looks, as often as asked, repeat the first.
func again(e scenarios.Measured, nodes int, seq []int) Report {
	j := Judge(e)
	for j.Next.Sessions > 0 {
		more := slices.Repeat(seq, (j.Next.Sessions+len(seq)-1)/len(seq))
		e.Looks = append(e.Looks, lookOf(j.Next.Kind, nodes, more))
		j = Judge(e)
	}
	return j
}

// find returns the findings of one id; there must be one at least.
func find(t *testing.T, fs []scenarios.Finding, id string) []scenarios.Finding {
	t.Helper()
	var out []scenarios.Finding
	for _, f := range fs {
		if f.ID == id {
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		t.Fatalf("no finding %s among %v", id, fs)
	}
	return out
}

// statuses are the statuses by id; of several findings of an id the first.
func statuses(fs []scenarios.Finding) map[string]scenarios.Status {
	out := map[string]scenarios.Status{}
	for _, f := range fs {
		if _, ok := out[f.ID]; !ok {
			out[f.ID] = f.Status
		}
	}
	return out
}

// failedIDs lists the ids that failed, sorted, each once.
func failedIDs(fs []scenarios.Finding) []string {
	var out []string
	for _, f := range fs {
		if f.Status == scenarios.Fail {
			out = append(out, f.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
