package peertest

import (
	"bytes"
	"flag"
	"fmt"
	"slices"
)

// manyChanges is set by make hostile.
var manyChanges = flag.Bool("hostile", false, "try many more changes of what a peer says; make hostile does")

// Change is one way to tamper with what a peer says: at a byte of it, counted from 0.
type Change struct {
	At   int
	Name string
	// Cuts is that nothing comes after the place: what was cut cannot be whole.
	Cuts bool
	// Loses is that what was said from the place on is lost: it is cut, or noise instead.
	Loses bool

	replace func(old byte, n int) (b []byte, more bool) // the n-th byte from At on
}

// String is what is changed and where.
func (c Change) String() string { return fmt.Sprintf("%s at byte %d", c.Name, c.At) }

// Apply changes a part of what is said, which begins at byte from. more is false where
// the connection ends with it.
func (c Change) Apply(part []byte, from int) (changed []byte, more bool) {
	if c.replace == nil || c.At >= from+len(part) {
		return part, true
	}
	begin := max(0, c.At-from)
	changed = slices.Clone(part[:begin])
	for i, old := range part[begin:] {
		b, more := c.replace(old, from+begin+i-c.At)
		changed = append(changed, b...)
		if !more {
			return changed, false
		}
	}
	return changed, true
}

// noise is what nobody says.
var noise = bytes.Repeat([]byte{0xa5, 0x00, 0xff, 0x7f, 0x0b, 0x0c, 0x0f, 0x80}, 16)

// ways are the ways to tamper, at any place.
var ways = []Change{
	{Name: "cut", Cuts: true, Loses: true, replace: func(byte, int) ([]byte, bool) { return nil, false }},
	{Name: "bit 0 flipped", replace: once(func(b byte) []byte { return []byte{b ^ 1} })},
	{Name: "bit 3 flipped", replace: once(func(b byte) []byte { return []byte{b ^ 8} })},
	{Name: "bit 7 flipped", replace: once(func(b byte) []byte { return []byte{b ^ 0x80} })},
	{Name: "all bits flipped", replace: once(func(b byte) []byte { return []byte{^b} })},
	{Name: "a byte left out", replace: once(func(byte) []byte { return nil })},
	{Name: "a byte twice", replace: once(func(b byte) []byte { return []byte{b, b} })},
	{Name: "a length of 2^31-1", replace: word(0x7f, 0xff, 0xff, 0xff)},
	{Name: "a length of -1", replace: word(0xff, 0xff, 0xff, 0xff)},
	{Name: "a length of 65536", replace: word(0, 1, 0, 0)},
	{Name: "a length of 0", replace: word(0, 0, 0, 0)},
	{Name: "noise to the end", Loses: true, replace: func(byte, int) ([]byte, bool) { return noise, false }},
}

// once changes one byte.
func once(f func(byte) []byte) func(byte, int) ([]byte, bool) {
	return func(old byte, n int) ([]byte, bool) {
		if n > 0 {
			return []byte{old}, true
		}
		return f(old), true
	}
}

// word puts four bytes in the place of others.
func word(w ...byte) func(byte, int) ([]byte, bool) {
	return func(old byte, n int) ([]byte, bool) {
		if n < len(w) {
			old = w[n]
		}
		return []byte{old}, true
	}
}

// Changes are ways at bytes of what is said, spread evenly where they are not all: some of
// them, and with -hostile many.
func Changes(said, some, many int) []Change {
	all := make([]Change, 0, said*len(ways))
	for at := range said {
		for _, w := range ways {
			w.At = at
			all = append(all, w)
		}
	}
	if *manyChanges {
		some = many
	}
	if len(all) <= some {
		return all
	}
	out := make([]Change, some)
	for i := range out {
		out[i] = all[i*len(all)/some+i%(len(all)/some)] // not always the same way
	}
	return out
}

// Some are few of all, spread evenly; with -hostile many.
func Some[T any](all []T, few, many int) []T {
	n := few
	if *manyChanges {
		n = many
	}
	if len(all) <= n {
		return all
	}
	out := make([]T, n)
	for i := range out {
		out[i] = all[i*len(all)/n]
	}
	return out
}
