package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func main() { os.Exit(mainCode(os.Args[1:], system())) }

// env is the one door to the operating system: what a command reads and
// writes, so that a test can hand it another.
type env struct {
	in       *os.File // for prompts; nil: no terminal
	out, err io.Writer
	environ  []string // KEY=VALUE
	memory   memory
	signals  <-chan os.Signal // nil: none come
	files    *unfinished      // nil: nobody leaves at once

	// lookup is for names that only a report tells of; nil: the system's resolver.
	lookup func(ctx context.Context, host string) ([]string, error)

	// permitted is told of a scenario that is complete and may run, and of its part, before a secret
	// is read or anything is sent. Its error ends the command. nil: it is not called.
	permitted func(scenarios.Scenario, scenarios.Shard) error
}

// system is the process's own. It drops what net/http would log: what a server said that
// nobody asked for.
func system() env {
	log.SetOutput(io.Discard)
	environ := os.Environ()
	return env{in: os.Stdin, out: os.Stdout, err: os.Stderr, environ: environ, memory: systemMemory(environ), signals: signals(), files: new(unfinished)}
}

// internalError is deferred: a panic is shown, with its stack, and never mistaken for a
// verdict.
func internalError(e *env, code *int) {
	if p := recover(); p != nil {
		fmt.Fprintf(e.err, "impala-lbcheck: internal error: %v\n%s", p, debug.Stack())
		*code = exitInternal
	}
}

// mainCode runs the command line and returns the exit code.
func mainCode(args []string, e env) (code int) {
	defer internalError(&e, &code)
	ctx, cancel := context.WithCancelCause(context.Background())
	e = guarded(ctx, e)
	defer interruptible(e, cancel, endingOf(args))()

	root := newRoot(e)
	root.SetArgs(args)
	root.SetOut(e.out)
	root.SetErr(e.err)
	completeInAnyBash(root)
	err := root.ExecuteContext(ctx)
	if by, ok := interruption(ctx); ok && len(by.goroutines) > 0 {
		fmt.Fprintf(e.err, "impala-lbcheck: when SIGQUIT came:\n%s\n", by.goroutines)
	}
	return conclude(e, err)
}

// sessionless are the commands, or the first words of them, that open no sessions, or mostly
// have none.
var sessionless = []string{
	"audit", "compare", "completion", "exporter", "help", "job", "man", "merge", "provision", "reconcile", "report", "scenarios", "sim", "size", "version",
}

// endingOf says what a command does after the first signal.
func endingOf(args []string) string {
	switch {
	case len(args) > 1 && args[0] == "provision" && (args[1] == "apply" || args[1] == "destroy"):
		return "stopping; the next run continues" // a pair of calls is completed first
	case len(args) > 0 && slices.Contains(sessionless, args[0]):
		return "stopping"
	}
	return "closing sessions"
}

// conclude prints what went wrong and returns the exit code.
func conclude(e env, err error) int {
	var done *exitError
	var by interrupted
	switch {
	case err == nil:
		return exitPass
	case errors.As(err, &done):
		if done.err != nil {
			fmt.Fprintln(e.err, "impala-lbcheck:", oneLine(done.err))
		}
		return done.code
	}
	for _, line := range lines(err) {
		fmt.Fprintln(e.err, "impala-lbcheck:", line)
	}
	if errors.As(err, &by) { // before anything was sent
		return signalCode(by.sig)
	}
	return exitUsage
}
