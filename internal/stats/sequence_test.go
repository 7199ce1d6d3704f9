package stats

import (
	"reflect"
	"testing"
)

func TestMatchesOf(t *testing.T) {
	t.Parallel()
	got := MatchesOf([]int{0, 0, 2, 2, 2, 0})
	if want := (Matches{Counts: []int{3, 0, 3}, M: 3}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestMatchesApart(t *testing.T) {
	t.Parallel()
	seqs := [][]int{{0, 1, 2, 0, 1, 2, 0}, {1, 1}, nil}
	for distance, want := range map[int][2]int{1: {1, 7}, 2: {0, 5}, 3: {4, 4}, 7: {0, 0}} {
		if equal, pairs := MatchesApart(seqs, distance); equal != want[0] || pairs != want[1] {
			t.Errorf("%d of %d are equal at distance %d, want %v", equal, pairs, distance, want)
		}
	}
	assertNear(t, "the chance of an equal pair", EqualPairProbability(seqs), (3*2+2+2+2)/(42.+2), 1e-12)
	assertNear(t, "that of no pair", EqualPairProbability([][]int{{4}}), 0, 0)
}

func TestContinuedAfter(t *testing.T) {
	t.Parallel()
	seqs := [][]int{{0, 0, 1, 1, 1, 2}, {3, 3}}
	for length, want := range map[int]Continued{
		1: {LongOn: 4, LongEnded: 2},
		2: {LongOn: 1, LongEnded: 2, ShortOn: 3, ShortEnded: 0},
		3: {LongOn: 0, LongEnded: 1, ShortOn: 4, ShortEnded: 1},
		4: {ShortOn: 4, ShortEnded: 2},
	} {
		if got := ContinuedAfter(seqs, length); got != want {
			t.Errorf("after %d: %+v, want %+v", length, got, want)
		}
	}
}

// A rotation through pairs ends each stretch at two; a coin that sticks does not
// know how long it stuck.
func TestContinuedAfter_TellsRotationFromStickiness(t *testing.T) {
	t.Parallel()
	var turns, coin []int
	r := NewSeededRand(7)
	for i := range 40 {
		turns = append(turns, i/2%5)
		if i == 0 || r.Float64() >= .5 {
			coin = append(coin, r.IntN(5))
		} else {
			coin = append(coin, coin[i-1])
		}
	}
	if p := ContinuedAfter([][]int{turns}, 2).Tail(); p > 1e-6 {
		t.Errorf("a rotation through pairs has P = %g", p)
	}
	if p := ContinuedAfter([][]int{coin}, 2).Tail(); p < .05 {
		t.Errorf("a coin has P = %g", p)
	}
}
