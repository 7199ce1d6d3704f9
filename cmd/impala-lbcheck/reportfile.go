package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// newReport is the command that renders a stored result again.
func newReport(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "report FILE.json",
		Short: "Render a stored result again, or judge it again",
		Long: `Render a result that --out FILE.json stored, in any format, without touching the
cluster. It exits as the run did. A result that contradicts itself is refused.

With --judge SCENARIO.yaml the result is judged by the expectations of another
scenario first: its expect, thresholds, strict_errors, inconclusive,
tls.min_version, capacity.threads and audit; what was done stays as it was. It then
exits by the new verdict. A scenario of another kind is refused; a threshold on times
by coordinator or node that the run did not record is inconclusive.`,
		Example: `  impala-lbcheck report smoke.json
  impala-lbcheck report smoke.json --out junit=smoke.xml --explain
  impala-lbcheck report smoke.json --judge strict.yaml --out strict.json`,
		GroupID: groupFiles,
		Args:    exactly("FILE.json"),
	}
	out := withReports(cmd)
	judgeBy := cmd.Flags().String("judge", "", "judge again by the expectations of the scenario in `FILE.yaml`")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		out.addInput("the result that is rendered", args[0])
		out.addInput("the scenario of --judge", *judgeBy)
		places, err := out.parseOuts(e)
		if err != nil {
			return err
		}
		r, err := readResult(cmd.Context(), args[0])
		if err != nil {
			return err
		}
		if *judgeBy != "" {
			if r, err = judgedBy(cmd.Context(), *judgeBy, r); err != nil {
				return fmt.Errorf("--judge: %w", err)
			}
		}
		err = out.write(cmd.Context(), e, places, r)
		if err != nil {
			fmt.Fprintln(e.err, "impala-lbcheck: report not written:", oneLine(err))
		}
		return exitWith(afterWriting(r.Exit, err))
	}
	return cmd
}

// judgedBy judges a result by the expectations of a scenario file.
func judgedBy(ctx context.Context, name string, r scenarios.Result) (scenarios.Result, error) {
	s, src, err := readScenario(ctx, name)
	if err != nil {
		return r, err
	}
	if r, err = judge.RejudgeWith(r, s); err != nil {
		err = scenarios.Locate(name, src, ofThreshold(s, err))
		if _, placed := errors.AsType[*scenarios.ParseError](err); !placed {
			err = fmt.Errorf("%s: %w", name, err) // by its keys: report has no flag of them
		}
		return r, err
	}
	r.Summary = report.Sentence(r)
	return r, nil
}

// readResult reads a result file.
func readResult(ctx context.Context, name string) (scenarios.Result, error) {
	b, err := readFile(ctx, name, report.MaxResult)
	if err != nil {
		return scenarios.Result{}, err
	}
	r, err := report.Read(bytes.NewReader(b))
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return r, fmt.Errorf("%s: it is not JSON (byte %d); --out FILE.json writes a result", name, syntax.Offset)
	}
	if err != nil {
		return r, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
