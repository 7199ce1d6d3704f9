package main

import (
	"encoding/json"
	"io"
	"os"

	"golang.org/x/term"

	"github.com/impala-lbcheck/impala-lbcheck/report"
)

// guarded is w with everything that is printed made safe for a terminal and for
// the log of a CI system: no command can bypass it, as none has another w.
func guarded(w world) world {
	w.out, w.err = report.NewSafeWriter(w.out), report.NewSafeWriter(w.err)
	return w
}

// terminalOf returns the terminal that w writes to; false where it is none.
func terminalOf(w io.Writer) (*os.File, bool) {
	if safe, ok := w.(*report.SafeWriter); ok {
		w = safe.Unwrap()
	}
	f, ok := w.(*os.File)
	return f, ok && term.IsTerminal(int(f.Fd()))
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
