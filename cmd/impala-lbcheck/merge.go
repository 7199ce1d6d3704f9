package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/jsonstream"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// newMerge returns the command that sums results.
func newMerge(e env) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "merge A.json B.json...",
		Short: "Sum the results of repeated runs, or of shards, and judge the sum",
		Long: `Sum results that --out FILE.json stored, and judge the sum as one run is judged. Runs of
the same scenario repeat each other. Results with a "shard" block are parts of one run,
and belong together by scenario, number of shards and seed. "-" reads results from
standard input, one behind the other, as "kubectl logs" prints those of pods that ran with
--quiet --out json=-. Lines between them that begin with anything but a result are left
out, which is said; so are JSON objects that others logged.

Of several results of one shard the complete one counts. Two complete ones are refused
unless --pick last is given. Where a shard is missing or did not complete, nothing
passes: what is there is judged, and the sum is inconclusive at best. Results of
different scenarios are refused, and so is the same run twice.`,
		Example: `  impala-lbcheck merge monday.json tuesday.json --out both.json
  kubectl logs --prefix=false -l job-name=lbcheck --tail=-1 | impala-lbcheck merge -`,
		GroupID: groupFiles,
		Args:    atLeastOne("result"),
	}
	out := withReports(cmd)
	against := withBaseline(cmd)
	pick := cmd.Flags().String("pick", "", "of two complete runs of one shard take the `last`, instead of refusing them")
	completeValues(cmd, "pick", picks)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *pick != "" && !slices.Contains(picks, *pick) {
			return fmt.Errorf("--pick %s: it must be last", *pick)
		}
		out.addResults(args)
		against.addInput(out)
		places, err := out.parseOuts(e)
		if err != nil {
			return err
		}
		r, err := mergedFrom(cmd.Context(), e, args, merge.Options{Tool: version(), PickLast: *pick != "", DropBaselines: against.file != ""})
		if differ, ok := errors.AsType[*merge.BaselineError](err); ok {
			return fmt.Errorf("%w: say what the sum is to be held against, with merge --baseline FILE.json --max-regression LIMIT", differ)
		}
		if twice, ok := errors.AsType[*merge.TwiceError](err); ok {
			return fmt.Errorf("%w, or take the later one with --pick last", twice)
		}
		if err != nil {
			return err
		}
		if r, err = against.judged(cmd.Context(), r); err != nil {
			return err
		}
		r.Summary = report.Sentence(r)
		if err = out.write(cmd.Context(), e, places, r); err != nil {
			fmt.Fprintln(e.err, "impala-lbcheck: report not written:", oneLine(err))
		}
		return exitWith(afterWriting(r.Exit, err))
	}
	return cmd
}

var picks = []string{"last"}

// addResults notes the results that a command reads.
func (o *output) addResults(names []string) {
	for _, name := range names {
		if name != stdoutPath {
			o.addInput("a result that is read", name)
		}
	}
}

// The most that is read of results together: as text, which is what is kept of them.
const (
	maxDocuments = scenarios.MaxShards
	maxTogether  = 512 << 20
)

// mergedFrom sums the results of some files, and of standard input where one is "-".
func mergedFrom(ctx context.Context, e env, names []string, o merge.Options) (scenarios.Result, error) {
	var docs []merge.Document
	left := int64(maxTogether)
	add := func(name string, text []byte) error {
		d, err := merge.NewDocument(name, text)
		docs = append(docs, d)
		if left -= int64(len(text)); left < 0 || len(docs) > maxDocuments {
			return fmt.Errorf("%s: results of more than %d bytes, or more than %d of them", name, maxTogether, maxDocuments)
		}
		return err
	}
	if i := slices.Index(names, stdoutPath); i >= 0 && slices.Contains(names[i+1:], stdoutPath) {
		return scenarios.Result{}, errors.New("standard input is named twice, and can be read once: write - once")
	}
	for _, name := range names {
		texts, err := textsOf(ctx, e, name, left)
		if err != nil {
			return scenarios.Result{}, err
		}
		for i, text := range texts {
			called := name
			if name == stdoutPath {
				called = fmt.Sprintf("result %d of standard input", i+1)
			}
			if err := add(called, text); err != nil {
				return scenarios.Result{}, err
			}
		}
	}
	return merge.Documents(docs, o)
}

// textsOf reads a file that holds one result, or standard input, which may hold many.
func textsOf(ctx context.Context, e env, name string, left int64) ([][]byte, error) {
	if name != stdoutPath {
		b, err := readFile(ctx, name, report.MaxResult)
		return [][]byte{b}, err
	}
	if e.in == nil {
		return nil, errors.New("-: there is no standard input")
	}
	var out leftOut
	texts, err := splitInput(ctx, e.in, out.limits(left))
	if err == nil && len(texts) == 0 {
		err = out.none()
	}
	if _, behind := errors.AsType[*jsonstream.NoObjectError](err); behind {
		err = fmt.Errorf("%w: is this a log? Run with --quiet --out json=-, so that it holds results alone", err)
	}
	if err != nil {
		return nil, fmt.Errorf("standard input: %w", err)
	}
	out.tell(e.err)
	return texts, nil
}

// leftOut is what standard input has beside results.
type leftOut struct {
	lines      int    // of no result
	first      string // how the first of them begins
	unfinished int    // results without an end
	begun      int    // the line of the first of them
}

// limits are those of standard input that may have so many bytes yet.
func (l *leftOut) limits(left int64) jsonstream.Limits {
	return jsonstream.Limits{
		Objects: maxDocuments, Each: report.MaxResult, Total: left, Mine: isOurs,
		Other: func(begins string) {
			if l.lines++; l.lines == 1 {
				l.first = report.Neutralize(begins, maxEventText)
			}
		},
		Unfinished: func(line int) {
			if l.unfinished++; l.unfinished == 1 {
				l.begun = line
			}
		},
	}
}

// isOurs reports whether an object has a schema of this program: whether it is one that
// merge takes is said where it is read. One that is no JSON is a result that was damaged,
// or a line that somebody has in braces.
func isOurs(object []byte) bool {
	const ours = `"impala-lbcheck/`
	var keys map[string]json.RawMessage
	if json.Unmarshal(object, &keys) != nil {
		return bytes.Contains(object, []byte(ours))
	}
	return bytes.HasPrefix(keys["schema"], []byte(ours))
}

// none says why there is no result.
func (l *leftOut) none() error {
	switch {
	case l.unfinished > 0:
		return fmt.Errorf("no result there has an end: the first begins on line %d: was what printed it killed?", l.begun)
	case l.lines > 0:
		return fmt.Errorf("none of its %d lines begins a result; the first is %q: run with --quiet --out json=-, and kubectl logs with --prefix=false, as docs/scale.md has it", l.lines, l.first)
	}
	return errors.New("it holds no result")
}

func (l *leftOut) tell(w io.Writer) {
	if l.lines > 0 {
		fmt.Fprintf(w, "impala-lbcheck: standard input: lines that are no part of a result were left out: %d; the first is %q\n", l.lines, l.first)
	}
	if l.unfinished > 0 {
		fmt.Fprintf(w, "impala-lbcheck: standard input: results that have no end were left out: %d; the first begins on line %d\n", l.unfinished, l.begun)
	}
}

// splitInput reads a stream to its end, or until ctx ends. Whoever writes it may take as
// long as they like.
func splitInput(ctx context.Context, in io.Reader, l jsonstream.Limits) ([][]byte, error) {
	type read struct {
		texts [][]byte
		err   error
	}
	done := make(chan read, 1)
	go func() {
		texts, err := jsonstream.Split(in, l)
		done <- read{texts, err}
	}()
	select {
	case r := <-done:
		return r.texts, r.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// judged holds a result against the baseline, where there is one.
func (b *baselineFlags) judged(ctx context.Context, r scenarios.Result) (scenarios.Result, error) {
	base, err := b.read(ctx, r.Scenario)
	if err != nil || base == nil {
		return r, err
	}
	r.Baseline = base
	return judge.Rejudge(r), nil
}
