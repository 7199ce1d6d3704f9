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

// toolRun is a run of our command and its expected result.
type toolRun struct {
	name   string
	prefix []string // a command that executes ours: ip netns exec NAME; nil: none
	env    []string // added to the environment
	args   []string // the name of the subcommand, then its flags
	want   expectation
	during func(ctx context.Context, pid int) error // runs at the same time; nil: none
	limit  time.Duration                            // 0: toolTimeout
}

// toolResult is the result of a toolRun.
type toolResult struct {
	result
	commandResult
}

// check runs our command as a user does and compares the exit code and the failed
// findings with the expected ones.
func (l *lab) check(ctx context.Context, t toolRun) (toolResult, error) {
	var r toolResult
	path := l.file("run", t.name+".json")
	os.Remove(path) // the result of an earlier run
	var err error
	if r.commandResult, err = l.runTool(ctx, t, "--out", path); err != nil {
		return r, err
	}
	output := append(r.stdout, r.stderr...)
	b, err := os.ReadFile(path)
	if err != nil {
		return r, fmt.Errorf("exit %d, no result: %s", r.code, tail(output))
	}
	if err := json.Unmarshal(b, &r.result); err != nil {
		return r, fmt.Errorf("%s: %w", path, err)
	}
	if err := r.validate(r.commandResult); err != nil {
		return r, err
	}
	if failed := r.findingIDs("fail"); r.code != t.want.exit || !slices.Equal(failed, t.want.failed) {
		return r, fmt.Errorf("exit %d, want %d; failed findings %v, want %v: %s",
			r.code, t.want.exit, failed, t.want.failed, tail(r.stdout))
	}
	return r, nil
}

// checkRejected runs our command, which must exit with 2 and print all of the words.
func (l *lab) checkRejected(ctx context.Context, t toolRun, words ...string) error {
	a, err := l.runTool(ctx, t)
	if err != nil {
		return err
	}
	for _, word := range words {
		if a.code != 2 || !strings.Contains(string(a.stderr), word) {
			return fmt.Errorf("exit %d, want 2 and the word %q: %s", a.code, word, tail(a.stderr))
		}
	}
	return nil
}

// runTool runs our command until it ends and logs its output.
func (l *lab) runTool(ctx context.Context, t toolRun, flags ...string) (commandResult, error) {
	tool, err := l.tool()
	if err != nil {
		return commandResult{}, err
	}
	argv := slices.Concat(t.prefix, []string{tool}, t.args[:1], flags, t.args[1:])
	a, err := runCommandDuring(ctx, cmp.Or(t.limit, toolTimeout), t.env, t.during, argv...)
	os.WriteFile(l.file("log", t.name+".txt"), append(slices.Clone(a.stdout), a.stderr...), 0o644)
	return a, err
}
