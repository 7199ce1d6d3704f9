package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// fate is what became of a mutant.
type fate int

const (
	lived    fate = iota
	killed        // a test failed
	timeout       // a test did not end
	unbuilt       // the compiler refuses it, which is no mutant
	reasoned      // lived, and equivalent.txt says why
)

func (f fate) String() string {
	return [...]string{"lived", "killed", "timeout", "unbuilt", "equivalent"}[f]
}

// An outcome is a fate with its cause.
type outcome struct {
	fate  fate
	by    string // the package and the test; of one that lived, how many tests tried
	takes time.Duration
}

// A killer runs tests on mutants.
type killer struct {
	bench  bench
	suites map[string]suite
	most   time.Duration // of tests for one mutant, by what they take alone
}

// try runs the tests that execute the mutant, until one fails.
func (k killer) try(m mutant, f sourceFile, a area) outcome {
	began := time.Now()
	o := k.tried(m, f, a)
	o.takes = time.Since(began)
	return o
}

func (k killer) tried(m mutant, f sourceFile, a area) outcome {
	overlay, err := k.overlay(m, f)
	if err != nil {
		return outcome{fate: unbuilt, by: err.Error()}
	}
	ran := 0
	for _, pkg := range append(a.testsOf(m.file), elsewhere) {
		if pkg == elsewhere && ran > 0 {
			break
		}
		tests := k.affordable(k.suites[pkg].covering(m, m.scope))
		if len(tests) == 0 {
			continue
		}
		ran += len(tests)
		if o := k.attempt(pkg, overlay, tests); o.fate != lived {
			return o
		}
	}
	return outcome{fate: lived, by: plural(ran, "test")}
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
		out, err := k.bench.run(pkg, binary, slowest+patience*takes, nil, only(names), "-test.failfast")
		if err != nil {
			return verdict(pkg, out, err)
		}
	}
	return outcome{}
}

const (
	batch    = 5 * time.Second  // of tests in one process: most mutants die in the first
	slowest  = 10 * time.Second // a test that takes no time alone can take this long
	patience = 5                // a test that takes this many times as long hangs
)

// failed is how package testing begins the report of a failed test.
var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// verdict reads the output of tests that failed.
func verdict(pkg, out string, err error) outcome {
	by := func(what string) string { return pkg + " " + what }
	if strings.Contains(out, timedOut) {
		return outcome{fate: timeout, by: by("timeout")}
	}
	if found := failed.FindAllStringSubmatch(out, -1); found != nil {
		return outcome{fate: killed, by: by(found[len(found)-1][1])} // a subtest stands below its test
	}
	if _, what, found := strings.Cut(out, "panic: "); found {
		line, _, _ := strings.Cut(what, "\n")
		return outcome{fate: killed, by: by("panic: " + head(line))}
	}
	return outcome{fate: killed, by: by(err.Error())}
}
