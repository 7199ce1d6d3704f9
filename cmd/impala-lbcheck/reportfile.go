package main

import (
	"bytes"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// newReport is the command that renders a stored result again.
func newReport(w world) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report FILE",
		Short: "Render a stored result again",
		Long: `Render a result that --out FILE.json stored, in any format, without touching the
cluster. It exits as the run did.`,
		Example: `  impala-lbcheck report smoke.json
  impala-lbcheck report smoke.json --out junit=smoke.xml --explain`,
		GroupID: groupFiles,
		Args:    cobra.ExactArgs(1),
	}
	out := withReports(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		out.reads("the result that is rendered", args[0])
		places, err := out.places(w)
		if err != nil {
			return err
		}
		r, err := readResult(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		err = out.write(w, places, r)
		if err != nil {
			fmt.Fprintln(w.err, "impala-lbcheck: report not written:", oneLine(err))
		}
		return exitWith(afterWriting(r.Exit, err))
	}
	return cmd
}

// readResult reads a result file.
func readResult(ctx context.Context, name string) (scenarios.Result, error) {
	b, err := readFile(ctx, name, report.MaxResult)
	if err != nil {
		return scenarios.Result{}, err
	}
	r, err := report.Read(bytes.NewReader(b))
	if err == nil && (r.Exit < 0 || r.Exit > 255) { // the system keeps the last byte alone: 256 would be a pass
		err = fmt.Errorf("exit %d is no exit code", r.Exit)
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
