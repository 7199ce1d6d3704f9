package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// A trial tries mutants and counts their fates.
type trial struct {
	code   *code
	killer killer
	known  reasons
	counts []counts
	wrong  []error // equivalents that a test kills
	out    io.Writer
	list   bool // mutants are only printed
}

// measure finds out what the tests execute that can kill mutants of the areas.
func (r *trial) measure(b bench, o options) error {
	suites := map[string]bool{elsewhere: true}
	for _, a := range o.areas {
		for _, m := range r.code.mutants[a.name] {
			for _, name := range a.testsOf(m.file) {
				suites[name] = true
			}
		}
	}
	covered := map[string]bool{} // whatever the areas asked for, so that what is kept serves all
	for _, a := range areas {
		for _, name := range a.packages() {
			covered[name] = true
		}
	}
	r.killer = killer{bench: b, suites: map[string]suite{}, most: o.most}
	for _, name := range slices.Sorted(maps.Keys(suites)) {
		s, err := b.measure(name, slices.Sorted(maps.Keys(covered)), r.out)
		if err != nil {
			return err
		}
		r.killer.suites[name] = s
	}
	return nil
}

// mutant tries one, and reports whether it counts.
func (r *trial) mutant(a area, m mutant) bool {
	p := r.code.packages[packageOf(m.file)]
	if !p.compiles(m) {
		return false
	}
	if r.list {
		fmt.Fprintf(r.out, "%s %s\n", m.place(), m.key())
		return true
	}
	o := r.killer.try(m, p.file(m.file), a)
	switch reason := r.known[m.key()]; {
	case o.fate == unbuilt:
		return false
	case reason != "" && o.fate == lived:
		o.fate = reasoned
	case reason != "":
		r.wrong = append(r.wrong, fmt.Errorf("equivalent.txt: %s: %s by %s", m.key(), o.fate, o.by))
	}
	fmt.Fprintln(r.out, line(m, o))
	r.count(a.name, o.fate)
	return true
}

func (r *trial) count(area string, f fate) {
	for i := range r.counts {
		if r.counts[i].area == area {
			r.counts[i].fates[f]++
			return
		}
	}
	r.counts = append(r.counts, counts{area: area})
	r.counts[len(r.counts)-1].fates[f]++
}
