package budget_test

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

func ExamplePlan() {
	var s scenarios.Scenario
	s.Expect.Coordinators.Count = 10
	b := budget.Plan(s, 2)
	fmt.Printf("a look of %d sessions; %d in all at most\n", b.Look, b.Ceiling)
	// Output: a look of 130 sessions; 1691 in all at most
}
