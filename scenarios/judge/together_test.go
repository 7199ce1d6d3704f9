package judge

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

func TestNotes_OnlyTogether(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		alone, burst []int // sessions by coordinator
		want         string
	}{
		"balance first":        {[]int{40, 0}, []int{10, 6}, "coord-1.example.com:25000 answered only sessions that were opened together, and none of 40"},
		"both are met":         {[]int{39, 1}, []int{10, 6}, ""},
		"too few to tell":      {[]int{4, 0}, []int{10, 6}, ""},
		"it is met nowhere":    {[]int{40, 0}, []int{16, 0}, ""},
		"the burst alone is":   {[]int{0, 0}, []int{10, 6}, ""},
		"the first of several": {[]int{40, 0, 0}, []int{8, 5, 3}, "coord-1.example.com:25000 and coord-2.example.com:25000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l scenarios.Look
			add := func(part scenarios.Part, counts []int) {
				for c, n := range counts {
					for range n {
						o := judgetest.Observed(judgetest.NodeAddr(0), c)
						o.Part = part
						l.Add(o)
					}
				}
			}
			add(scenarios.PartOrdered, c.alone)
			add(scenarios.PartBurst, c.burst)
			got := onlyTogether(scenarios.Measured{Looks: []scenarios.Look{l}})
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
