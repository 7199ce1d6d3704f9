package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"time"
)

// A killer runs tests on mutants.
type killer struct {
	bench  bench
	suites *suites
	most   time.Duration // of tests of a package for one mutant, by what they take alone
	slow   time.Duration // what tests may take beyond patience times what they take alone
}

// try runs the tests that execute the mutant, until one fails.
func (k killer) try(m mutant, f sourceFile, a area) (outcome, error) {
	overlay, err := k.overlay(m, f)
	if err != nil {
		return outcome{}, err
	}
	ran := 0
	for _, pkg := range append(a.testsOf(m.file), elsewhere) {
		if pkg == elsewhere && ran > 0 {
			break
		}
		s, err := k.suites.of(pkg)
		if err != nil {
			return outcome{}, err
		}
		tests := k.affordable(s.covering(m))
		if len(tests) == 0 {
			continue
		}
		ran += len(tests)
		if o := k.attempt(pkg, overlay, tests); o.fate != lived {
			return o, nil
		}
	}
	return outcome{fate: lived, by: plural(ran, "test")}, nil
}

// affordable are the shortest tests, up to the most time.
func (k killer) affordable(tests []test) []test {
	var sum time.Duration
	for i, t := range tests {
		if sum += t.takes(); sum > k.most {
			return tests[:i]
		}
	}
	return tests
}

func (t test) takes() time.Duration { return time.Duration(t.Seconds * float64(time.Second)) }

// overlay writes the changed file, and what tells the compiler to read it.
func (k killer) overlay(m mutant, f sourceFile) (string, error) {
	changed := filepath.Join(k.bench.work, "mutant.go")
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {f.path: changed}})
	if err != nil {
		return "", err
	}
	name := filepath.Join(k.bench.work, "overlay.json")
	return name, errors.Join(os.WriteFile(changed, m.apply(f.src), 0o666), os.WriteFile(name, overlay, 0o666))
}

// attempt builds a package's tests with the overlay and runs the shortest first.
func (k killer) attempt(pkg, overlay string, tests []test) outcome {
	binary := filepath.Join(k.bench.work, "mutant.test")
	defer os.Remove(binary)
	if err := k.bench.build(pkg, binary, "-overlay="+overlay); err != nil {
		return outcome{fate: unbuilt, by: err.Error()}
	}
	for len(tests) > 0 {
		var names []string
		var takes time.Duration
		for len(tests) > 0 && (takes == 0 || takes+tests[0].takes() <= batch) {
			names, takes, tests = append(names, tests[0].Name), takes+tests[0].takes(), tests[1:]
		}
		out, err := k.bench.run(pkg, binary, k.slow+patience*takes, nil, only(names), "-test.failfast")
		if err != nil {
			return verdict(pkg, out, err)
		}
	}
	return outcome{}
}

const (
	batch    = 5 * time.Second // of tests in one process: most mutants die in the first
	patience = 5               // tests that take this many times as long hang
)
