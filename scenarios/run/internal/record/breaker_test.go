package record

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// ended is a session of node 1 or 2 with a class; "" is good, "cut" cut off by the run.
func ended(part scenarios.Part, node byte, class string) scenarios.Observation {
	o := scenarios.Observation{Part: part, Node: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, node}), 1), Outcome: scenarios.OutcomeOK}
	switch class {
	case "":
	case "cut":
		o.Outcome = scenarios.OutcomeUnknown
	default:
		o.Outcome, o.Class = scenarios.OutcomeFailed, vocabtest.Class(class)
	}
	return o
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	const (
		part     = scenarios.PartOrdered
		stall    = "open.timeout"
		refusal  = "open.eof"
		rejected = "sasl.rejected"
	)
	repeat := func(n int, classes ...string) (out []string) {
		for range n {
			out = append(out, classes...)
		}
		return out
	}
	for name, c := range map[string]struct {
		part    scenarios.Part
		nodes   []byte // of the sessions, in turn; nil: 1 and 2
		classes []string
		by      scenarios.StopReason // "": none
		after   int                  // sessions
	}{
		"two stalls in a row":                         {part: part, classes: []string{stall, stall}, by: scenarios.StopStalled, after: 2},
		"a good session parts two stalls":             {part: part, classes: repeat(30, stall, "")},
		"however many stalls on one of two":           {part: part, nodes: []byte{2}, classes: repeat(40, stall)},
		"a session that was cut off does not":         {part: part, nodes: []byte{1, 2, 2}, classes: []string{stall, "cut", stall}, by: scenarios.StopStalled, after: 3},
		"a quick failure does not":                    {part: part, classes: []string{stall, refusal, stall}, by: scenarios.StopStalled, after: 3},
		"stalls at the end of a burst":                {part: scenarios.PartBurst, classes: append(repeat(12, ""), stall, stall), by: scenarios.StopStalled, after: 14},
		"two rejected logins, however far apart":      {part: part, classes: append(append([]string{rejected}, repeat(30, "")...), rejected), by: scenarios.StopRejected, after: 32},
		"refusals of a part":                          {part: part, classes: repeat(100, append(repeat(19, refusal), "")...)},
		"twenty refusals in a row over every node":    {part: part, classes: append(repeat(5, ""), repeat(40, refusal)...), by: scenarios.StopAllRefused, after: 25},
		"however many on one of two":                  {part: part, nodes: []byte{2}, classes: repeat(300, refusal)},
		"until the other's fail, too":                 {part: part, nodes: append(make([]byte, 0), 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1), classes: repeat(25, refusal), by: scenarios.StopAllRefused, after: 25},
		"scouts and settling":                         {part: scenarios.PartSettle, classes: repeat(50, refusal, stall)},
		"two logins without credentials":              {part: part, classes: []string{"sasl.no-credentials", "", "sasl.no-credentials"}, by: scenarios.StopRejected, after: 3},
		"two logins without a ticket":                 {part: part, classes: []string{"sasl.ticket-expired", "sasl.ticket-expired"}, by: scenarios.StopRejected, after: 2},
		"coordinators that prove nothing":             {part: part, classes: repeat(30, "sasl.server-proof", "", "sasl.clock-skew", "")},
		"scouts that are rejected together are one":   {part: scenarios.PartScout, classes: []string{rejected, rejected, rejected}},
		"logins that are rejected while settling not": {part: scenarios.PartSettle, classes: []string{rejected, rejected}, by: scenarios.StopRejected, after: 2},
		"this machine's own failure":                  {part: part, classes: []string{"", "tcp.local-ports"}, by: scenarios.StopGenerator, after: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := Breaker{
				Expected: func(o scenarios.Observation) bool { return o.Part == scenarios.PartSettle },
				Nodes: func() []scenarios.Node {
					return []scenarios.Node{{Addr: ended(part, 1, "").Node}, {Addr: ended(part, 2, "").Node}}
				},
			}
			nodes := c.nodes
			if nodes == nil {
				nodes = []byte{1, 2}
			}
			for i, class := range c.classes {
				stop := b.Add(ended(c.part, nodes[i%len(nodes)], class))
				if stop == nil {
					continue
				}
				if stop.By != c.by || i+1 != c.after || stop.Class != vocabtest.Class(class) {
					t.Errorf("stopped by %s after %d sessions: %q", stop.By, i+1, stop.Text)
				}
				return
			}
			if c.by != "" {
				t.Errorf("%d sessions did not stop it", len(c.classes))
			}
		})
	}
}

// A ticket or a token that a coordinator rejects locks no account: the others are asked on.
func TestBreaker_RejectionsThatLockNothing(t *testing.T) {
	t.Parallel()
	b := Breaker{NoLock: true}
	for range 30 {
		for _, class := range []string{"sasl.rejected", "sasl.rejected", "sasl.no-credentials", "sasl.no-credentials", "sasl.unauthorized", "sasl.unauthorized", ""} {
			if stop := b.Add(ended(scenarios.PartOrdered, 1, class)); stop != nil {
				t.Fatalf("stopped by %s: %q", stop.By, stop.Text)
			}
		}
	}
	if b.Add(ended(scenarios.PartOrdered, 1, "sasl.ticket-expired")); b.Add(ended(scenarios.PartOrdered, 1, "sasl.ticket-expired")) == nil {
		t.Error("an expired ticket is tried for ever")
	}
}

func TestBreaker_RejectedScoutIsTheFirst(t *testing.T) {
	t.Parallel()
	var b Breaker
	for range 3 {
		if b.Add(ended(scenarios.PartScout, 1, "sasl.rejected")) != nil {
			t.Error("a scout stopped the run")
		}
	}
	if stop := b.Add(ended(scenarios.PartOrdered, 1, "sasl.rejected")); stop == nil || stop.By != scenarios.StopRejected {
		t.Errorf("stop = %+v", stop)
	}
}

func TestBreaker_SaysThatEveryNodeRefused(t *testing.T) {
	t.Parallel()
	var b Breaker
	var stop *scenarios.Stop
	for range 20 {
		stop = b.Add(ended(scenarios.PartArrival, 1, "open.eof"))
	}
	if stop == nil || !strings.HasPrefix(stop.Text, "20 sessions in a row were refused on every node") {
		t.Errorf("stop = %+v", stop)
	}
}

// The end of a good session is recorded without a lock, unless it changes something.
func TestBreaker_HeedsGoodSessionsInARowOfFailures(t *testing.T) {
	t.Parallel()
	var b Breaker
	for i, step := range []struct {
		class string
		heeds bool
	}{{"", false}, {"open.eof", true}, {"open.timeout", true}, {"", false}, {"sasl.rejected", false}} {
		b.Add(ended(scenarios.PartArrival, 1, step.class))
		if b.Heeds() != step.heeds {
			t.Errorf("step %d, after %q: heeds = %v", i, step.class, b.Heeds())
		}
	}
}
