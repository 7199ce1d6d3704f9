package merge_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// hourLater is a run of several shards of which the last began an hour after the others.
func hourLater(k scenarios.Kind, n int) []scenarios.Result {
	shards := split(scenarioOf(k), healthy(sessions(k, 1, 800, 1)), n)
	shards[n-1].Started = began.Add(time.Hour)
	return shards
}

// What shards held, or saw, at different times is no sum.
func TestMerge_ShardsThatNeverMetAreRefused(t *testing.T) {
	t.Parallel()
	for kind, why := range map[scenarios.Kind]string{
		scenarios.KindCapacity: "their sessions were not open at the same time",
		scenarios.KindWatch:    "each watched an event of its own",
	} {
		_, err := merge.Merge(hourLater(kind, 2), merge.Options{})
		want := "result 2: it began after result 1 had ended, and shards of one run must run at the same time, for " + why + ": start them together"
		if err == nil || err.Error() != want {
			t.Errorf("%s fails with %v, want %q", kind, err, want)
		}
		if _, err := merge.Merge(hourLater(kind, 1), merge.Options{}); err != nil {
			t.Errorf("%s: one shard of one: %v", kind, err)
		}
	}
}

// A load that shards made one after the other is not the load of all together: nothing
// passes, in one step or in several, and what failed did.
func TestMerge_ShardsThatNeverMetAreNotWhole(t *testing.T) {
	t.Parallel()
	for _, kind := range []scenarios.Kind{scenarios.KindLooks, scenarios.KindStages, scenarios.KindQuery, scenarios.KindHandleReuse} {
		shards := hourLater(kind, 3)
		for name, r := range map[string]scenarios.Result{
			"at once":  mustMerge(t, shards...),
			"in steps": mustMerge(t, mustMerge(t, shards[0], shards[2]), shards[1]),
		} {
			r = judge.Rejudge(r)
			const says = "shards 1/3 and 3/3 (seed 7) did not run at the same time"
			if r.Stopped == nil || r.Stopped.By != scenarios.StopPartial || r.Stopped.Text != says || r.Exit != scenarios.ExitInconclusive {
				t.Errorf("%s, %s: %+v, exit %d", kind, name, r.Stopped, r.Exit)
			}
			const remark = says + ": the run shard-00 had ended 59m18s before the run shard-02 began"
			if len(r.Remarks) != 1 || r.Remarks[0] != remark {
				t.Errorf("%s, %s: remarks %q", kind, name, r.Remarks)
			}
		}
	}
	shards := hourLater(scenarios.KindStages, 2)
	shards[0] = rejudged(shards[0], func(r *scenarios.Result) { r.Scenario.Expect.Version = "9.9" })
	shards[1].Scenario.Expect.Version = "9.9"
	if r := mustMerge(t, shards...); r.Verdict != scenarios.StatusFail {
		t.Errorf("what failed is %s", r.Verdict)
	}
}

// Three shards need an instant that is in all of them, and touching is enough.
func TestMerge_ShardsMeetAtOneInstant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		starts []time.Duration // of runs of 42 s each
		whole  bool
	}{
		"a chain of which neighbours meet":  {[]time.Duration{0, 30 * time.Second, 60 * time.Second}, false},
		"all within the first":              {[]time.Duration{0, 20 * time.Second, 41 * time.Second}, true},
		"the last begins as the first ends": {[]time.Duration{0, 0, 42 * time.Second}, true},
	} {
		s := scenarioOf(scenarios.KindLooks)
		shards := split(s, healthy(sessions(s.Kind, 1, 800, 1)), 3)
		for i, at := range c.starts {
			shards[i].Started = began.Add(at)
		}
		slices.Reverse(shards)
		if r := mustMerge(t, shards...); r.Complete != c.whole || strings.Contains(strings.Join(r.Notes, " "), "at the same time") == c.whole {
			t.Errorf("%s: complete: %t, %q", name, r.Complete, r.Notes)
		}
	}
}
