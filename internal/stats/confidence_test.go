package stats

import (
	"math"
	"slices"
	"testing"
)

// The bounds hold as often as they say, whatever the distribution; here they are
// computed by enumeration.
func TestQuantileRanks_HoldTheLevel(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 7, 40, 104, 1000} {
		for _, q := range []float64{.5, .95, .99} {
			low, high := QuantileRanks(n, q, .99)
			if low > 0 && BinomialAtLeast(low, n, q) < .995 {
				t.Errorf("n %d, q %g: the low rank %d errs too often", n, q, low)
			}
			if high <= n && BinomialAtLeast(high, n, q) > .005 {
				t.Errorf("n %d, q %g: the high rank %d errs too often", n, q, high)
			}
			if low < n && BinomialAtLeast(low+1, n, q) >= .995 || high > 1 && BinomialAtLeast(high-1, n, q) <= .005 {
				t.Errorf("n %d, q %g: ranks %d and %d could be nearer", n, q, low, high)
			}
		}
	}
}

func TestQuantileNeeds(t *testing.T) {
	t.Parallel()
	for q, want := range map[float64]int{.5: 8, .95: 104, .99: 528} {
		if got := QuantileNeeds(q, .99); got != want {
			t.Errorf("q %g needs %d, want %d", q, got, want)
		}
	}
}

func TestQuantileRanks_OfALargeRun(t *testing.T) {
	t.Parallel()
	low, high := QuantileRanks(1_000_000_000, .95, .99)
	if want := 2.5758 * math.Sqrt(1e9*.95*.05); math.Abs(float64(high-low)-2*want) > .01*want {
		t.Errorf("ranks %d to %d", low, high)
	}
}

// Published values: 0 of 100 and 5 of 50 at 95 %.
func TestProportionInterval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		k, n int
		want []float64
	}{{0, 100, []float64{0, .0362}}, {5, 50, []float64{.0333, .2181}}, {50, 50, []float64{.9289, 1}}, {0, 0, []float64{0, 1}}} {
		low, high := ProportionInterval(c.k, c.n, .95)
		if !slices.EqualFunc([]float64{low, high}, c.want, func(a, b float64) bool { return math.Abs(a-b) < 1e-4 }) {
			t.Errorf("%d of %d: %g to %g, want %v", c.k, c.n, low, high, c.want)
		}
	}
}
