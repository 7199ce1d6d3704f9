package main

import (
	"fmt"
	"os"

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
cluster. It exits as the run did. A result that contradicts itself is refused.`,
		Example: `  impala-lbcheck report smoke.json
  impala-lbcheck report smoke.json --out junit=smoke.xml --explain`,
		GroupID: groupFiles,
		Args:    cobra.ExactArgs(1),
	}
	out := withReports(cmd)
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		places, err := out.places()
		if err != nil {
			return err
		}
		r, err := readResult(args[0])
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
func readResult(name string) (scenarios.Result, error) {
	f, err := os.Open(name)
	if err != nil {
		return scenarios.Result{}, err
	}
	defer f.Close()
	r, err := report.Read(f)
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
