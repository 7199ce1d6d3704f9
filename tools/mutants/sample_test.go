package main

import (
	"fmt"
	"slices"
	"testing"
)

// some are mutants of a file.
func some(file string, n int) []mutant {
	var ms []mutant
	for i := range n {
		ms = append(ms, mutant{file: file, function: "f", was: fmt.Sprint(i), now: "x"})
	}
	return ms
}

func TestShuffle_DependsOnTheSeedAndTheKeyAlone(t *testing.T) {
	t.Parallel()
	order := func(seed uint64, ms []mutant) []string {
		ms = slices.Clone(ms)
		shuffle(ms, seed)
		return keysOf(ms)
	}
	ms := some("p/p.go", 30)
	reversed := slices.Clone(ms)
	slices.Reverse(reversed)
	if !slices.Equal(order(1, ms), order(1, reversed)) {
		t.Error("another order in the code is another sample")
	}
	if slices.Equal(order(1, ms), order(2, ms)) {
		t.Error("another seed is the same sample")
	}
	fewer := slices.DeleteFunc(order(1, ms), func(key string) bool { return key == ms[3].key() })
	if !slices.Equal(order(1, slices.Delete(slices.Clone(ms), 3, 4)), fewer) {
		t.Error("without one mutant the others have another order")
	}
}

// Each area has an equal part; one that has fewer leaves its part to the others, and what
// does not count is replaced by the next of its area.
func TestDraw_TakesEqualPartsOfAreas(t *testing.T) {
	t.Parallel()
	ds := []drawing{{area{name: "few"}, some("few/f.go", 2)}, {area{name: "a"}, some("a/f.go", 40)}, {area{name: "b"}, some("b/f.go", 40)}}
	parts := map[string]int{}
	sample := draw(ds, 20, func(m mutant) bool { return m.file != "b/f.go" || m.was >= "2" })
	for _, m := range sample {
		parts[m.area.name]++
		if m.area.name == "b" && m.was < "2" {
			t.Errorf("%s is drawn", m.key())
		}
	}
	if len(sample) != 20 || parts["few"] != 2 || parts["a"] != 9 || parts["b"] != 9 {
		t.Errorf("%d drawn: %v", len(sample), parts)
	}
	if n := len(draw(ds, 1000, func(mutant) bool { return true })); n != 82 {
		t.Errorf("%d drawn of 82", n)
	}
}
