package budget

import (
	"slices"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	with := func(change func(*scenarios.Scenario)) scenarios.Scenario {
		s := judgetest.Declared(5)
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

func TestThePlanOfRunsThatAreNotMadeOfLooks(t *testing.T) {
	t.Parallel()
	const second = scenarios.Duration(time.Second)
	of := func(kind scenarios.Kind, change func(*scenarios.Scenario)) scenarios.Scenario {
		s := judgetest.Declared(5)
		s.Kind, s.Load.Rate, s.Load.Burst = kind, 10, 16
		change(&s)
		return s
	}
	stages := func(rate scenarios.Rate, all ...scenarios.Stage) scenarios.Scenario {
		return of(scenarios.KindStages, func(s *scenarios.Scenario) { s.Load.Rate, s.Load.Stages = rate, all })
	}
	capacity := func(c scenarios.CapacityConfig, k int) scenarios.Scenario {
		return of(scenarios.KindCapacity, func(s *scenarios.Scenario) {
			s.Capacity, s.Expect.Coordinators = c, scenarios.ExpectCoordinators{Count: k}
		})
	}
	query := func(k int) scenarios.Scenario {
		return of(scenarios.KindQuery, func(s *scenarios.Scenario) { s.Expect.Coordinators = scenarios.ExpectCoordinators{Count: k} })
	}
	for name, tc := range map[string]struct {
		s             scenarios.Scenario
		look, ceiling int
	}{
		"a constant rate":                          {stages(10, scenarios.Stage{Rate: 20, For: 30 * second}), 600, 601},
		"a rate that does not come out even":       {stages(10, scenarios.Stage{Rate: .3, For: 10 * second}), 3, 4},
		"a ramp from the rate before, and on":      {stages(10, scenarios.Stage{Rate: 20, For: 30 * second}, scenarios.Stage{Rate: 200, Ramp: 60 * second, For: second}), 600 + 6600 + 200, 7401},
		"sessions to hold":                         {stages(10, scenarios.Stage{Hold: 500, For: 60 * second}), 500, 501},
		"sessions to hold that are not paced":      {stages(0, scenarios.Stage{Hold: 500, For: 60 * second}), 500, 501},
		"a closed stage, of which nobody can know": {stages(10, scenarios.Stage{Rate: 20, For: 30 * second}, scenarios.Stage{Closed: 8, For: second}), 608, 0},
		"as many as are held":                      {capacity(scenarios.CapacityConfig{Hold: 400}, 5), 400, 401},
		"as many as fit, of threads that are said": {capacity(scenarios.CapacityConfig{UntilFull: true, Threads: 8}, 3), 24, 0},
		"as many as fit, of nothing that is said":  {capacity(scenarios.CapacityConfig{UntilFull: true}, 0), 320, 0},
		"a statement twice on each":                {query(5), 10, 51},
		"a statement twice on the only one":        {query(1), 2, 7},
		"a statement on nobody knows how many":     {query(0), 10, 51},
		"an idle ladder":                           {of(scenarios.KindIdle, func(s *scenarios.Scenario) { s.Idle.Steps = []scenarios.Duration{second, 2 * second} }), 2, 3},
		"a watch, with its long sessions": {of(scenarios.KindWatch, func(s *scenarios.Scenario) {
			s.Load.Rate, s.Watch = 2, scenarios.WatchConfig{For: 300 * second, Long: 5}
		}), 605, 606},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := Budget{Look: tc.look, Typical: 1 + tc.look, Ceiling: tc.ceiling}
			if got := Plan(tc.s, 2); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// As many sessions as a query may cost miss a second meeting with somebody in
// fewer than one run of a thousand, where they are dealt by chance.
func TestAQueryMayCostWhatChanceTakes(t *testing.T) {
	t.Parallel()
	const k, draws = 5, 20_000
	r, missed := judgetest.Source(1), 0
	for range draws {
		met := [k]int{}
		for range drawsForTwo(k, .001) {
			met[r.IntN(k)]++
		}
		if slices.Min(met[:]) < scenarios.RunsPerCoordinator {
			missed++
		}
	}
	if missed == 0 || missed > 35 { // 20 are due, and more than 35 with a chance of one in a thousand
		t.Errorf("%d of %d runs missed somebody", missed, draws)
	}
}

func TestTheFirstLookIsAsLongAsTheTableSays(t *testing.T) {
	t.Parallel()
	for k, want := range map[int]int{2: 40, 3: 42, 4: 40, 5: 40, 6: 48, 8: 72, 10: 90, 12: 108, 16: 160, 20: 200, 32: 352} {
		if got := Plan(judgetest.Declared(k), 2).Look; got != want {
			t.Errorf("%d coordinators: %d sessions, want %d", k, got, want)
		}
	}
}
