package scenarios

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
)

func TestFailures_KeepWhereAndWhen(t *testing.T) {
	t.Parallel()
	var l Look
	node := netip.MustParseAddrPort("127.0.0.2:1")
	for i, wait := range []time.Duration{3 * time.Second, 5 * time.Second, 4 * time.Second} {
		l.Add(Observation{Seq: 10 + i, Part: PartBurst, Node: node, Outcome: OutcomeFailed, Class: vocabtest.Class("open.eof"), Waited: wait, Open: 7 - i, BytesIn: int64(i)})
	}
	want := FailureGroup{
		Class: vocabtest.Class("open.eof"), Place: Place{Node: node, Part: PartBurst},
		Extent: Extent{Count: 3, First: 10, Last: 12, MinOpen: 5, MaxOpen: 7}, MinWait: 3, MaxWait: 5, Heard: 2,
	}
	if len(l.Failures) != 1 || l.Failures[0] != want {
		t.Errorf("failures are %+v, want %+v", l.Failures, want)
	}
}

// Names that servers make up take no more memory than the limit, and lose no session.
func TestGroups_AreBounded(t *testing.T) {
	t.Parallel()
	const sessions = 3 * maxGroups
	var l Look
	var closes []CloseTally
	for i := range sessions {
		o := Observation{Seq: i, Part: PartOrdered, Node: netip.MustParseAddrPort("127.0.0.2:1"), Who: Identity{Coordinator: fmt.Sprint("c", i)}, Outcome: OutcomeOK, Closed: OutcomeFailed}
		l.Add(o)
		if c, ok := CloseTallyOf(o); ok {
			closes = MergeCloses(closes, c)
		}
		o.Outcome, o.Class = OutcomeFailed, vocabtest.Class("execute.eof")
		l.Add(o)
	}
	ok, failed, closed := 0, 0, 0
	for _, g := range l.Successes {
		ok += g.Count
	}
	for _, g := range l.Failures {
		failed += g.Count
	}
	for _, c := range closes {
		closed += c.Failed
	}
	if ok != sessions || failed != sessions || closed != sessions {
		t.Errorf("%d good, %d failed and %d closed, want %d of each", ok, failed, closed, sessions)
	}
	if limit := maxGroups + 1; len(l.Successes) > limit || len(l.Failures) > limit || len(closes) > limit {
		t.Errorf("%d, %d and %d groups, want at most %d", len(l.Successes), len(l.Failures), len(closes), limit)
	}
}
