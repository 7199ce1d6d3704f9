package stats

import (
	"math"
	"slices"
	"testing"
)

// assertNear fails if the relative error of got exceeds tolerance.
func assertNear(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if math.Abs(got-want) > tolerance*math.Abs(want) {
		t.Errorf("%s = %g, want %g", what, got, want)
	}
}

func TestChiSquare(t *testing.T) {
	t.Parallel()
	fifths := []float64{.2, .2, .2, .2, .2}
	for name, tc := range map[string]struct {
		counts []int
		x2, p  float64
	}{
		"equal counts":         {counts: []int{2, 2, 2, 2, 2}, x2: 0, p: 1},
		"all on one":           {counts: []int{10, 0, 0, 0, 0}, x2: 40, p: 4.3e-8},
		"two of five":          {counts: []int{5, 5, 0, 0, 0}, x2: 15, p: .0047},
		"one missing of forty": {counts: []int{12, 11, 9, 8, 0}, x2: 11.25, p: .024},
		"one overloaded":       {counts: []int{22, 5, 5, 4, 4}, x2: 30.75, p: 3.4e-6},
		"no sessions":          {counts: []int{0, 0, 0, 0, 0}, x2: 0, p: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x2 := ChiSquare(tc.counts, fifths)
			assertNear(t, "X2", x2, tc.x2, 1e-9)
			assertNear(t, "P", ChiSquareTail(x2, 4), tc.p, .02)
		})
	}
	if p := ChiSquareTail(3, 0); p != 1 {
		t.Errorf("P without degrees of freedom = %g, want 1", p)
	}
}

// The exact tail is a sum over all outcomes: 1001 for five cells and ten sessions.
func TestChiSquare_AgreesWithExactTest(t *testing.T) {
	t.Parallel()
	p := []float64{.2, .2, .2, .2, .2}
	for name, tc := range map[string]struct {
		counts []int
		exact  float64
	}{
		"all on one":  {counts: []int{10, 0, 0, 0, 0}, exact: 5.1e-7},
		"two of five": {counts: []int{5, 5, 0, 0, 0}, exact: .0050},
		"six on one":  {counts: []int{6, 1, 1, 1, 1}, exact: .0399},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assertNear(t, "exact P", exactTail(ChiSquare(tc.counts, p), 10, p), tc.exact, .01)
		})
	}
}

// exactTail sums the probabilities of all outcomes with at least x2.
func exactTail(x2 float64, n int, p []float64) float64 {
	total := 0.0
	counts := make([]int, len(p))
	var walk func(cell, left int, lnP float64)
	walk = func(cell, left int, lnP float64) {
		if cell == len(p)-1 {
			counts[cell] = left
			if ChiSquare(counts, p) >= x2-1e-9 {
				lg, _ := math.Lgamma(float64(left + 1))
				total += math.Exp(lnP - lg + float64(left)*math.Log(p[cell]))
			}
			return
		}
		for c := 0; c <= left; c++ {
			counts[cell] = c
			lg, _ := math.Lgamma(float64(c + 1))
			walk(cell+1, left-c, lnP-lg+float64(c)*math.Log(p[cell]))
		}
	}
	all, _ := math.Lgamma(float64(n + 1))
	walk(0, n, all)
	return total
}

func TestAtLeast_AtMost(t *testing.T) {
	t.Parallel()
	assertNear(t, "P(X >= 5 of 5 at 1/5)", BinomialAtLeast(5, 5, .2), 3.2e-4, 1e-9)
	assertNear(t, "P(X >= 0)", BinomialAtLeast(0, 5, .2), 1, 0)
	assertNear(t, "P(X >= 6 of 5)", BinomialAtLeast(6, 5, .2), 0, 0)
	assertNear(t, "P(X >= 1 of 10)", BinomialAtLeast(1, 10, .2), 1-math.Pow(.8, 10), 1e-9)
	assertNear(t, "P(X <= 0 of 10)", BinomialAtMost(0, 10, .2), math.Pow(.8, 10), 1e-9)
	assertNear(t, "P(X <= 10 of 10)", BinomialAtMost(10, 10, .2), 1, 0)
	assertNear(t, "P(X >= 1 at 0)", BinomialAtLeast(1, 10, 0), 0, 0)
	assertNear(t, "P(X >= 10 of 10 at 1)", BinomialAtLeast(10, 10, 1), 1, 0)
}

func TestDrawsToSee(t *testing.T) {
	t.Parallel()
	if got := DrawsToSee(1.0/6, .001); got != 38 {
		t.Errorf("a share of a sixth needs %d draws, want 38", got)
	}
	if got := DrawsToSee(1, .001); got != 1 {
		t.Errorf("a share of 1 needs %d draws, want 1", got)
	}
	assertNear(t, "(1-1/5)^40", MissProbability(.2, 40), 1.3e-4, .03)
	assertNear(t, "never seen with share 1", MissProbability(1, 40), 0, 0)
	assertNear(t, "six on one of five", AllEqualProbability([]float64{.2, .2, .2, .2, .2}, 6), math.Pow(.2, 5), 1e-9)
	assertNear(t, "none on one of five", AllEqualProbability([]float64{.2, .2, .2, .2, .2}, 0), 1, 0)
}

// Compares the mean and variance with those over all orders.
func TestMatches_OverAllOrders(t *testing.T) {
	t.Parallel()
	for name, counts := range map[string][]int{
		"two kinds":    {2, 1},
		"three kinds":  {3, 2, 2},
		"one frequent": {5, 1, 1},
		"one kind":     {4},
		"one of each":  {1, 1, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seq, ms []int
			for v, n := range counts {
				seq = append(seq, slices.Repeat([]int{v}, n)...)
			}
			permute(seq, 0, func() { ms = append(ms, matchesOf(seq)) })
			mean, square := 0.0, 0.0
			for _, m := range ms {
				mean += float64(m) / float64(len(ms))
				square += float64(m*m) / float64(len(ms))
			}
			at := Matches{Counts: counts}
			if d := at.Mean() - mean; math.Abs(d) > 1e-9 {
				t.Errorf("mean %g, want %g", at.Mean(), mean)
			}
			if d := at.Variance() - (square - mean*mean); math.Abs(d) > 1e-9 {
				t.Errorf("variance %g, want %g", at.Variance(), square-mean*mean)
			}
		})
	}
}

func permute(seq []int, from int, visit func()) {
	if from == len(seq) {
		visit()
		return
	}
	for i := from; i < len(seq); i++ {
		seq[from], seq[i] = seq[i], seq[from]
		permute(seq, from+1, visit)
		seq[from], seq[i] = seq[i], seq[from]
	}
}

func matchesOf(seq []int) int {
	m := 0
	for i := 1; i < len(seq); i++ {
		if seq[i] == seq[i-1] {
			m++
		}
	}
	return m
}

func TestMatchProbability(t *testing.T) {
	t.Parallel()
	assertNear(t, "two draws alike", MatchProbability([]int{2, 2, 2, 2, 2}), 1.0/9, 1e-9)
	assertNear(t, "one draw", MatchProbability([]int{1}), 0, 0)
}

// The figures of docs/statistics.md: how often simpler measures fail a fair random
// balancer of five coordinators.
func TestPower_SimplerMeasures(t *testing.T) {
	t.Parallel()
	fifths := []float64{.2, .2, .2, .2, .2}
	for name, tc := range map[string]struct {
		n     int
		alarm func(counts []int) bool
		want  float64
	}{
		"max/min above 2 in 20":          {n: 20, alarm: func(c []int) bool { return slices.Max(c) > 2*slices.Min(c) }, want: .805},
		"one of five missed in 10":       {n: 10, alarm: func(c []int) bool { return slices.Min(c) == 0 }, want: .4775},
		"max/min above 2 in 100":         {n: 100, alarm: func(c []int) bool { return slices.Max(c) > 2*slices.Min(c) }, want: .186},
		"max above 1.5 times fair in 20": {n: 20, alarm: func(c []int) bool { return slices.Max(c) > 6 }, want: .416},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Power(tc.n, fifths, 20_000, NewSeededRand(tc.n), tc.alarm); math.Abs(got-tc.want) > .012 {
				t.Errorf("alarms in %.3f, want %.3f", got, tc.want)
			}
		})
	}
}

func TestSeeded_IsDeterministic(t *testing.T) {
	t.Parallel()
	if a, b := NewSeededRand(1, 2).Uint64(), NewSeededRand(1, 2).Uint64(); a != b {
		t.Error("the same seed gave two streams")
	}
	if a, b := NewSeededRand(1, 2).Uint64(), NewSeededRand(2, 1).Uint64(); a == b {
		t.Error("two seeds gave the same stream")
	}
	counts := make([]int, 2)
	Draw(counts, 1000, []float64{.9, .1}, NewSeededRand(1))
	if Sum(counts) != 1000 || counts[0] < 850 || counts[0] > 950 {
		t.Errorf("1000 draws at .9 and .1 gave %v", counts)
	}
	if p := Power(10, []float64{1}, 0, NewSeededRand(1), func([]int) bool { return true }); p != 0 {
		t.Errorf("power of no draws: %g", p)
	}
}
