package main

import (
	"fmt"
	"io"
	"time"
)

// A trial tries mutants and counts their fates.
type trial struct {
	code   *code
	known  reasons
	counts []counts
	wrong  []error // equivalents that a test kills
	out    io.Writer
}

// newTrial reads the code and holds the reasons of equivalent.txt against it.
func newTrial(o options, stdout io.Writer) (*trial, error) {
	r := &trial{out: stdout}
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

// sample draws mutants that compile.
func (r *trial) sample(o options) []drawn {
	return draw(r.code.drawings(o), o.sampled(), func(m mutant) bool { return r.code.packages[packageOf(m.file)].compiles(m) })
}

// try tries the sample, and prints a line for each mutant.
func (r *trial) try(sample []drawn, k *killer) error {
	for _, m := range sample {
		began := time.Now()
		o, err := k.try(m)
		if err != nil {
			return fmt.Errorf("%s: %w", m.key(), err)
		}
		switch reason := r.known[m.key()]; {
		case reason != "" && o.fate == lived:
			o.fate = reasoned
		case reason != "":
			r.wrong = append(r.wrong, fmt.Errorf("equivalent.txt: %s: %s by %s", m.key(), o.fate, o.by))
		}
		fmt.Fprintln(r.out, line(m.mutant, o, time.Since(began)))
		r.count(m.area.name, o.fate)
	}
	return nil
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
