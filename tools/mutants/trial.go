package main

import (
	"fmt"
	"io"
	"time"
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

// newTrial reads the code and holds the reasons of equivalent.txt against it.
func newTrial(o options, stdout io.Writer) (*trial, error) {
	r := &trial{out: stdout, list: o.list}
	var err error
	if r.known, err = parseReasons(o.equivalent); err == nil {
		if r.code, err = readCode(o); err != nil {
			return nil, err
		}
		err = r.known.match(r.code.all())
	}
	if err != nil {
		return nil, fmt.Errorf("equivalent.txt: %w", err)
	}
	return r, nil
}

// mutant tries one, and reports whether it counts.
func (r *trial) mutant(a area, m mutant) (bool, error) {
	p := r.code.packages[packageOf(m.file)]
	if !p.compiles(m) {
		return false, nil
	}
	if r.list {
		fmt.Fprintf(r.out, "%s %s\n", m.place(), m.key())
		return true, nil
	}
	began := time.Now()
	o, err := r.killer.try(m, p.file(m.file), a)
	if err != nil {
		return false, fmt.Errorf("%s: %w", m.key(), err)
	}
	switch reason := r.known[m.key()]; {
	case o.fate == unbuilt:
		return false, nil
	case reason != "" && o.fate == lived:
		o.fate = reasoned
	case reason != "":
		r.wrong = append(r.wrong, fmt.Errorf("equivalent.txt: %s: %s by %s", m.key(), o.fate, o.by))
	}
	fmt.Fprintln(r.out, line(m, o, time.Since(began)))
	r.count(a.name, o.fate)
	return true, nil
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
