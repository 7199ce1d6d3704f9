package main

import (
	"maps"
	"slices"
)

// code is what mutants are made of.
type code struct {
	packages map[string]*goPackage
	mutants  map[string][]mutant // by area
}

// readCode loads the areas' packages and finds all mutants.
func readCode(o options) (*code, error) {
	names := packagesOf(o.areas)
	c := &code{mutants: map[string][]mutant{}}
	var err error
	if c.packages, err = load(o.root, names); err != nil {
		return nil, err
	}
	for _, a := range o.areas {
		for _, name := range names {
			for _, f := range c.packages[name].files {
				if a.has(f.name) {
					c.mutants[a.name] = append(c.mutants[a.name], mutantsOf(c.packages[name], f)...)
				}
			}
		}
	}
	return c, nil
}

// all are the mutants of all areas.
func (c *code) all() []mutant { return slices.Concat(slices.Collect(maps.Values(c.mutants))...) }

// drawings are the areas' mutants in the order of the sample, or those to try again.
func (c *code) drawings(o options) []drawing {
	var ds []drawing
	for _, a := range o.areas {
		if !slices.Contains(o.from, a.name) {
			continue
		}
		ms := slices.Clone(c.mutants[a.name])
		if o.again != nil {
			ms = slices.DeleteFunc(ms, func(m mutant) bool { return !o.again[m.key()] })
		}
		shuffle(ms, o.seed)
		ds = append(ds, drawing{a, ms})
	}
	return ds
}

// sampled is how many mutants are tried.
func (o options) sampled() int {
	if o.again != nil {
		return len(o.again)
	}
	return o.n
}
