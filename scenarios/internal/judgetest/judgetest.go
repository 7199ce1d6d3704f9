package judgetest

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// LookOf is a look whose sessions went to these coordinators, nodes in turn;
// -1 is a session that failed before it said who answered.
func LookOf(kind scenarios.LookKind, nodes int, seq []int) scenarios.Look {
	l := scenarios.Look{Kind: kind, Planned: len(seq)}
	for i, c := range seq {
		o := Observed(NodeAddr(i%nodes), c)
		o.Seq = i
		l.Add(o)
	}
	return l
}

// Observed is a session of coordinator c over a node; where c is negative it failed
// before the coordinator was known.
func Observed(node netip.AddrPort, c int) scenarios.Observation {
	o := scenarios.Observation{Part: scenarios.PartOrdered, Node: node, Outcome: scenarios.OutcomeOK}
	if c < 0 {
		o.Outcome, o.Failed, o.Class, o.Text = scenarios.OutcomeFailed, scenarios.PhaseOpen, vocab.Class{Phase: vocab.PhaseOpen, Kind: vocab.KindTimeout}, "i/o timeout"
		return o
	}
	o.Who = scenarios.Identity{Coordinator: CoordName(c), Source: scenarios.SourcePing}
	return o
}

// Dealt is a sequence with these counts, in an order that shows no pattern;
// the failed ones come with it.
func Dealt(counts []int, failed int) []int {
	var seq []int
	for c, n := range counts {
		seq = append(seq, slices.Repeat([]int{c}, n)...)
	}
	seq = append(seq, slices.Repeat([]int{-1}, failed)...)
	r := Source(1)
	r.Shuffle(len(seq), func(i, j int) { seq[i], seq[j] = seq[j], seq[i] })
	return seq
}

// Find returns the findings of one id; there must be one at least.
func Find(t *testing.T, fs []scenarios.Finding, id string) []scenarios.Finding {
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

// Statuses are the statuses by id; of several findings of an id the first.
func Statuses(fs []scenarios.Finding) map[string]scenarios.Status {
	out := map[string]scenarios.Status{}
	for _, f := range fs {
		if _, ok := out[f.ID]; !ok {
			out[f.ID] = f.Status
		}
	}
	return out
}

// FailedIDs lists the ids that failed, sorted, each once.
func FailedIDs(fs []scenarios.Finding) []string {
	var out []string
	for _, f := range fs {
		if f.Status == scenarios.StatusFail {
			out = append(out, f.ID)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// NodeAddr is the address of node i, from 0.
func NodeAddr(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, byte(2 + i)}), 21050)
}

// CoordName is the name of coordinator i, from 0.
func CoordName(i int) string { return "coord-" + strconv.Itoa(i) + ".example.com:25000" }

// Declared is a smoke scenario that expects k coordinators by name.
func Declared(k int) scenarios.Scenario {
	var s scenarios.Scenario
	for i := range k {
		s.Expect.Coordinators.Names = append(s.Expect.Coordinators.Names, CoordName(i))
	}
	s.Expect.Balance = scenarios.ExpectBalance{Policy: scenarios.PolicyAuto, Alpha: .001, Tolerance: .5}
	return s
}

// Source is a source of random numbers; the same seed gives the same numbers.
func Source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// Taken is a histogram of n times.
func Taken(n int, d time.Duration) scenarios.Times {
	var t scenarios.Times
	for range n {
		t.Record(d)
	}
	return t
}

// Joined is one histogram of all the times.
func Joined(all ...scenarios.Times) scenarios.Times {
	var t scenarios.Times
	for _, more := range all {
		t.Merge(more)
	}
	return t
}
