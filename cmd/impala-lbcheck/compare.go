package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/comparetext"
	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/compare"
)

// newCompare returns the command that tells how a run differs from an earlier one.
func newCompare(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "compare OLD.json NEW.json",
		Short: "Tell how a run differs from an earlier one",
		Long: `Compare two results that --out FILE.json stored: failed sessions, shares, percentiles of
every phase, capacity. Each figure has an interval of 99 % confidence, and two of which
the intervals do not meet differ by more than chance. Settings that differ are told;
only runs of different kinds are refused.

--max-regression says by how much a figure may be worse. It fails (exit code 1) where
the figure is worse by more than that and by more than chance, and is inconclusive
(exit code 3) where the samples cannot tell. A time of a session that failed counts as
longer than all others. Without a limit nothing is judged.`,
		Example: `  impala-lbcheck compare before.json after.json
  impala-lbcheck compare before.json after.json --max-regression 'session.login: p(95) +20%' --max-regression 'session: error_rate +1%'`,
		GroupID: groupFiles,
		Args:    cobra.MatchAll(atLeastOne("OLD.json"), two),
	}
	var limits baselineFlags
	var asJSON bool
	limits.withLimits(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON instead of text")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := compared(cmd.Context(), args[0], args[1], limits)
		if err != nil {
			return err
		}
		if asJSON {
			err = writeJSON(e.out, c, "  ")
		} else {
			_, err = fmt.Fprint(e.out, comparetext.Comparison(c, flags.Fix))
		}
		return errors.Join(err, exitWith(c.Exit))
	}
	return cmd
}

// two wants two results.
func two(cmd *cobra.Command, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("%d arguments in place of two results: %s", len(args), cmd.UseLine())
	}
	return nil
}

func compared(ctx context.Context, before, after string, b baselineFlags) (compare.Comparison, error) {
	limits, err := b.parsed()
	if err != nil {
		return compare.Comparison{}, err
	}
	earlier, err := readResult(ctx, before)
	if err != nil {
		return compare.Comparison{}, err
	}
	later, err := readResult(ctx, after)
	if err != nil {
		return compare.Comparison{}, err
	}
	c, err := compare.Compare(earlier, later, limits)
	if err != nil {
		return c, fmt.Errorf("%s and %s: %w", before, after, err)
	}
	return c, nil
}
