package scenarios

import (
	"net/netip"
	"reflect"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
)

// A look that several recorded is the look that one would have recorded.
func TestLook_MergedEqualsTheLookOfAll(t *testing.T) {
	t.Parallel()
	nodes := []netip.AddrPort{netip.MustParseAddrPort("127.0.0.2:1"), netip.MustParseAddrPort("127.0.0.3:1")}
	coordinators := []string{"a:1", "b:1", "", "c:1"}
	var all Look
	var parts [3]Look
	for i := range 240 {
		o := Observation{
			Seq: i, Part: PartArrival, Node: nodes[i%2], Outcome: Outcome(i / 2 % 3), Class: vocabtest.Class("open.eof"), Text: "the words", Refused: i%40 == 39,
			Who: Identity{Coordinator: coordinators[i%4], PID: int32(1 + i/120), Version: "5.0", Source: SourcePing},
		}
		into := i % 3
		switch {
		case i%5 == 0:
			o.Part, into = PartOrdered, 0
		case i%7 == 0:
			o.Part = PartBurst
		}
		all.Add(o)
		parts[into].Add(o)
	}
	var got Look
	for _, p := range parts {
		got.Merge(p)
	}
	if !reflect.DeepEqual(got, all) {
		t.Errorf("merged:\n%+v\nwant:\n%+v", got, all)
	}
}
