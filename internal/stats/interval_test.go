package stats

import (
	"math"
	"testing"
)

// The expected ones were computed apart from this code.
func TestInterval(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		c, n      int
		low, high float64
	}{
		{0, 0, 0, 1},
		{0, 10, 0, 0.2775328},
		{10, 10, 0.7224672, 1},
		{14, 56, 0.155171, 0.376926},
		{528, 2882, 0.169508, 0.197748},
	} {
		low, high := Interval(c.c, c.n)
		if math.Abs(low-c.low) > 1e-6 || math.Abs(high-c.high) > 1e-6 {
			t.Errorf("Interval(%d, %d) = %f, %f; want %f, %f", c.c, c.n, low, high, c.low, c.high)
		}
	}
}
