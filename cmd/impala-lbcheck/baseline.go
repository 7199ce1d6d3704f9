package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/compare"
)

// baselineFlags are an earlier run, and by how much the figures of this one may be
// worse.
type baselineFlags struct {
	file   string
	limits []string
}

// withBaseline gives cmd the flags.
func withBaseline(cmd *cobra.Command) *baselineFlags {
	b := &baselineFlags{}
	cmd.Flags().StringVar(&b.file, "baseline", "", "hold the run against the earlier one in `FILE.json`: see --max-regression")
	b.withLimits(cmd)
	return b
}

// withLimits gives cmd the flag that both a run and compare have.
func (b *baselineFlags) withLimits(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&b.limits, "max-regression", nil, "fail where a figure is worse than before by more than this `LIMIT`: 'session.login: p(95) +20%', 'session.open: med +50ms', 'session: error_rate +1%', 'capacity: held -10%'; repeatable")
}

func (b *baselineFlags) addInput(o *output) { o.addInput("the result of --baseline", b.file) }

// parsed are the limits.
func (b *baselineFlags) parsed() ([]compare.Limit, error) {
	var out []compare.Limit
	for _, text := range b.limits {
		l, err := compare.ParseLimit(text)
		if err != nil {
			return nil, fmt.Errorf("--max-regression %w", err)
		}
		out = append(out, l)
	}
	return out, nil
}

// read reads the earlier run, which a run of s is to be held against; nil: there is
// none.
func (b *baselineFlags) read(ctx context.Context, s scenarios.Scenario) (*scenarios.Baseline, error) {
	limits, err := b.parsed()
	switch {
	case err != nil:
		return nil, err
	case b.file == "" && len(limits) == 0:
		return nil, nil
	case b.file == "":
		return nil, errors.New("--max-regression: worse than what? Name the result of an earlier run with --baseline FILE.json")
	case len(limits) == 0:
		return nil, errors.New("--baseline: what may be worse, and by how much? For example --max-regression 'session.login: p(95) +20%'")
	}
	old, err := readResult(ctx, b.file)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	base, err := compare.Baseline(old, s, limits)
	if err != nil {
		return nil, fmt.Errorf("--baseline %s: %w", b.file, err)
	}
	return base, nil
}
