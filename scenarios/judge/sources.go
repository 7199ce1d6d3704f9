package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// sumOf says what a merged result is the sum of; "" where it is not one.
func sumOf(sources []scenarios.SourceRun) string {
	if len(sources) == 0 {
		return ""
	}
	shards := 0
	for _, s := range sources {
		if s.Shard != nil {
			shards++
		}
	}
	what := phrase.Count(len(sources), "run")
	if shards == len(sources) {
		what = phrase.Count(shards, "shard")
	}
	byStart := func(a, b scenarios.SourceRun) int { return a.Started.Compare(b.Started) }
	first, last := slices.MinFunc(sources, byStart), slices.MaxFunc(sources, byStart)
	return fmt.Sprintf("this is the sum of %s, of which the last began %s after the first", what, last.Started.Sub(first.Started).Round(10*time.Millisecond))
}
