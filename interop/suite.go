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
type testEvent struct{ Action, Package, Test string }

// nothingSkipped runs every test of the module, because a skipped test proves
// nothing.
func nothingSkipped(ctx context.Context) (evidence, error) {
	out, err := runRequired(ctx, suiteTimeout, nil, "go", "test", "-count=1", "-json", "./...")
	if err != nil {
		return evidence{}, err
	}
	passed, skipped, err := countTests(bytes.NewReader(out))
	switch {
	case err != nil:
		return evidence{}, err
	case len(skipped) > 0:
		return evidence{}, fmt.Errorf("%d tests were skipped: %s", len(skipped), strings.Join(skipped, ", "))
	case passed == 0:
		return evidence{}, fmt.Errorf("no test ran")
	}
	return evidence{numbers: fmt.Sprintf("%d tests passed, none was skipped", passed)}, nil
}

// countTests reads the events of a run and returns the number of tests that passed
// and the names of those that were skipped. It ignores packages without tests.
func countTests(events io.Reader) (passed int, skipped []string, err error) {
	for dec := json.NewDecoder(events); ; {
		var e testEvent
		if err := dec.Decode(&e); err == io.EOF {
			return passed, skipped, nil
		} else if err != nil {
			return 0, nil, fmt.Errorf("go test's events: %w", err)
		}
		switch {
		case e.Test == "":
		case e.Action == "pass":
			passed++
		case e.Action == "skip":
			skipped = append(skipped, e.Package+" "+e.Test)
		}
	}
}
