package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A suite is a package's tests, and what each executes.
type suite struct {
	Package string
	Tests   []test  // the shortest first
	Blocks  []block // of all packages that were asked for, and that the tests know of
}

// A test is one test function.
type test struct {
	Name    string
	Seconds float64 // that it took, by itself
	Ran     []int   // indices of the suite's blocks
}

// module is the path of the module under test.
const module = "github.com/impala-lbcheck/impala-lbcheck"

// limitAlone is how long one test may take by itself.
const limitAlone = 5 * time.Minute

// suites measures each package's tests when they are first needed.
type suites struct {
	bench    bench
	covered  []string // packages whose blocks are noted
	progress io.Writer
	measured map[string]suite
}

// of is the suite of a package.
func (s *suites) of(pkg string) (suite, error) {
	if known, ok := s.measured[pkg]; ok {
		return known, nil
	}
	measured, err := s.measure(pkg)
	s.measured[pkg] = measured
	return measured, err
}

// measure runs every test of a package by itself and notes what it executes. A binary that
// has been measured before is not measured again.
func (s *suites) measure(pkg string) (suite, error) {
	binary := filepath.Join(s.bench.work, "cover.test")
	defer os.Remove(binary)
	if err := s.bench.build(pkg, binary, "-cover", "-coverpkg="+module+"/"+strings.Join(s.covered, ","+module+"/")); err != nil {
		return suite{}, err
	}
	content, err := os.ReadFile(binary)
	if err != nil {
		return suite{}, err
	}
	kept := filepath.Join(s.bench.work, fmt.Sprintf("%s.%x.json", strings.ReplaceAll(pkg, "/", "-"), sha256.Sum256(content)))
	if data, err := os.ReadFile(kept); err == nil {
		var measured suite
		return measured, json.Unmarshal(data, &measured)
	}
	names, err := s.bench.testNames(pkg, binary)
	if err != nil {
		return suite{}, fmt.Errorf("tests of %s: %w", pkg, err)
	}
	fmt.Fprintf(s.progress, "mutants: what each of the %d tests of %s executes\n", len(names), pkg)
	measured, index, whole := suite{Package: pkg}, map[block]int{}, true
	for _, name := range names {
		began := time.Now()
		ran, err := s.bench.alone(pkg, binary, name)
		if err != nil {
			fmt.Fprintf(s.progress, "mutants: %s of %s kills no mutant, for it fails without one: %v\n", name, pkg, err)
			whole = false
			continue
		}
		measured.add(test{Name: name, Seconds: time.Since(began).Seconds()}, ran, index)
	}
	slices.SortStableFunc(measured.Tests, func(x, y test) int { return cmp.Compare(x.Seconds, y.Seconds) })
	data, err := json.Marshal(measured)
	if err != nil || !whole {
		return measured, err
	}
	return measured, os.WriteFile(kept, data, 0o666)
}

// add adds a test with what it ran; index has the place of each block.
func (s *suite) add(t test, ran map[block]bool, index map[block]int) {
	for b, executed := range ran {
		i, known := index[b]
		if !known {
			i = len(s.Blocks)
			index[b] = i
			s.Blocks = append(s.Blocks, b)
		}
		if executed {
			t.Ran = append(t.Ran, i)
		}
	}
	slices.Sort(t.Ran)
	s.Tests = append(s.Tests, t)
}

// alone runs one test with its coverage, and that of the programs that it starts from
// its own binary.
func (b bench) alone(pkg, binary, name string) (map[block]bool, error) {
	dir, err := os.MkdirTemp(b.work, "cover")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	profile := filepath.Join(dir, "profile")
	out, err := b.run(pkg, binary, limitAlone, []string{"GOCOVERDIR=" + dir}, only([]string{name}), "-test.coverprofile="+profile)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	text, err := os.ReadFile(profile)
	if err != nil {
		return nil, err
	}
	if counters, _ := filepath.Glob(filepath.Join(dir, "covcounters.*")); len(counters) > 0 {
		started := filepath.Join(dir, "started")
		if _, err := goCommand(b.root, "tool", "covdata", "textfmt", "-i="+dir, "-o="+started); err != nil {
			return nil, err
		}
		more, err := os.ReadFile(started)
		if err != nil {
			return nil, err
		}
		text = append(text, more...)
	}
	return readProfile(string(text))
}
