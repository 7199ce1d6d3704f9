package merge

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// loads are two shards of one run, of which the load of the first began first of all and
// that of the last last.
type loads struct {
	first, last scenarios.SourceRun
	apart       time.Duration
	limit       limit
}

// limit is how far apart the loads of shards may begin that are one load.
type limit struct {
	most time.Duration
	what string // they are: "loads"
	why  string
}

// limitOfStages has each stage be one load for half of its time, as what is held is.
func limitOfStages(s scenarios.Scenario) (limit, bool) {
	var lasts []time.Duration
	for _, st := range s.Load.Stages {
		d := st.Lasts(s.Load.Rate)
		if st.Hold > 0 && st.For > 0 {
			d = time.Duration(st.For) // all are open from then on
		}
		lasts = append(lasts, d)
	}
	if len(lasts) == 0 {
		return limit{}, false
	}
	shortest := slices.Min(lasts)
	return limit{shortest / 2, "loads", fmt.Sprintf("the shortest stage lasts %s: for half of it they must be one load", shortest)}, true
}

// limitOfWatch has every shard begin before the event of each other, and end after it.
func limitOfWatch(s scenarios.Scenario) (limit, bool) {
	before, after := time.Duration(s.Watch.EventAfter), time.Duration(s.Watch.For-s.Watch.EventAfter)
	switch {
	case before <= 0:
		return limit{}, false
	case before <= after:
		return limit{before, "watches", fmt.Sprintf("the event is %s after they begin: all must watch it", before)}, true
	}
	return limit{after, "watches", fmt.Sprintf("%s are left after the event: all must watch it", after)}, true
}

// loadsApart finds, for each run, two of its shards whose loads began too far apart. Those
// of which the one had ended before the other began are in apartOf.
func loadsApart(s scenarios.Scenario, sources []scenarios.SourceRun) []loads {
	limitOf := kinds[s.Kind.OrLooks()].apart
	if limitOf == nil {
		return nil
	}
	limit, ok := limitOf(s)
	if !ok {
		return nil
	}
	never := map[whole]bool{}
	for _, a := range apartOf(sources) {
		never[wholeOf(a.ended)] = true
	}
	var out []loads
	for w, shards := range shardsByRun(sources) {
		known := !slices.ContainsFunc(shards, func(s scenarios.SourceRun) bool { return s.LoadBegan == nil })
		byLoad := func(a, b scenarios.SourceRun) int {
			return cmp.Or(loadOf(a, known).Compare(loadOf(b, known)), cmp.Compare(a.Run, b.Run))
		}
		l := loads{first: slices.MinFunc(shards, byLoad), last: slices.MaxFunc(shards, byLoad), limit: limit}
		if l.apart = loadOf(l.last, known).Sub(loadOf(l.first, known)); l.apart > limit.most && !never[w] {
			out = append(out, l)
		}
	}
	return out
}

// loadOf is when the load of a shard began, or where that is not known of all, its run.
func loadOf(s scenarios.SourceRun, known bool) time.Time {
	if known {
		return s.Started.Add(s.LoadBegan.Duration())
	}
	return s.Started
}

// String says how far apart they are, and why that is too much.
func (l loads) String() string {
	return fmt.Sprintf("the %s of shards %s and %s (seed %d) began %s apart, and %s",
		l.limit.what, l.first.Shard, l.last.Shard, l.first.Seed, l.apart.Round(10*time.Millisecond), l.limit.why)
}
