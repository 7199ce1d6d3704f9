package threshold_test

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
)

func ExampleParse() {
	t, err := threshold.Parse("session.open", "p(99) < 2s")
	fmt.Println(t.Agg, t.Quantile, t.Needs(), err)
	_, err = threshold.Parse("session.open", "avg < 2s")
	fmt.Println(err)
	// Output:
	// p 0.99 100 <nil>
	// threshold "session.open: avg < 2s": no such aggregation; there are p(99), med, min, max, count and error_rate
}

func ExampleWanted() {
	s := scenarios.Scenario{Thresholds: map[string][]string{"session.open{coordinator=*}": {"p(95) < 300ms", "count > 3"}}}
	for _, t := range threshold.Wanted(s) {
		fmt.Println(t.Metric, "by", t.Tag)
	}
	// Output: session.open by coordinator
}

func ExampleCheck() {
	s := scenarios.Scenario{Kind: scenarios.KindCapacity, Capacity: scenarios.CapacityConfig{Hold: 50}}
	s.Thresholds = map[string][]string{"session.open": {"p(99) < 2s"}}
	fmt.Println(threshold.Check(s))
	// Output: threshold "session.open: p(99) < 2s": needs 100 sessions, and this run takes 50 at most
}
