package stats

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// lawOf enumerates all orders of the counts.
func lawOf(counts []int) map[int]float64 {
	law, left, ways := map[int]float64{}, slices.Clone(counts), 0.0
	var walk func(last, m, rest int)
	walk = func(last, m, rest int) {
		if rest == 0 {
			law[m]++
			ways++
			return
		}
		for kind, n := range left {
			if n == 0 {
				continue
			}
			left[kind]--
			if kind == last {
				walk(kind, m+1, rest-1)
			} else {
				walk(kind, m, rest-1)
			}
			left[kind]++
		}
	}
	walk(-1, 0, Sum(counts))
	for m := range law {
		law[m] /= ways
	}
	return law
}

func TestMatchesLaw_OverAllOrders(t *testing.T) {
	t.Parallel()
	for _, counts := range [][]int{{1}, {4}, {2, 1}, {3, 2, 2}, {5, 1, 1}, {1, 1, 1, 1}, {6, 6}, {4, 0, 3, 2}, {2, 2, 2, 2, 2}, {1, 9}, {5, 4, 3}} {
		want := lawOf(counts)
		got := Matches{Counts: counts}.law()
		for m := range Sum(counts) + 1 {
			if d := math.Abs(got.at(m) - want[m]); d > 1e-14 {
				t.Errorf("P(M = %d) for %v is off by %g", m, counts, d)
			}
		}
	}
}

func TestMatchesLaw_HasExactMoments(t *testing.T) {
	t.Parallel()
	for _, counts := range [][]int{{8, 8, 8, 8, 8}, {30, 10, 5}, {1, 1, 400}, slices.Repeat([]int{102}, 32), {2000, 2000, 1000}} {
		m := Matches{Counts: counts}
		law := m.law()
		total, mean, square := 0.0, 0.0, 0.0
		for i, p := range law.p {
			total += p
			mean += p * float64(law.offset+i)
			square += p * (float64(law.offset+i) - m.Mean()) * (float64(law.offset+i) - m.Mean())
		}
		assertNear(t, fmt.Sprint(counts, " total"), total, 1, 1e-12)
		assertNear(t, fmt.Sprint(counts, " mean"), mean, m.Mean(), 1e-10)
		assertNear(t, fmt.Sprint(counts, " variance"), square, m.Variance(), 1e-8)
	}
}

func TestMatchesAtLeast(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lanes [][]int
		m     int
		want  float64
	}{
		"two lanes of twenty":             {lanes: [][]int{{3, 4, 4, 4, 5}, {2, 4, 4, 5, 5}}, m: 14, want: .00212},
		"two lanes of even counts":        {lanes: [][]int{{4, 4, 4, 4, 4}, {4, 4, 4, 4, 4}}, m: 15, want: .000354},
		"one lane of ninety":              {lanes: [][]int{slices.Repeat([]int{9}, 10)}, m: 18, want: .000859},
		"two kinds in one order of 12870": {lanes: [][]int{{8, 8}}, m: 14, want: 2 / 12870.},
		"one kind":                        {lanes: [][]int{{9}}, m: 8, want: 1},
		"no sequence":                     {want: 1},
		"as many as no chance gives":      {lanes: [][]int{{100, 100, 100}}, m: 297, want: 1e-22},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seqs := []Matches{}
			for _, counts := range tc.lanes {
				seqs = append(seqs, Matches{Counts: counts})
			}
			if len(seqs) > 0 {
				seqs[0].M = tc.m // the sum counts
			}
			assertNear(t, "P", MatchesAtLeast(seqs), tc.want, .002)
		})
	}
}

// The order in which kinds enter does not matter.
func TestMatchesAtLeast_WhateverTheNames(t *testing.T) {
	t.Parallel()
	a := MatchesAtLeast([]Matches{{Counts: []int{3, 9, 1, 12}, M: 15}})
	b := MatchesAtLeast([]Matches{{Counts: []int{12, 1, 3, 9}, M: 15}})
	assertNear(t, "P of the counts in another order", b, a, 1e-11)
}

// Beyond the length that is computed exactly the normal curve is near.
func TestMatchesAtLeast_NormalBeyond(t *testing.T) {
	t.Parallel()
	m := Matches{Counts: slices.Repeat([]int{exactMatches / 5}, 5)}
	m.M = int(m.Mean() + 3.3*math.Sqrt(m.Variance()))
	exact := MatchesAtLeast([]Matches{m})
	assertNear(t, "the normal curve's P", normalTail([]Matches{m}), exact, .05)
	m.Counts[0]++
	assertNear(t, "P of a longer one", MatchesAtLeast([]Matches{m}), exact, .05)
}

func BenchmarkMatchesAtLeast(b *testing.B) {
	for name, seqs := range map[string][]Matches{
		"20+20 on 5":  {{Counts: []int{3, 4, 4, 4, 5}, M: 8}, {Counts: []int{2, 4, 4, 5, 5}, M: 8}},
		"3264 on 32":  {{Counts: slices.Repeat([]int{102}, 32), M: 120}},
		"3264 on 2":   {{Counts: slices.Repeat([]int{1632}, 2), M: 1700}},
		"50000 on 5":  {{Counts: slices.Repeat([]int{10000}, 5), M: 10300}},
		"50000 on 2":  {{Counts: slices.Repeat([]int{25000}, 2), M: 25400}},
		"50000 on 32": {{Counts: slices.Repeat([]int{1562}, 32), M: 1600}},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				MatchesAtLeast(seqs)
			}
		})
	}
}

// Without two sessions there is no pair, and with one order nothing to be told.
func TestMatches_OfNothing(t *testing.T) {
	t.Parallel()
	for _, m := range []Matches{{}, {Counts: []int{0, 0}}, {Counts: []int{1}}} {
		if m.Mean() != 0 || m.Variance() != 0 {
			t.Errorf("%v: mean %g, variance %g", m.Counts, m.Mean(), m.Variance())
		}
	}
	if p := normalTail([]Matches{{Counts: []int{5}, M: 4}}); p != 1 {
		t.Errorf("one order: P = %g", p)
	}
	if p := (distribution{}).convolve(distribution{p: []float64{1}}); len(p.p) != 0 {
		t.Errorf("a sum with nothing: %v", p)
	}
}

func TestMatchProbability_OfFewValues(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		counts []int
		want   float64
	}{{nil, 0}, {[]int{1}, 0}, {[]int{2}, 1}, {[]int{1, 1}, 0}, {[]int{2, 1}, 1. / 3}} {
		if got := MatchProbability(tc.counts); got != tc.want {
			t.Errorf("%v: %g, want %g", tc.counts, got, tc.want)
		}
	}
}

// One session has a statistic, and none has 0.
func TestChiSquare_OfOneSession(t *testing.T) {
	t.Parallel()
	if got := ChiSquare([]int{1, 0}, []float64{.5, .5}); got != 1 {
		t.Errorf("one session: %g", got)
	}
	if got := ChiSquare([]int{0, 0}, []float64{.5, .5}); got != 0 {
		t.Errorf("no session: %g", got)
	}
}
