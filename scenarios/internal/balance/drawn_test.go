package balance

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// What is remembered is what is drawn, for each look, number of coordinators and limit.
func TestDrawnChances_AreThoseThatAreDrawn(t *testing.T) {
	t.Parallel()
	of := func(n int, change func(*scenarios.Scenario)) powerOf {
		s := scenarios.Default()
		s.Expect.Coordinators.Count = 5
		change(&s)
		return planned(s, n)
	}
	for range 2 { // drawn, then remembered
		for name, p := range map[string]powerOf{
			"five":          of(40, func(*scenarios.Scenario) {}),
			"a longer look": of(80, func(*scenarios.Scenario) {}),
			"a burst":       of(40, func(s *scenarios.Scenario) { s.Load.Burst = 0 }),
			"four":          of(40, func(s *scenarios.Scenario) { s.Expect.Coordinators.Count = 4 }),
			"weights":       of(40, func(s *scenarios.Scenario) { s.Expect.Balance.Weights = []float64{4, 2, 1, 1, 1} }),
			"alpha":         of(40, func(s *scenarios.Scenario) { s.Expect.Balance.Alpha = .05 }),
			"tolerance":     of(40, func(s *scenarios.Scenario) { s.Expect.Balance.Tolerance = 2 }),
			"round robin":   of(40, func(s *scenarios.Scenario) { s.Expect.Balance.Policy = scenarios.PolicyRoundRobin }),
		} {
			if got, want := drawn.of(p), p.detectable(); *got != *want {
				t.Errorf("%s: %+v, drawn %+v", name, *got, *want)
			}
		}
	}
}
