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
	looks := func(n, ceiling int) Budget {
		return Budget{Look: n, Burst: 16, Scouts: 1, Ceiling: ceiling, Typical: 1 + n + 16, Ordered: scenarios.MaxOrdered}
	}
	for name, tc := range map[string]struct {
		s     scenarios.Scenario
		nodes int
		want  Budget
	}{
		"five coordinators":                    {with(count(5)), 2, looks(40, 1+13*40+5*16)},
		"three":                                {with(count(3)), 2, looks(42, 1+13*42+5*16)},
		"five over four nodes":                 {with(count(5)), 4, looks(120, 1+13*120+5*16)},
		"twenty on one node":                   {with(count(20)), 1, looks(200, 1+13*200+5*16)},
		"one, which nothing can be told of":    {with(count(1)), 2, looks(40, 1+5*40+5*16)},
		"an unknown number may grow to twenty": {with(count(0)), 2, looks(40, 1+13*142+7*16)},
		"as told":                              {with(func(s *scenarios.Scenario) { s.Load.Sessions = 400 }), 2, looks(400, 1+13*400+5*16)},
		"so many for each":                     {with(func(s *scenarios.Scenario) { s.Load.PerCoordinator = 100 }), 2, looks(500, 1+13*500+5*16)},
		"weights need the rarest":              {with(func(s *scenarios.Scenario) { s.Expect.Balance.Weights = []float64{6, 1, 1, 1, 1} }), 1, looks(85, 1+13*85+5*16)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Plan(tc.s, tc.nodes); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestPlan_Kinds(t *testing.T) {
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
			want := Budget{Look: tc.look, Scouts: 1, Typical: 1 + tc.look, Ceiling: tc.ceiling}
			if got := Plan(tc.s, 2); got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

// As many sessions as a query may cost miss a second meeting with somebody in
// fewer than one run of a thousand, where they are dealt by chance.
func TestDrawsForTwo(t *testing.T) {
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

// The figures of docs/statistics.md.
func TestPlan_FirstLook(t *testing.T) {
	t.Parallel()
	for nodes, want := range map[int]map[int]int{
		1: {2: 40, 3: 42, 4: 40, 5: 40, 6: 48, 8: 72, 10: 90, 12: 108, 16: 160, 20: 200, 32: 352},
		2: {2: 40, 3: 42, 4: 40, 5: 40, 6: 54, 8: 88, 10: 120, 12: 144, 16: 208, 20: 280, 32: 480},
		4: {2: 40, 3: 48, 4: 76, 5: 120, 6: 144, 8: 200, 10: 280, 12: 336, 16: 480, 20: 620, 32: 1088},
	} {
		for k, n := range want {
			s := judgetest.Declared(k)
			s.Load.Burst = 16
			if got := Plan(s, nodes).Look; got != n {
				t.Errorf("%d coordinators over %d nodes: %d sessions, want %d", k, nodes, got, n)
			}
		}
	}
}

func TestBudget_WithScouts(t *testing.T) {
	t.Parallel()
	if got, want := (Budget{Scouts: 1, Typical: 57, Ceiling: 600}).WithScouts(2), (Budget{Scouts: 2, Typical: 58, Ceiling: 605}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := (Budget{Typical: 57}).WithScouts(4); got.Ceiling != 0 || got.Typical != 60 {
		t.Errorf("a cost that is not known: %+v", got)
	}
}
