package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// shardFlags are which part of a scenario a command runs, and when.
type shardFlags struct {
	shard   string
	shards  int
	startAt string

	given func(flag string) bool
}

// indexVariables are where engines say which of a job's processes one is, from 0.
var indexVariables = []string{"JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"}

// withShards gives cmd the flags of a shard, unless runs of all its kinds are not merged.
func withShards(cmd *cobra.Command, kinds ...scenarios.Kind) *shardFlags {
	f := &shardFlags{given: func(flag string) bool { return cmd.Flags().Changed(flag) }}
	for _, k := range kinds {
		if merge.Refused(k) != "" {
			continue
		}
		cmd.Flags().StringVar(&f.shard, "shard", "", "run part `I/N` of the scenario, such as 3/8: N machines that run one each make one load, and merge judges their results")
		cmd.Flags().IntVar(&f.shards, "shards", 0, "run one of `N` parts: JOB_COMPLETION_INDEX (Kubernetes) or AWS_BATCH_JOB_ARRAY_INDEX says which, from 0")
		cmd.Flags().StringVar(&f.startAt, "start-at", "", "wait until `TIME` before the first session that counts, such as 2026-01-31T22:00:00Z: shards start together as exactly as their clocks agree")
		flags.Group(cmd, "Shards")
		break
	}
	return f
}

// apply reads the flags into the options of a run of s, which is complete.
func (f *shardFlags) apply(e env, s scenarios.Scenario, opt *run.Options, now time.Time) (err error) {
	if opt.Shard, err = f.part(e.environ); err != nil {
		return err
	}
	if opt.StartAt, err = f.start(now); err != nil || opt.Shard.IsWhole() {
		return err
	}
	if why := merge.Refused(s.Kind); why != "" {
		return fmt.Errorf("runs of kind %s cannot be parted, since they are not merged: %s", s.Kind.OrLooks(), why)
	}
	return nil
}

// part is the shard; the zero one where none was asked for.
func (f *shardFlags) part(environ []string) (scenarios.Shard, error) {
	switch {
	case f.given("shard") && f.given("shards"):
		return scenarios.Shard{}, errors.New("give --shard or --shards, not both")
	case f.given("shard"):
		s, err := scenarios.ParseShard(f.shard)
		if err != nil {
			return s, fmt.Errorf("--shard: %w", err)
		}
		return s, nil
	case !f.given("shards"):
		return scenarios.Shard{}, nil
	case f.shards < 1:
		return scenarios.Shard{}, fmt.Errorf("--shards %d: there is at least one; leave the flag out to run the whole", f.shards)
	}
	name, index, err := indexOf(environ)
	if err != nil {
		return scenarios.Shard{}, err
	}
	s := scenarios.Shard{Index: index + 1, Count: f.shards}
	if err := s.Check(); err != nil {
		return s, fmt.Errorf("--shards %d with %s=%d: %w", f.shards, name, index, err)
	}
	return s, nil
}

// indexOf is the index that an engine has set, from 0.
func indexOf(environ []string) (name string, index int, err error) {
	for _, n := range indexVariables {
		text := flags.Lookup(environ, n)
		if text == "" {
			continue
		}
		i, err := strconv.Atoi(text)
		switch {
		case err != nil || i < 0:
			return "", 0, fmt.Errorf("%s=%.20q is no index", n, text)
		case name != "" && i != index:
			return "", 0, fmt.Errorf("%s=%d and %s=%d differ: unset one, or give --shard I/N", name, index, n, i)
		}
		name, index = n, i
	}
	if name == "" {
		return "", 0, fmt.Errorf("--shards needs %s or %s in the environment, and neither is set: give --shard I/N", indexVariables[0], indexVariables[1])
	}
	return name, index, nil
}

// maxStart is how far from now a start may be: what is farther is a wrong date.
const maxStart = 24 * time.Hour

// start is when to start; the zero time where none was given.
func (f *shardFlags) start(now time.Time) (time.Time, error) {
	if !f.given("start-at") {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, f.startAt)
	if err != nil {
		return at, fmt.Errorf("--start-at %.40q is no time; write 2026-01-31T22:00:00Z", f.startAt)
	}
	if d := at.Sub(now); d.Abs() > maxStart {
		return at, fmt.Errorf("--start-at %s is more than a day from now, %s: is the date right?", f.startAt, now.UTC().Format(time.RFC3339))
	}
	return at, nil
}

// scoutLead is how long before its start a run has its scouts; shards have them one after
// the other, at the rate of the scenario.
const scoutLead = 10 * time.Second

// awaitStart waits until the scouts of a run of s are due that starts at a time. Where ctx
// ends before, the run will find it so.
func awaitStart(ctx context.Context, s scenarios.Scenario, opt run.Options) {
	if opt.StartAt.IsZero() {
		return
	}
	lead := scoutLead
	if s.Load.Rate > 0 {
		lead += time.Duration(float64(opt.Shard.Count) / float64(s.Load.Rate) * float64(time.Second))
	}
	left := time.Until(opt.StartAt) - lead
	if left <= 0 {
		return
	}
	if opt.Progress != nil {
		opt.Progress(run.Event{Kind: run.EventRemark, Text: fmt.Sprintf("waiting for %s; the scouts begin %s before", opt.StartAt.UTC().Format(time.RFC3339), lead.Round(time.Second))})
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
