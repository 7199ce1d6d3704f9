package judge

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	with := func(change func(*scenarios.Scenario)) scenarios.Scenario {
		s := declared(5)
		s.Load.Burst = 16
		change(&s)
		return s
	}
	count := func(k int) func(*scenarios.Scenario) {
		return func(s *scenarios.Scenario) { s.Expect.Coordinators = scenarios.ExpectCoordinators{Count: k} }
	}
	for name, tc := range map[string]struct {
		s     scenarios.Scenario
		nodes int
		want  Budget
	}{
		"five coordinators":                      {with(count(5)), 2, Budget{Look: 40, Burst: 16, Ceiling: 1 + 440 + 7*16, Typical: 57}},
		"three":                                  {with(count(3)), 2, Budget{Look: 42, Burst: 16, Ceiling: 1 + 462 + 7*16, Typical: 59}},
		"twenty on one node keep forty in order": {with(count(20)), 1, Budget{Look: 200, Burst: 16, Ceiling: 1 + 2200 + 7*16, Typical: 217, OrderedPerNode: 40}},
		"an unknown number may grow to twenty":   {with(count(0)), 2, Budget{Look: 40, Burst: 16, Ceiling: 1 + 11*142 + 7*16, Typical: 57}},
		"as told":                                {with(func(s *scenarios.Scenario) { s.Load.Sessions = 400 }), 2, Budget{Look: 400, Burst: 16, Ceiling: 1 + 4400 + 7*16, Typical: 417, OrderedPerNode: 40}},
		"so many for each":                       {with(func(s *scenarios.Scenario) { s.Load.PerCoordinator = 100 }), 2, Budget{Look: 500, Burst: 16, Ceiling: 1 + 5500 + 7*16, Typical: 517, OrderedPerNode: 40}},
		"weights need the rarest":                {with(func(s *scenarios.Scenario) { s.Expect.Balance.Weights = []float64{6, 1, 1, 1, 1} }), 2, Budget{Look: 85, Burst: 16, Ceiling: 1 + 935 + 7*16, Typical: 102}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Plan(tc.s, tc.nodes); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestTheFirstLookIsAsLongAsTheTableSays(t *testing.T) {
	t.Parallel()
	for k, want := range map[int]int{2: 40, 3: 42, 4: 40, 5: 40, 6: 48, 8: 72, 10: 90, 12: 108, 16: 160, 20: 200, 32: 352} {
		if got := Plan(declared(k), 2).Look; got != want {
			t.Errorf("%d coordinators: %d sessions, want %d", k, got, want)
		}
	}
}
