package judge

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// Four nodes with overlapping lists: too few sessions to prove any single gap, and who
// answers depends on the node beyond doubt. The report says what each of them reached.
func TestReach_OverlappingListsNameWhatEachNodeReached(t *testing.T) {
	t.Parallel()
	const nodes = 4
	random := judgetest.Source(1)
	seq := make([]int, 76)
	for i := range seq {
		seq[i] = (i%nodes + random.IntN(2)) % nodes
	}
	e := scenarios.Measured{Scenario: judgetest.Declared(nodes), Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, nodes, seq)}}
	f := judgetest.Find(t, again(e, nodes, seq).Findings, scenarios.BalanceReach)[0]
	if f.Status != scenarios.StatusFail {
		t.Errorf("%s: %s, want it to fail", f.Status, f.Message)
	}
	for node := range nodes {
		first, second := judgetest.CoordName(node), judgetest.CoordName((node+1)%nodes)
		if node == nodes-1 {
			first, second = second, first
		}
		if want := judgetest.NodeAddr(node).String() + " reached only " + first + " and " + second; !strings.Contains(f.Message, want) {
			t.Errorf("the message does not say %q: %s", want, f.Message)
		}
	}
}
