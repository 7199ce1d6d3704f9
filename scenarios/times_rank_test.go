package scenarios_test

import (
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The percentiles of reports, of thresholds and of charts are those of one rank: the 54th of
// 56 is the first that 95 % do not exceed.
func TestQuantile_IsTheSampleOfTheRank(t *testing.T) {
	t.Parallel()
	var times scenarios.Times
	for i := range 56 {
		times.Record(time.Duration(i+1) * time.Millisecond)
	}
	for q, rank := range map[float64]int{0: 1, .5: 28, .95: 54, .99: 56, 1: 56} {
		if got := scenarios.QuantileRank(q, 56); got != rank {
			t.Errorf("rank of p(%g) of 56: %d, want %d", q*100, got, rank)
		}
		if got, want := times.Quantile(q).Round(100*time.Microsecond), time.Duration(rank)*time.Millisecond; got != want {
			t.Errorf("p(%g) of 56: %s, want %s", q*100, got, want)
		}
	}
	if got := (scenarios.Times{}).Quantile(.95); got != 0 {
		t.Errorf("of nothing: %s", got)
	}
}
