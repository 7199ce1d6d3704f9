package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/strictyaml"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The exit codes depend on the verdict and on errors, never on a format; exitTable
// says what they mean. Those of a result are [scenarios.Result.ExitCode]'s; these
// are the process's own. Go's runtime has codes of its own: it exits with 2 where
// it dies, and no recover is asked.
const (
	exitPass         = scenarios.ExitPass
	exitFail         = scenarios.ExitFail
	exitUsage        = scenarios.ExitUsage // usage, configuration or a guard rail; nothing was sent
	exitInconclusive = scenarios.ExitInconclusive
	exitUnmeasured   = scenarios.ExitUnmeasured
	exitInternal     = 70
	exitSIGHUP       = 129 // signals are 128 + their number, as shells have it
	exitSIGINT       = 130
	exitSIGQUIT      = 131
	exitSIGTERM      = 143
)

// exitError ends a command with a code; err nil means that all has been said.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return "exit"
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// exitWith returns nil for code 0, so that callers can end with it.
func exitWith(code int) error {
	if code == exitPass {
		return nil
	}
	return &exitError{code: code}
}

// signalled gives a run that a signal interrupted that signal's exit code, which
// outweighs the verdict's.
func signalled(ctx context.Context, r *scenarios.Result) {
	if by, stopped := interruption(ctx); stopped && r.Stopped != nil && r.Stopped.By == scenarios.StopInterrupted {
		r.Exit = signalCode(by.sig)
	}
}

// afterWriting is the code once the reports are out: one that was asked for and
// could not be written outweighs everything but a failed verdict and what
// outweighs that. One that was given up after a signal has the signal's.
func afterWriting(code int, err error) int {
	if by, is := errors.AsType[interrupted](err); is {
		return signalCode(by.sig)
	}
	if err != nil && (code == exitPass || code == exitInconclusive) {
		return exitInternal
	}
	return code
}

func signalCode(sig os.Signal) int {
	switch sig {
	case syscall.SIGHUP:
		return exitSIGHUP
	case syscall.SIGQUIT:
		return exitSIGQUIT
	case syscall.SIGTERM:
		return exitSIGTERM
	}
	return exitSIGINT
}

// lines is an error as lines of a terminal or a log: one for each thing that is
// wrong with a file, otherwise one.
func lines(err error) []string {
	parts := []error{err}
	if all, ok := errors.AsType[scenarios.ParseErrors](err); ok {
		parts = all.Unwrap()
	} else if all, ok := errors.AsType[strictyaml.Errors](err); ok {
		parts = all.Unwrap()
	}
	out := make([]string, len(parts))
	for i, part := range parts {
		out[i] = oneLine(part)
	}
	return out
}

// oneLine is an error as one line of a terminal or a log. Errors have no colours: an
// escape in one is part of a name, or of what somebody sent.
func oneLine(err error) string { return report.Neutralize(err.Error(), 0) }

// exitRow is one line of what the exit codes mean.
type exitRow struct {
	codes   []int
	meaning string
}

// exitTable is what the exit codes mean, for --help and for the README.
var exitTable = []exitRow{
	{[]int{exitPass}, "every finding passed"},
	{[]int{exitFail}, "a finding failed; in provision, a call to AWS failed"},
	{[]int{exitUsage}, "usage, configuration, or refused by a guard rail: nothing was sent. Go's runtime also exits with 2 when it dies, out of memory for example, with `fatal error` on stderr: then sessions may be open"},
	{[]int{exitInconclusive}, "inconclusive: nothing was proven either way (`--inconclusive pass|fail` changes this)"},
	{[]int{exitUnmeasured}, "nothing could be measured: unreachable, or login impossible"},
	{[]int{exitChanges}, "`provision plan --detailed-exitcode`: there is something to do"},
	{[]int{exitInternal}, "internal error, or a report could not be written"},
	{[]int{exitSIGHUP, exitSIGINT, exitSIGQUIT, exitSIGTERM}, "ended by SIGHUP, SIGINT, SIGQUIT, SIGTERM: 128 + its number; sessions closed, partial result written. `exporter` and `sim`, which nothing else ends, exit with 0"},
}

// numbers is "129, 130".
func (r exitRow) numbers() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(r.codes), " ", ", "), "[]")
}

// newExitCodes is a page of help: a command without anything to do.
func newExitCodes() *cobra.Command {
	b := &strings.Builder{}
	for _, row := range exitTable {
		const indent = "     "
		text := strings.Join(wrapWords(strings.ReplaceAll(row.meaning, "`", ""), 75), "\n"+indent)
		if len(row.codes) > 1 {
			fmt.Fprintf(b, "%s\n%s%s\n", row.numbers(), indent, text)
			continue
		}
		fmt.Fprintf(b, "%-*s%s\n", len(indent), row.numbers(), text)
	}
	return &cobra.Command{Use: "exit-codes", Short: "What each exit code means", Long: strings.TrimSpace(b.String())}
}

// wrapWords breaks plain text at spaces into lines of at most width characters.
func wrapWords(s string, width int) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(s) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case len(*last)+1+len(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
