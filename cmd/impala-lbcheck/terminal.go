package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/term"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/live"
	"github.com/impala-lbcheck/impala-lbcheck/report"
)

// guarded is w with everything that is printed made safe for a terminal and for
// the log of a CI system. No command can bypass it, as none has another w; only the
// commands that we mean do (tellGitHub). Once ctx has ended, nothing waits for who reads it.
func guarded(ctx context.Context, e env) env {
	gate := func(w io.Writer) *report.SafeWriter { return report.NewSafeWriter(&impatient{w: w, ctx: ctx}) }
	e.out, e.err = stdout{gate(e.out)}, &stderr{SafeWriter: gate(e.err)}
	return e
}

// stdout is where a command's answer goes. A reader who left is no fault, as in
// "| head -1"; whatever else goes wrong is no fault of the command line.
type stdout struct{ *report.SafeWriter }

func (s stdout) Write(p []byte) (int, error) {
	n, err := s.SafeWriter.Write(p)
	switch {
	case err == nil:
		return n, nil
	case errors.Is(err, syscall.EPIPE):
		return len(p), nil
	}
	if by, is := errors.AsType[interrupted](err); is {
		return n, &exitError{signalCode(by.sig), fmt.Errorf("stdout: %w", err)}
	}
	return n, &exitError{exitInternal, fmt.Errorf("stdout: %w", err)}
}

// stderr is where everything else goes: above the view of a run, while there is one.
type stderr struct {
	*report.SafeWriter
	view atomic.Pointer[live.View]
}

func (s *stderr) Write(p []byte) (int, error) {
	if v := s.view.Load(); v != nil && v.Print(string(p)) {
		return len(p), nil
	}
	return s.SafeWriter.Write(p)
}

// fileOf is the file behind what is read or written; nil where it is none.
func fileOf(v any) *os.File {
	for {
		u, wraps := v.(interface{ Unwrap() io.Writer })
		if !wraps {
			f, _ := v.(*os.File)
			return f
		}
		v = u.Unwrap()
	}
}

// terminalOf is the terminal behind what is read or written; false where it is none.
func terminalOf(v any) (*os.File, bool) {
	f := fileOf(v)
	return f, f != nil && term.IsTerminal(int(f.Fd()))
}

// writeJSON writes v and a newline; indent "" is one line.
func writeJSON(w io.Writer, v any, indent string) error {
	b, err := json.MarshalIndent(v, "", indent)
	if indent == "" {
		b, err = json.Marshal(v)
	}
	if err != nil {
		return err
	}
	_, err = w.Write(append(report.EscapeJSON(b), '\n'))
	return err
}
