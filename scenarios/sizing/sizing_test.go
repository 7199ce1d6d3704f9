package sizing

import (
	"fmt"
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestCoordinators(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		sessions, threads int
		policy            scenarios.Policy
		want              Sizing
	}{
		"400 evenly":                            {400, 64, scenarios.PolicyLeastConn, Sizing{7, 8, 67}},
		"400 in turn":                           {400, 64, scenarios.PolicyRoundRobin, Sizing{7, 8, 67}},
		"400 by hash":                           {400, 64, scenarios.PolicyFlowHash, Sizing{10, 11, 69}},
		"400 by chance":                         {400, 64, scenarios.PolicyRandom, Sizing{10, 11, 69}},
		"400 as nobody says":                    {400, 64, scenarios.PolicyAuto, Sizing{10, 11, 69}},
		"as many as one holds":                  {64, 64, scenarios.PolicyRandom, Sizing{1, 2, 0}},
		"one more than one holds":               {65, 64, scenarios.PolicyLeastConn, Sizing{2, 3, 65}},
		"from one address":                      {64, 64, scenarios.PolicySource, Sizing{1, 2, 0}},
		"from one address, more than one holds": {65, 64, scenarios.PolicySource, Sizing{}},
		"more than any number holds":            {400, 1, scenarios.PolicyRandom, Sizing{}},
		"no threads":                            {1, 0, scenarios.PolicyLeastConn, Sizing{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Coordinators(tc.sessions, tc.threads, tc.policy); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// Dealing sessions shows it: so many coordinators hold them in 999 of 1000
// draws, give or take four standard deviations, and one less does not.
func TestCoordinators_Smallest(t *testing.T) {
	t.Parallel()
	const draws, least = 20_000, .999 - 4*.00022
	fits := func(sessions, k, threads int) float64 {
		return stats.Power(sessions, stats.Fractions(make([]float64, k)), draws, stats.NewSeededRand(sessions, k, threads), func(counts []int) bool {
			return slices.Max(counts) <= threads
		})
	}
	for _, of := range []struct{ sessions, threads int }{{400, 64}, {100, 32}, {200, 64}} {
		t.Run(fmt.Sprintf("%d sessions and %d threads", of.sessions, of.threads), func(t *testing.T) {
			t.Parallel()
			s := Coordinators(of.sessions, of.threads, scenarios.PolicyRandom)
			for what, p := range map[string]float64{
				"as many":                     fits(of.sessions, s.Coordinators, of.threads),
				"one more, of which one dies": fits(of.sessions, s.OneDown-1, of.threads),
				"with more threads, one less": fits(of.sessions, s.Coordinators-1, s.Threads),
			} {
				if p < least {
					t.Errorf("%s: of %+v they fit in %.4f of the draws", what, s, p)
				}
			}
			if p := fits(of.sessions, s.Coordinators-1, of.threads); p >= least {
				t.Errorf("one less than %d would do: they fit in %.4f of the draws", s.Coordinators, p)
			}
		})
	}
}

func TestCeilings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		policy     scenarios.Policy
		k, threads int
		want       Ceiling
	}{
		"ten by chance":      {scenarios.PolicyRandom, 10, 64, Ceiling{640, 576, 404, 366}},
		"five by hash":       {scenarios.PolicyFlowHash, 5, 64, Ceiling{320, 256, 213, 175}},
		"ten evenly":         {scenarios.PolicyLeastConn, 10, 64, Ceiling{640, 576, 640, 576}},
		"three of eight":     {scenarios.PolicyLeastConn, 3, 8, Ceiling{24, 16, 24, 16}},
		"ten, one address":   {scenarios.PolicySource, 10, 64, Ceiling{640, 576, 64, 64}},
		"the only one":       {scenarios.PolicySource, 1, 64, Ceiling{64, 0, 64, 0}},
		"nobody":             {scenarios.PolicyRandom, 0, 64, Ceiling{}},
		"less than nobody":   {scenarios.PolicyRandom, -1, 64, Ceiling{}},
		"nobody has threads": {scenarios.PolicyLeastConn, 5, 0, Ceiling{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Ceilings(tc.policy, tc.k, tc.threads); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// Of coordinators with different shares the loss of the second largest is the
// worst: no other leaves fewer sessions that fit, but for one session or so.
func TestFleet_OneDown(t *testing.T) {
	t.Parallel()
	for _, weights := range [][]float64{{2, 1, 1}, {4, 2, 1, 1}, {3, 3, 1}, {1, 2, 3, 4, 5}, {10, 1, 1, 1}} {
		f := Even(scenarios.PolicyRandom, len(weights), 64).WithWeights(weights)
		for i := range weights {
			other := Fleet{f.policy, f.threads, stats.Fractions(slices.Delete(slices.Clone(weights), i, i+1))}
			if got, least := f.OneDown().safe(), other.safe(); got > least+1 {
				t.Errorf("of %v with one lost %d fit, and without number %d only %d", weights, got, i+1, least)
			}
		}
	}
}

// Whatever is safe is held, and one more is not.
func TestFleet_Safe(t *testing.T) {
	t.Parallel()
	for _, policy := range scenarios.Policies() {
		for _, weights := range [][]float64{nil, {1, 1, 1}, {3, 2, 1}, {.1, .7, .2}} {
			f := Even(policy, 3, 50).WithWeights(weights)
			if n := f.safe(); !f.holds(n) || f.holds(n+1) {
				t.Errorf("%s, %v: %d are safe, held %v, and one more %v", policy, weights, n, f.holds(n), f.holds(n+1))
			}
		}
	}
}

func TestSizing_Bounds(t *testing.T) {
	t.Parallel()
	const huge = 1 << 60
	c := Ceilings(scenarios.PolicyRandom, huge, huge)
	if c.Nominal != scenarios.MaxCoordinators*scenarios.MaxThreads || c.Safe > c.Nominal || c.Safe < c.Nominal*9/10 {
		t.Errorf("got %+v", c)
	}
	if got := Coordinators(huge, huge, scenarios.PolicyRandom); got != (Sizing{}) {
		t.Errorf("got %+v", got)
	}
	if got := ThreadsFor(huge, 3, scenarios.PolicyLeastConn); got != 0 {
		t.Errorf("%d threads hold as many as there are atoms", got)
	}
}
