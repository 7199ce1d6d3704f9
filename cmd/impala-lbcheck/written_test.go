package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// exitContradiction is how a script's command ends that wrote what cannot be read, or what
// contradicts itself: no other end has that code.
const exitContradiction = 99

// checkedMain is main, for scripts and for tests that start a process.
func checkedMain() {
	code := mainCode(os.Args[1:], system())
	if err := checkWritten(os.Args[1:], code); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = exitContradiction
	}
	os.Exit(code)
}

// checkWritten reads what a command wrote: each result is one that a reader takes, and
// the observations beside it are of the sessions that it counts.
func checkWritten(args []string, code int) error {
	if code == exitUsage || code == exitInternal { // no result, or not all of it
		return nil
	}
	var results []scenarios.Result
	for _, arg := range valuesOf(args, "--out") {
		out, err := report.ParseOut(arg)
		if err != nil || out.Format != report.FormatJSON || !isRegular(out.Path) {
			continue
		}
		b, err := os.ReadFile(out.Path)
		if err != nil {
			return err
		}
		if !strings.Contains(string(b), `"`+scenarios.Schema+`"`) {
			continue // of a command that has no result
		}
		r, err := readResult(context.Background(), out.Path)
		if err != nil {
			return fmt.Errorf("what was written is refused: %w", err)
		}
		results = append(results, r)
	}
	for _, name := range valuesOf(args, "--observations") {
		if !isRegular(name) {
			continue
		}
		n, err := observedIn(name)
		if err != nil {
			return fmt.Errorf("what was written is refused: %w", err)
		}
		for _, r := range results {
			n.LeftOpen = r.Sessions.LeftOpen // observations do not have it
			if n != r.Sessions {
				return fmt.Errorf("%s has %+v, and the result %+v", name, n, r.Sessions)
			}
		}
	}
	return nil
}

// observedIn counts the sessions of a file of observations.
func observedIn(name string) (n scenarios.Sessions, err error) {
	var tallied scenarios.Tally
	cut, err := readObservations(context.Background(), name, func(o scenarios.Observation) {
		if o.Refused {
			n.Refused++
		}
		switch {
		case o.Part == scenarios.PartScout:
			n.Scout++
		case o.Part == scenarios.PartSettle:
			n.Settle++
		case !o.Refused:
			tallied.Add(o.Node, o.Who.Coordinator, o.Outcome)
		}
	})
	n.Count(tallied)
	if cut {
		err = errors.Join(err, errors.New(name+" is cut off"))
	}
	return n, err
}

// valuesOf are the values that a flag has among args.
func valuesOf(args []string, flag string) []string {
	var out []string
	for i, arg := range args {
		if value, ok := strings.CutPrefix(arg, flag+"="); ok {
			out = append(out, value)
		} else if arg == flag && i+1 < len(args) {
			out = append(out, args[i+1])
		}
	}
	return out
}

func isRegular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
