//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// suiteTimeout limits the module's own tests.
const suiteTimeout = 5 * time.Minute

// suiteProofs check that our own tests skip nothing on a complete platform.
func suiteProofs(*lab) []proof {
	return []proof{{name: "suite.nothing-skipped", run: nothingSkipped}}
}

// testEvent is a line of "go test -json".
type testEvent struct{ Action, Package, Test, Output string }

// nothingSkipped runs every test of the module, because a skipped test proves
// nothing. It prints a line for each test that was skipped or failed.
func nothingSkipped(ctx context.Context) (evidence, error) {
	a, err := runCommand(ctx, suiteTimeout, nil, "go", "test", "-count=1", "-json", "./...")
	if err != nil {
		return evidence{}, err
	}
	c, err := countTests(bytes.NewReader(a.stdout))
	if err != nil {
		return evidence{}, err
	}
	for _, name := range c.skipped {
		fmt.Printf("NOT PROVEN  suite.skipped  %s\n", name)
	}
	for _, name := range c.failed {
		fmt.Printf("NOT PROVEN  suite.failed  %s\n", name)
	}
	switch {
	case len(c.failed) > 0:
		return evidence{}, fmt.Errorf("%d tests failed: %s: %s", len(c.failed), strings.Join(c.failed, ", "), tail([]byte(c.output)))
	case a.code != 0:
		return evidence{}, fmt.Errorf("go test: exit %d: %s", a.code, tail(append(a.stdout, a.stderr...)))
	case len(c.skipped) > 0:
		return evidence{}, fmt.Errorf("%d tests were skipped: %s", len(c.skipped), strings.Join(c.skipped, ", "))
	case c.passed == 0:
		return evidence{}, fmt.Errorf("no test ran")
	}
	return evidence{numbers: fmt.Sprintf("%d tests passed, none was skipped", c.passed)}, nil
}

// testCount is what a run of tests came to.
type testCount struct {
	passed          int
	skipped, failed []string // their packages and names; a package without a failed test is in failed itself
	output          string   // of the failed test that ended first
}

// countTests reads the events of a run.
func countTests(events io.Reader) (testCount, error) {
	var c testCount
	outputs := map[string]*strings.Builder{}
	failedIn := map[string]bool{}
	for dec := json.NewDecoder(events); ; {
		var e testEvent
		if err := dec.Decode(&e); err == io.EOF {
			return c, nil
		} else if err != nil {
			return c, fmt.Errorf("go test's events: %w", err)
		}
		name := strings.TrimSuffix(e.Package+" "+e.Test, " ")
		switch {
		case e.Action == "output":
			if outputs[name] == nil {
				outputs[name] = &strings.Builder{}
			}
			outputs[name].WriteString(e.Output)
		case e.Action == "fail" && (e.Test != "" || !failedIn[e.Package]):
			failedIn[e.Package] = true
			c.failed = append(c.failed, name)
			if o := outputs[name]; o != nil && c.output == "" {
				c.output = o.String()
			}
		case e.Test == "":
		case e.Action == "pass":
			c.passed++
		case e.Action == "skip":
			c.skipped = append(c.skipped, name)
		}
	}
}
