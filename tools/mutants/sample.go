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

// draw calls try with a mutant of each area in turn until n have counted, or none is left.
// A mutant for which try returns false is replaced by the next of its area.
func draw(ds []drawing, n int, try func(area, mutant) (bool, error)) (int, error) {
	next := make([]int, len(ds))
	counted := 0
	for left := true; left && counted < n; {
		left = false
		for i, d := range ds {
			for counted < n && next[i] < len(d.mutants) {
				m := d.mutants[next[i]]
				next[i]++
				counts, err := try(d.area, m)
				if err != nil {
					return counted, err
				}
				if counts {
					counted++
					left = true
					break
				}
			}
		}
	}
	return counted, nil
}
