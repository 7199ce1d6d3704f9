package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A killer runs tests on mutants.
type killer struct {
	bench    bench
	code     *code
	suites   *suites
	combined *combined
	binaries map[string]string // of the combined build, by package
	passes   map[string]bool   // whether tests of it pass with no mutant on, by their package and names
	most     time.Duration     // of tests of a package for one mutant, by what they take alone
	slow     time.Duration     // what tests may take beyond patience times what they take alone
}

func newKiller(b bench, c *code, sample []drawn, o options, progress io.Writer) (*killer, error) {
	var ms []mutant
	for _, m := range sample {
		ms = append(ms, m.mutant)
	}
	all, err := combine(b.work, c.packages, ms)
	if err != nil {
		return nil, err
	}
	return &killer{
		bench: b, code: c, combined: all, binaries: map[string]string{}, passes: map[string]bool{}, most: o.most, slow: o.slow,
		suites: &suites{bench: b, covered: packagesOf(o.areas), progress: progress, measured: map[string]suite{}},
	}, nil
}

// try runs the tests that execute the mutant, until one fails.
func (k *killer) try(m drawn) (outcome, error) {
	ran := 0
	for _, pkg := range append(m.area.testsOf(m.file), elsewhere) {
		if pkg == elsewhere && ran > 0 {
			break
		}
		s, err := k.suites.of(pkg)
		if err != nil {
			return outcome{}, err
		}
		tests := k.affordable(s.covering(m.mutant))
		if len(tests) == 0 {
			continue
		}
		ran += len(tests)
		if o, err := k.attempt(pkg, m.mutant, tests); err != nil || o.fate != lived {
			return o, err
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

// attempt runs a package's tests on a mutant, the shortest first.
func (k *killer) attempt(pkg string, m mutant, tests []test) (outcome, error) {
	binary, err := k.binary(pkg, m)
	if err != nil {
		return outcome{}, err
	}
	number := k.combined.numbers[m.key()]
	for len(tests) > 0 {
		var names []string
		var takes time.Duration
		for len(tests) > 0 && (takes == 0 || takes+tests[0].takes() <= batch) {
			names, takes, tests = append(names, tests[0].Name), takes+tests[0].takes(), tests[1:]
		}
		if o, err := k.batch(pkg, binary, number, names, k.slow+patience*takes); err != nil || o.fate != lived {
			return o, err
		}
	}
	return outcome{}, nil
}

const (
	batch    = 5 * time.Second // of tests in one process: most mutants die in the first
	patience = 5               // tests that take this many times as long hang
)

// batch runs tests in one process. One that fails with no mutant on, too, shows nothing:
// the others are run without it.
func (k *killer) batch(pkg, binary string, number int, names []string, limit time.Duration) (outcome, error) {
	for len(names) > 0 {
		if err := k.combined.turn(number); err != nil {
			return outcome{}, err
		}
		out, err := k.bench.run(pkg, binary, limit, nil, only(names), "-test.failfast")
		if err == nil {
			return outcome{}, nil
		}
		o := verdict(pkg, out, err)
		blamed := names
		if i := slices.Index(names, o.test()); i >= 0 {
			blamed = names[i : i+1]
		}
		if k.pass(pkg, blamed, limit) {
			return o, nil
		}
		names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(blamed, name) })
	}
	return outcome{}, nil
}

// pass reports whether tests pass in the combined build with no mutant on.
func (k *killer) pass(pkg string, names []string, limit time.Duration) bool {
	key := pkg + " " + strings.Join(names, " ")
	if known, ok := k.passes[key]; ok {
		return known
	}
	binary, err := k.combinedBinary(pkg)
	if err == nil {
		err = k.combined.turn(0)
	}
	if err == nil {
		_, err = k.bench.run(pkg, binary, limit, nil, only(names))
	}
	k.passes[key] = err == nil
	return err == nil
}

// binary has the package's tests with the mutant: that of the combined build, or one of
// its own for what is in no function.
func (k *killer) binary(pkg string, m mutant) (string, error) {
	if k.combined.numbers[m.key()] > 0 {
		return k.combinedBinary(pkg)
	}
	f := k.code.packages[packageOf(m.file)].file(m.file)
	changed, overlay := filepath.Join(k.bench.work, "mutant.go"), filepath.Join(k.bench.work, "overlay.json")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {f.path: changed}})
	if err := errors.Join(err, os.WriteFile(changed, m.apply(f.src), 0o666), os.WriteFile(overlay, replace, 0o666)); err != nil {
		return "", err
	}
	binary := filepath.Join(k.bench.work, "mutant.test")
	return binary, k.bench.build(pkg, binary, "-overlay="+overlay)
}

// combinedBinary builds a package's tests with all mutants, the first time.
func (k *killer) combinedBinary(pkg string) (string, error) {
	if known := k.binaries[pkg]; known != "" {
		return known, nil
	}
	binary := filepath.Join(k.bench.work, fmt.Sprintf("combined-%d.test", len(k.binaries)))
	if err := k.bench.build(pkg, binary, "-overlay="+k.combined.overlay); err != nil {
		return "", err
	}
	k.binaries[pkg] = binary
	return binary, nil
}
