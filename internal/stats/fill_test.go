package stats

import (
	"math"
	"reflect"
	"testing"
)

// placed visits all ways to add n to the counts.
func placed(counts []int, n int, visit func([]int)) {
	out := make([]int, len(counts))
	var walk func(at, left int)
	walk = func(at, left int) {
		if at == len(counts)-1 {
			out[at] = counts[at] + left
			visit(out)
			return
		}
		for c := 0; c <= left; c++ {
			out[at] = counts[at] + c
			walk(at+1, left-c)
		}
	}
	walk(0, n)
}

func TestFill_AgainstAllWays(t *testing.T) {
	t.Parallel()
	r := NewSeededRand(3)
	for range 300 {
		k := 2 + r.IntN(4)
		counts, weights := make([]int, k), make([]float64, k)
		for i := range counts {
			counts[i], weights[i] = r.IntN(12), float64(1+r.IntN(4))
		}
		p, n := Fractions(weights), 1+r.IntN(7)
		least, most := math.Inf(1), 0.0
		placed(counts, n, func(all []int) {
			least, most = min(least, ChiSquare(all, p)), max(most, ChiSquare(all, p))
		})
		if got := ChiSquare(FillColdest(counts, p, n), p); got > least+1e-9 {
			t.Errorf("%d to the coldest of %v, shares %v: X2 %g, and %g can be had", n, counts, p, got, least)
		}
		corner := 0.0
		for at := range counts {
			corner = max(corner, ChiSquare(FillOne(counts, at, n), p))
		}
		if corner < most-1e-9 {
			t.Errorf("%d to one of %v, shares %v: X2 at most %g, and %g can be had", n, counts, p, corner, most)
		}
	}
}

// Many are placed as they would be one at a time, and as fast as a few.
func TestFillColdest_Many(t *testing.T) {
	t.Parallel()
	r := NewSeededRand(4)
	for range 200 {
		k := 1 + r.IntN(6)
		counts, weights := make([]int, k), make([]float64, k)
		for i := range counts {
			counts[i], weights[i] = r.IntN(300), float64(1+r.IntN(4))
		}
		p, n := Fractions(weights), r.IntN(2000)
		want := counts
		for range n {
			want = FillColdest(want, p, 1)
		}
		if got := FillColdest(counts, p, n); Sum(got) != Sum(want) || math.Abs(ChiSquare(got, p)-ChiSquare(want, p)) > 1e-9 {
			t.Errorf("%d to the coldest of %v, shares %v: %v, one at a time %v", n, counts, p, got, want)
		}
	}
	if got := Sum(FillColdest([]int{3, 1 << 30}, []float64{.5, .5}, 1<<40)); got != 3+1<<30+1<<40 {
		t.Errorf("%d in all", got)
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	even3 := even(3)
	for name, tc := range map[string]struct{ got, want []int }{
		"the coldest are levelled":        {got: FillColdest([]int{9, 2, 4}, even3, 5), want: []int{9, 6, 5}},
		"relative to the shares":          {got: FillColdest([]int{10, 5}, []float64{.8, .2}, 7), want: []int{17, 5}},
		"none to one without a share":     {got: FillColdest([]int{10, 0}, []float64{1, 0}, 2), want: []int{12, 0}},
		"none where nobody has a share":   {got: FillColdest([]int{1}, []float64{0}, 2), want: []int{1}},
		"the hottest gets all":            {got: FillHottest([]int{3, 4, 1}, even3, 5), want: []int{3, 9, 1}},
		"of equals the first gets all":    {got: FillHottest([]int{1, 4, 4}, even3, 5), want: []int{1, 9, 4}},
		"the first is the hottest":        {got: FillHottest([]int{4, 1, 1}, even3, 5), want: []int{9, 1, 1}},
		"the hottest for its share":       {got: FillHottest([]int{10, 5}, []float64{.8, .2}, 3), want: []int{10, 8}},
		"nobody is hot without a share":   {got: FillHottest([]int{1}, []float64{0}, 2), want: []int{1}},
		"one gets all, whatever the rest": {got: FillOne([]int{3, 4, 1}, 2, 5), want: []int{3, 4, 6}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !reflect.DeepEqual(tc.got, tc.want) {
				t.Errorf("%v, want %v", tc.got, tc.want)
			}
		})
	}
}
