package stats

import (
	"math"
	"slices"
	"testing"
)

func TestFractions_AreEqualWhereWeightsMakeNoSense(t *testing.T) {
	t.Parallel()
	equal := []float64{.5, .5}
	for name, tc := range map[string]struct{ weights, want []float64 }{
		"of weights":   {[]float64{3, 1}, []float64{.75, .25}},
		"zeros":        {[]float64{0, 0}, equal},
		"one of zero":  {[]float64{2, 0}, equal},
		"a negative":   {[]float64{3, -1}, equal},
		"an infinity":  {[]float64{1, math.Inf(1)}, equal},
		"no number":    {[]float64{math.NaN(), 1}, equal},
		"one":          {[]float64{7}, []float64{1}},
		"none":         {nil, []float64{}},
		"zero, before": {[]float64{0, 2}, equal},
	} {
		if got := Fractions(tc.weights); !slices.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", name, got, tc.want)
		}
	}
}
