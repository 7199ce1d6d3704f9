package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The variables by which GitHub Actions says that a step is its own, and where the
// step's summary goes.
const (
	actionsVariable = "GITHUB_ACTIONS"
	summaryVariable = "GITHUB_STEP_SUMMARY"
)

// tellGitHub appends the Markdown to the step's summary and writes annotations, where a
// step of GitHub Actions runs us. A summary that nobody asked for may fail: in a container
// of the step's own, the variable names a file that is not there.
func (o *output) tellGitHub(ctx context.Context, e env, r scenarios.Result) error {
	var errs []error
	if flags.Lookup(e.environ, actionsVariable) == "true" {
		errs = append(errs, report.WriteAnnotations(unguarded(e.err), r))
	}
	switch theirs := flags.Lookup(e.environ, summaryVariable); {
	case o.summary != "":
		errs = append(errs, o.appendSummary(ctx, o.summary, r))
	case theirs != "":
		if err := o.appendSummary(ctx, theirs, r); err != nil {
			fmt.Fprintf(e.err, "impala-lbcheck: no summary in the file of %s: %s\n", summaryVariable, oneLine(err))
		}
	}
	return errors.Join(errs...)
}

// appendSummary appends the Markdown in one piece: others write to the file, too.
func (o *output) appendSummary(ctx context.Context, name string, r scenarios.Result) error {
	var b bytes.Buffer
	if err := report.Write(&b, report.FormatMarkdown, r, o.style()); err != nil {
		return err
	}
	b.WriteByte('\n') // what follows is not part of our last paragraph
	ctx, cancel := lingering(ctx)
	defer cancel()
	f, err := openForWriting(ctx, name, os.O_CREATE|os.O_APPEND)
	if err != nil {
		return err
	}
	_, err = limited(f).Write(b.Bytes())
	return errors.Join(err, f.Close())
}

// unguarded is what is behind a guarded writer: commands that we mean must not be broken.
func unguarded(w io.Writer) io.Writer {
	if u, ok := w.(interface{ Unwrap() io.Writer }); ok {
		return u.Unwrap()
	}
	return w
}
