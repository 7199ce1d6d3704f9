package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A signal's code is that of a run that it interrupted, and of no other.
func TestSignalled_IsOfInterruptedRuns(t *testing.T) {
	t.Parallel()
	by := func(cause error) context.Context {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		return ctx
	}
	sigterm := by(interrupted{sig: syscall.SIGTERM})
	for name, tc := range map[string]struct {
		ctx  context.Context
		stop *scenarios.Stop
		want int
	}{
		"interrupted by a signal":  {sigterm, &scenarios.Stop{By: scenarios.StopInterrupted}, exitSIGTERM},
		"over before the signal":   {sigterm, nil, exitFail},
		"stopped before it":        {sigterm, &scenarios.Stop{By: scenarios.StopStalled}, exitFail},
		"interrupted by no signal": {by(errors.New("another end")), &scenarios.Stop{By: scenarios.StopInterrupted}, exitFail},
		"not interrupted":          {t.Context(), nil, exitFail},
	} {
		r := &scenarios.Result{Exit: exitFail}
		r.Stopped = tc.stop
		if signalled(tc.ctx, r); r.Exit != tc.want {
			t.Errorf("%s: exit code %d, want %d", name, r.Exit, tc.want)
		}
	}
}

func TestAfterWriting_LostReportsAreNoPass(t *testing.T) {
	t.Parallel()
	lost := errors.New("disk full")
	for code, want := range map[int]int{exitPass: exitInternal, exitInconclusive: exitInternal, exitFail: exitFail, exitUsage: exitUsage, exitUnmeasured: exitUnmeasured, exitSIGINT: exitSIGINT} {
		if got := afterWriting(code, lost); got != want {
			t.Errorf("%d becomes %d, want %d", code, got, want)
		}
		if got := afterWriting(code, nil); got != code {
			t.Errorf("%d becomes %d without an error", code, got)
		}
	}
}

func TestExitCodes_AreInTheReadme(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := markdown(exitTable); !strings.Contains(string(b), want) {
		t.Errorf("README.md lacks this table:\n%s", want)
	}
	stdout, _, code := call(t, "help", "exit-codes")
	if code != exitPass {
		t.Errorf("exit %d", code)
	}
	for _, row := range exitTable {
		if !strings.Contains(stdout, row.numbers()) {
			t.Errorf("help exit-codes does not say %s:\n%s", row.numbers(), stdout)
		}
	}
}

// The page fills a terminal of 80 columns: a word stands in the next line only where it
// has no room.
func TestExitCodes_FillEightyColumns(t *testing.T) {
	t.Parallel()
	stdout, _, _ := call(t, "help", "exit-codes")
	page, _, _ := strings.Cut(stdout, "\n\n")
	if !strings.Contains(page, "\n129, 130, 131, 143\n     ended by SIGHUP") {
		t.Errorf("codes that share a meaning do not stand in a line of their own:\n%s", page)
	}
	previous := ""
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		if len(line) > 80 {
			t.Errorf("%d columns: %s", len(line), line)
		}
		words := strings.Fields(line)
		if continues := strings.HasPrefix(line, "     "); continues && len(previous) > 20 && len(previous)+1+len(words[0]) <= 80 {
			t.Errorf("%q has room in the line %q", words[0], previous)
		}
		previous = line
	}
}

func TestWrapWords_BreaksAtTheWidth(t *testing.T) {
	t.Parallel()
	for width, want := range map[int]string{5: "one|two|three", 7: "one two|three", 8: "one two|three", 13: "one two three", 1: "one|two|three"} {
		if got := strings.Join(wrapWords("one  two three", width), "|"); got != want {
			t.Errorf("%d columns: %q, want %q", width, got, want)
		}
	}
}

func TestInternalError_IsAPanic(t *testing.T) {
	t.Parallel()
	var errs strings.Builder
	run := func(command func() int) (code int) {
		defer internalError(&env{err: &errs}, &code)
		return command()
	}
	if code := run(func() int { return exitFail }); code != exitFail || errs.Len() > 0 {
		t.Errorf("without a panic: exit %d: %s", code, &errs)
	}
	code := run(func() int { panic("out of paper") })
	if code != exitInternal || !strings.Contains(errs.String(), "internal error: out of paper\n") || !strings.Contains(errs.String(), "goroutine") {
		t.Errorf("exit %d: %s", code, &errs)
	}
}

func TestOneLine_EscapesWhatATerminalObeys(t *testing.T) {
	t.Parallel()
	if got, want := oneLine(errors.New("open no\x1b[31mfile\n::error::x")), `open no\x1b[31mfile ::error::x`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// markdown is the table as the README has it.
func markdown(table []exitRow) string {
	b := &strings.Builder{}
	b.WriteString("| exit | meaning |\n|---|---|\n")
	for _, row := range table {
		fmt.Fprintf(b, "| %s | %s |\n", row.numbers(), strings.ReplaceAll(row.meaning, "|", `\|`))
	}
	return b.String()
}

// A signal's code is 128 and its number, as shells have it.
func TestSignalCode_IsAsShellsHaveIt(t *testing.T) {
	t.Parallel()
	for sig, want := range map[os.Signal]int{syscall.SIGHUP: 129, os.Interrupt: 130, syscall.SIGQUIT: 131, syscall.SIGTERM: 143} {
		if got := signalCode(sig); got != want {
			t.Errorf("%s: %d, want %d", sig, got, want)
		}
	}
}

func TestExitError_IsItsCause(t *testing.T) {
	t.Parallel()
	cause := errors.New("why")
	if err := (&exitError{code: 1, err: cause}); err.Error() != "why" || !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
	if err := (&exitError{code: 1}); err.Error() != "exit" || errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
	if exitWith(exitPass) != nil || exitWith(exitFail) == nil {
		t.Error("a pass is an error, or a failure none")
	}
}
