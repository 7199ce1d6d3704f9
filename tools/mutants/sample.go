package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
)

// A drawing has the mutants of an area in the order in which they are drawn.
type drawing struct {
	area    area
	mutants []mutant
}

// shuffle orders mutants by a hash of the seed and their keys, so that a change of one
// function moves those of no other.
func shuffle(ms []mutant, seed uint64) {
	hash := func(m mutant) [sha256.Size]byte { return sha256.Sum256(fmt.Appendf(nil, "%d %s", seed, m.key())) }
	slices.SortFunc(ms, func(x, y mutant) int {
		a, b := hash(x), hash(y)
		return cmp.Or(bytes.Compare(a[:], b[:]), cmp.Compare(x.key(), y.key()))
	})
}

// A drawn mutant is one of the sample.
type drawn struct {
	mutant
	area area
}

// draw takes a mutant of each area in turn until there are n, or none is left. One that
// does not count is replaced by the next of its area.
func draw(ds []drawing, n int, counts func(mutant) bool) []drawn {
	next := make([]int, len(ds))
	var sample []drawn
	for left := true; left; {
		left = false
		for i, d := range ds {
			for len(sample) < n && next[i] < len(d.mutants) {
				m := d.mutants[next[i]]
				next[i]++
				if counts(m) {
					sample = append(sample, drawn{m, d.area})
					left = true
					break
				}
			}
		}
	}
	return sample
}
