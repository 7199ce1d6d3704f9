package judge

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// Kinds whose sessions have no shares say all the same who answered that should not.
func TestUnexpected_InKindsWithoutShares(t *testing.T) {
	t.Parallel()
	stranger := func(e *scenarios.Measured) {
		o := judgetest.Observed(judgetest.NodeAddr(0), 7)
		e.Looks[0].Add(o)
	}
	counted := func(e *scenarios.Measured) { e.Scenario.Expect.Coordinators = scenarios.ExpectCoordinators{Count: 3} }
	undeclared := func(e *scenarios.Measured) { e.Scenario.Expect.Coordinators = scenarios.ExpectCoordinators{} }
	as := func(k scenarios.Kind) func(*scenarios.Measured) {
		return func(e *scenarios.Measured) {
			e.Scenario.Kind, e.Capacity = k, nil
			e.Watch, e.Idle = &scenarios.WatchSeen{For: 60, Sessions: 24}, &scenarios.IdleSeen{Scale: 1}
		}
	}
	eights := []int{8, 8, 8}
	for name, tc := range map[string]struct {
		e    scenarios.Measured
		want []scenarios.Status
	}{
		"capacity":                        {kept(24, eights, stranger), []scenarios.Status{scenarios.StatusFail}},
		"capacity, more than the number":  {kept(24, eights, both(counted, stranger)), []scenarios.Status{scenarios.StatusFail}},
		"capacity, as declared":           {kept(24, eights, nil), []scenarios.Status{scenarios.StatusPass}},
		"capacity, nothing declared":      {kept(24, eights, undeclared), nil},
		"idle":                            {kept(24, eights, both(stranger, as(scenarios.KindIdle))), []scenarios.Status{scenarios.StatusFail}},
		"watch":                           {kept(24, eights, both(stranger, as(scenarios.KindWatch))), []scenarios.Status{scenarios.StatusFail}},
		"watch, where one may be another": {kept(24, eights, both(counted, stranger, as(scenarios.KindWatch))), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []scenarios.Status
			for _, f := range decide(tc.e).Findings {
				if f.ID == scenarios.BalanceUnexpected {
					got = append(got, f.Status)
					judgetest.Prose(t, f)
				}
			}
			if len(got) != len(tc.want) || len(got) > 0 && got[0] != tc.want[0] {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}
