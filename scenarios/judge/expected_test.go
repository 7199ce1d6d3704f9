package judge

import (
	"maps"
	"net/netip"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestExpectedSharesHaveNames(t *testing.T) {
	t.Parallel()
	node := netip.MustParseAddrPort("127.0.0.2:21050")
	for name, c := range map[string]struct {
		declared scenarios.ExpectCoordinators
		weights  []float64
		seen     []string
		want     map[string]float64
	}{
		"nothing was declared": {scenarios.ExpectCoordinators{}, nil, []string{"a:1"}, nil},
		"a number":             {scenarios.ExpectCoordinators{Count: 4}, nil, []string{"a:1", "b:1"}, map[string]float64{"a:1": .25, "b:1": .25}},
		"names, of which one was never seen and one is foreign": {
			scenarios.ExpectCoordinators{Names: []string{"a", "b"}}, nil, []string{"a.example.com:1", "x:1"},
			map[string]float64{"a.example.com:1": .5, "b": .5},
		},
		"weights by name":               {scenarios.ExpectCoordinators{Names: []string{"b", "a"}}, []float64{3, 1}, []string{"a:1", "b:1"}, map[string]float64{"b:1": .75, "a:1": .25}},
		"weights in the order of names": {scenarios.ExpectCoordinators{Count: 2}, []float64{3, 1}, []string{"a:1", "b:1"}, map[string]float64{"a:1": .75, "b:1": .25}},
		"weights that cannot be laid":   {scenarios.ExpectCoordinators{Count: 2}, []float64{3, 1}, []string{"a:1"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var look scenarios.Look
			for _, s := range c.seen {
				look.Tally.Add(node, s, scenarios.OK)
			}
			e := scenarios.Measured{Looks: []scenarios.Look{look}}
			e.Scenario.Expect.Coordinators, e.Scenario.Expect.Balance.Weights = c.declared, c.weights
			if got := ExpectedShares(e); !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
