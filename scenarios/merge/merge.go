package merge

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// Options say how documents are merged.
type Options struct {
	Tool     string // version of what merges
	PickLast bool   // of two complete runs of one shard the one that started last counts; else they are refused

	// DropBaselines leaves out what the results were held against: the sum will be held
	// against another run, or against none. Else they must all have the same, or none.
	DropBaselines bool
}

// Merge sums results and judges the sum; what is wrong with one is said by its number,
// from 1. Summary is not filled: report.Sentence writes it.
func Merge(results []scenarios.Result, o Options) (scenarios.Result, error) {
	docs := make([]Document, len(results))
	for i, r := range results {
		docs[i] = documentOf(fmt.Sprintf("result %d", i+1), r)
	}
	return Documents(docs, o)
}

// Documents is Merge of results that are read one after the other.
func Documents(docs []Document, o Options) (scenarios.Result, error) {
	if len(docs) == 0 {
		return scenarios.Result{}, errors.New("there is no result to merge")
	}
	c, err := choose(docs, o)
	if err != nil {
		return scenarios.Result{}, err
	}
	s := newSum(c, o)
	for _, group := range c.groups {
		for _, d := range group {
			r, err := d.read()
			if err != nil {
				return scenarios.Result{}, err
			}
			if err := s.add(d.Name, r); err != nil {
				return scenarios.Result{}, err
			}
		}
		s.endGroup()
	}
	r, err := s.result(c)
	if err != nil {
		return scenarios.Result{}, err
	}
	r.Tool = o.Tool
	judge.Conclude(&r, judge.Judge(r.Measured))
	return r, r.Check()
}

// runOf names the sum after the first of its runs, so that it sorts by time, and after
// all of them.
func runOf(sources []scenarios.SourceRun) string {
	if len(sources) == 1 {
		return sources[0].Run
	}
	runs := make([]string, len(sources))
	for i, s := range sources {
		runs[i] = s.Run
	}
	slices.Sort(runs)
	h := sha256.New()
	for _, run := range runs {
		fmt.Fprintf(h, "%q\n", run)
	}
	first := slices.MinFunc(sources, bySourceStart)
	return fmt.Sprintf("%.100s+%d.%x", first.Run, len(sources)-1, h.Sum(nil)[:4])
}
