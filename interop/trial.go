//go:build linux

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// toolRun is one run of our command, and how it has to end.
type toolRun struct {
	name   string
	prefix []string // a command that execs ours: ip netns exec NAME; nil: none
	args   []string // the command's name, then its flags
	want   expectation
	during func(ctx context.Context, pid int) error // what is done while it runs; nil: nothing
	limit  time.Duration                            // the longest that it may take; 0: smokeTime
}

// toolResult is what a trial gave.
type toolResult struct {
	result
	commandResult
}

// check runs our command as a user does, and compares the exit code and the
// findings that failed with what is expected.
func (l *lab) check(ctx context.Context, t toolRun) (toolResult, error) {
	var r toolResult
	path := l.file("run", t.name+".json")
	os.Remove(path) // a result of an earlier run must not be read as this one's
	var err error
	if r.commandResult, err = l.runTool(ctx, t, "--out", path); err != nil {
		return r, err
	}
	said := append(r.stdout, r.stderr...)
	b, err := os.ReadFile(path)
	if err != nil {
		return r, fmt.Errorf("exit %d, no result: %s", r.code, tail(said))
	}
	if err := json.Unmarshal(b, &r.result); err != nil {
		return r, fmt.Errorf("%s: %w", path, err)
	}
	if err := r.validate(r.commandResult); err != nil {
		return r, err
	}
	if failed := r.findingIDs("fail"); r.code != t.want.exit || !slices.Equal(failed, t.want.failed) {
		return r, fmt.Errorf("exit %d where %d is right; failed %v where %v is right: %s",
			r.code, t.want.exit, failed, t.want.failed, tail(r.stdout))
	}
	return r, nil
}

// checkRejected runs our command, which must not start: exit 2, and all of the words.
func (l *lab) checkRejected(ctx context.Context, t toolRun, words ...string) error {
	a, err := l.runTool(ctx, t)
	if err != nil {
		return err
	}
	for _, word := range words {
		if a.code != 2 || !strings.Contains(string(a.stderr), word) {
			return fmt.Errorf("exit %d where 2 is right, with the word %q: %s", a.code, word, tail(a.stderr))
		}
	}
	return nil
}

// runTool runs our command to its end and keeps what it printed.
func (l *lab) runTool(ctx context.Context, t toolRun, flags ...string) (commandResult, error) {
	tool, err := l.tool()
	if err != nil {
		return commandResult{}, err
	}
	argv := slices.Concat(t.prefix, []string{tool}, t.args[:1], flags, t.args[1:])
	a, err := runCommandDuring(ctx, cmp.Or(t.limit, toolTimeout), nil, t.during, argv...)
	os.WriteFile(l.file("log", t.name+".txt"), append(slices.Clone(a.stdout), a.stderr...), 0o644)
	return a, err
}
