package stats

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// even returns k equal shares.
func even(k int) []float64 { return slices.Repeat([]float64{1 / float64(k)}, k) }

// Published values for 64 threads each and a probability of 0.999.
func TestSafeSessions(t *testing.T) {
	t.Parallel()
	const sixth = 1. / 6
	for name, tc := range map[string]struct {
		shares []float64
		want   int
	}{
		"two":                          {shares: even(2), want: 96},
		"three":                        {shares: even(3), want: 136},
		"five":                         {shares: even(5), want: 213},
		"eight":                        {shares: even(8), want: 328},
		"ten":                          {shares: even(10), want: 404},
		"two, one lost":                {shares: even(1), want: 64},
		"five, one lost":               {shares: even(4), want: 175},
		"eight, one lost":              {shares: even(7), want: 290},
		"ten, one lost":                {shares: even(9), want: 366},
		"zones of 2, 2 and 1":          {shares: []float64{sixth, sixth, sixth, sixth, 2 * sixth}, want: 140},
		"zones of 2, 2 and 1, less it": {shares: []float64{sixth, sixth, 2 * sixth, 2 * sixth}, want: 137},
		"one with share 1":             {shares: []float64{1, 0}, want: 64},
		"none":                         {want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := SafeSessions(tc.shares, 64, .999); got != tc.want {
				t.Errorf("%d sessions are safe, want %d", got, tc.want)
			}
		})
	}
	if got := SafeSessions(even(5), 0, .999); got != 0 {
		t.Errorf("%d sessions are safe without threads", got)
	}
}

func TestFits_Limits(t *testing.T) {
	t.Parallel()
	assertNear(t, "as many as one holds", Fits(8, even(3), 8), 1, 0)
	assertNear(t, "no sessions", Fits(0, nil, 8), 1, 0)
	assertNear(t, "one more than all hold", Fits(25, even(3), 8), 0, 0)
	assertNear(t, "no coordinators", Fits(1, nil, 8), 0, 0)
	assertNear(t, "24 on three with 8 threads each", Fits(24, even(3), 8), 9465511770./282429536481, 1e-9) // 24!/(8!)^3 of 3^24
	assertNear(t, "10 on two with 9", Fits(10, even(2), 9), 1-2/1024., 1e-9)
}

// Compares with the sum over all ways to place n sessions.
func TestFits_EqualsSumOverPlacements(t *testing.T) {
	t.Parallel()
	for _, shares := range [][]float64{even(2), even(4), {.5, .3, .2}, {.1, .1, .1, .1, .6}, {.97, .02, .01}} {
		for n := range 13 {
			for threads := range 8 {
				want := placements(n, shares, threads)
				if got := Fits(n, shares, threads); math.Abs(got-want) > 1e-12 {
					t.Errorf("%d on %v with %d each: %g, want %g", n, shares, threads, got, want)
				}
			}
		}
	}
}

// placements sums over the number of sessions on the first coordinator.
func placements(n int, shares []float64, threads int) float64 {
	if len(shares) == 0 {
		if n == 0 {
			return 1
		}
		return 0
	}
	total, ways := 0., 1. // ways to choose the sessions on the first
	for first := 0; first <= min(n, threads); first++ {
		total += ways * math.Pow(shares[0], float64(first)) * placements(n-first, shares[1:], threads)
		ways *= float64(n-first) / float64(first+1)
	}
	return total
}

// Where overload is rare, the bounds are precise for sizes at which placements
// cannot be enumerated.
func TestFits_WithinBounds(t *testing.T) {
	t.Parallel()
	for _, of := range []struct{ k, threads int }{{k: 2, threads: 64}, {k: 10, threads: 64}, {k: 2, threads: 1000}, {k: 200, threads: 64}, {k: 200, threads: 1000}} {
		n := SafeSessions(even(of.k), of.threads, 1-1e-5)
		low, high := fitsBounds(n, even(of.k), of.threads)
		if high-low > 1e-10 || high > 1-1e-6 {
			t.Fatalf("the bounds %g and %g are too far apart to be a test", low, high)
		}
		if got := Fits(n, even(of.k), of.threads); got < low-1e-9 || got > high+1e-9 {
			t.Errorf("%d on %d with %d each: %.12f, want %.12f to %.12f", n, of.k, of.threads, got, low, high)
		}
	}
	for _, shares := range [][]float64{even(3), even(10), {.5, .3, .2}} { // wide bounds
		for n := 1; n <= 20*len(shares); n++ {
			low, high := fitsBounds(n, shares, 20)
			if got := Fits(n, shares, 20); got < low-1e-9 || got > high+1e-9 {
				t.Errorf("%d on %v: %g is not between %g and %g", n, shares, got, low, high)
			}
		}
	}
}

// If the bounds do not decide, the exact probability does, or for large numbers
// the lower bound.
func TestSafe_UsesExactProbability(t *testing.T) {
	t.Parallel()
	n := SafeSessions(even(10), 64, .5)
	if low, high := fitsBounds(n, even(10), 64); low >= .5 || high < .5 {
		t.Fatalf("the bounds %[2]g and %[3]g decide for %[1]d sessions", n, low, high)
	}
	if at, beyond := Fits(n, even(10), 64), Fits(n+1, even(10), 64); at < .5 || beyond >= .5 {
		t.Errorf("%d sessions fit with probability %g, one more with %g; want one half in between", n, at, beyond)
	}
	many := SafeSessions(even(10_000), 1000, .5)
	if low, _ := fitsBounds(many, even(10_000), 1000); low < .5 {
		t.Errorf("%d fit with at least %g, want .5", many, low)
	}
}

func TestFits_AgreesWithSimulation(t *testing.T) {
	t.Parallel()
	const draws = 40_000
	for name, tc := range map[string]struct {
		n       int
		shares  []float64
		threads int
	}{
		"404 on ten":  {n: 404, shares: even(10), threads: 64},
		"440 on ten":  {n: 440, shares: even(10), threads: 64},
		"230 on five": {n: 230, shares: even(5), threads: 64},
		"18 on three": {n: 18, shares: even(3), threads: 8},
		"uneven ones": {n: 160, shares: []float64{.4, .3, .2, .1}, threads: 64},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := Power(tc.n, tc.shares, draws, NewSeededRand(tc.n), func(counts []int) bool { return slices.Max(counts) <= tc.threads })
			want := Fits(tc.n, tc.shares, tc.threads)
			if off := math.Abs(got - want); off > 4*math.Sqrt(want*(1-want)/draws)+1e-9 {
				t.Errorf("%.5f of the draws fit, want %.5f", got, want)
			}
		})
	}
}

func BenchmarkSafeSessions(b *testing.B) {
	for _, k := range []int{10, 100} {
		b.Run(fmt.Sprintf("%d coordinators at one half", k), func(b *testing.B) {
			for b.Loop() {
				SafeSessions(even(k), 64, .5)
			}
		})
	}
}
