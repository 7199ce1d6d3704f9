package merge

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// apart are two shards of one run that did not run at the same time.
type apart struct{ ended, began scenarios.SourceRun }

// apartOf finds, for each run, two of its shards that did not meet: where there is no
// instant at which all of them ran, the first to end had ended before the last began. One
// that never had a session has no say.
func apartOf(sources []scenarios.SourceRun) []apart {
	var out []apart
	for _, shards := range shardsByRun(sources) {
		a := apart{
			ended: slices.MinFunc(shards, func(a, b scenarios.SourceRun) int {
				return cmp.Or(endOf(a).Compare(endOf(b)), cmp.Compare(a.Run, b.Run))
			}),
			began: slices.MaxFunc(shards, bySourceStart),
		}
		if a.gap() > 0 {
			out = append(out, a)
		}
	}
	return out
}

// shardsByRun are the shards that had a session, by the run that was parted, in the order
// in which each is met first.
func shardsByRun(sources []scenarios.SourceRun) iter.Seq2[whole, []scenarios.SourceRun] {
	shards := map[whole][]scenarios.SourceRun{}
	var order []whole
	for _, s := range sources {
		if s.Shard == nil || s.Sessions == 0 {
			continue
		}
		w := wholeOf(s)
		if shards[w] == nil {
			order = append(order, w)
		}
		shards[w] = append(shards[w], s)
	}
	return func(yield func(whole, []scenarios.SourceRun) bool) {
		for _, w := range order {
			if !yield(w, shards[w]) {
				return
			}
		}
	}
}

func endOf(s scenarios.SourceRun) time.Time {
	return s.Started.Add(scenarios.Seconds(s.Seconds).Duration())
}

// gap is how long after the end of the one the other began.
func (a apart) gap() time.Duration { return a.began.Started.Sub(endOf(a.ended)) }

// String says it without the ids of the runs.
func (a apart) String() string {
	return fmt.Sprintf("shards %s and %s (seed %d) did not run at the same time", a.ended.Shard, a.began.Shard, a.ended.Seed)
}

// remark says it with their times.
func (a apart) remark() string {
	return fmt.Sprintf("%s: the run %.100s had ended %s before the run %.100s began", a, a.ended.Run, a.gap().Round(10*time.Millisecond), a.began.Run)
}

// ApartError is about two shards of one run that did not run at the same time, of a kind
// that is judged by what is open, or seen, at one time.
type ApartError struct {
	Ended, Began string // names of the documents
	reason       string
}

func (e *ApartError) Error() string {
	return fmt.Sprintf("%s: it began after %s had ended, and shards of one run must run at the same time, for %s: start them together", e.Began, e.Ended, e.reason)
}
