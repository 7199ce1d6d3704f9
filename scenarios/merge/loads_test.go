package merge_test

import (
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// loadsAt are shards of 42 s whose loads began some seconds after the first run did.
func loadsAt(s scenarios.Scenario, began ...float64) []scenarios.Result {
	shards := split(s, healthy(sessions(s.Kind, 1, 800, 1)), len(began))
	for i, at := range began {
		later := scenarios.Seconds(at)
		shards[i].LoadBegan = &later
	}
	return shards
}

// Shards whose stages, or watches, hardly overlap are not the load that was asked for.
func TestMerge_LoadsThatDidNotMeet(t *testing.T) {
	t.Parallel()
	second := scenarios.Duration(time.Second)
	stages, held, watch := scenarioOf(scenarios.KindStages), scenarioOf(scenarios.KindStages), scenarioOf(scenarios.KindWatch)
	stages.Load.Stages = []scenarios.Stage{{Rate: 100, For: 10 * second}, {Rate: 50, Ramp: 2 * second, For: 2 * second}}
	held.Load.Stages = []scenarios.Stage{{Rate: 100, For: 30 * second}, {Hold: 1000, For: 8 * second}} // ten more to get in
	watch.Watch.For, watch.Watch.EventAfter = 40*second, 15*second
	for name, c := range map[string]struct {
		of    scenarios.Scenario
		began []float64
		says  string // "": they are one load
	}{
		"together":                    {stages, []float64{1, 1, 1}, ""},
		"half of the shortest stage":  {stages, []float64{1, 2, 3}, ""},
		"more than half of it":        {stages, []float64{1, 2, 3.1}, "the loads of shards 1/3 and 3/3 (seed 7) began 2.1s apart, and the shortest stage lasts 4s: for half of it they must be one load"},
		"the second before the first": {stages, []float64{9, 1, 8}, "the loads of shards 2/3 and 1/3 (seed 7) began 8s apart"},
		"sessions that stay":          {held, []float64{0, 0, 4}, ""},
		"sessions that stay, not for": {held, []float64{0, 0, 5}, "began 5s apart, and the shortest stage lasts 8s"},
		"all watch the event":         {watch, []float64{0, 15, 10}, ""},
		"one begins after the event":  {watch, []float64{0, 16, 10}, "the watches of shards 1/3 and 2/3 (seed 7) began 16s apart, and the event is 15s after they begin: all must watch it"},
	} {
		shards := loadsAt(c.of, c.began...)
		for how, r := range map[string]scenarios.Result{
			"at once":  mustMerge(t, shards...),
			"in steps": mustMerge(t, reread(t, mustMerge(t, shards[2], shards[1])), shards[0]),
		} {
			switch {
			case c.says == "" && (!r.Complete || r.Stopped != nil):
				t.Errorf("%s, %s: %+v", name, how, r.Stopped)
			case c.says != "" && (r.Complete || r.Exit != scenarios.ExitInconclusive || !strings.Contains(r.Stopped.Text, c.says) || len(r.Stopped.Hint) == 0):
				t.Errorf("%s, %s: exit %d, %+v", name, how, r.Exit, r.Stopped)
			}
		}
	}
}

// A watch whose event comes late must last until then for all.
func TestMerge_WatchesThatEndedBeforeTheEvent(t *testing.T) {
	t.Parallel()
	s := scenarioOf(scenarios.KindWatch)
	s.Watch.For, s.Watch.EventAfter = scenarios.Duration(40*time.Second), scenarios.Duration(35*time.Second)
	const says = "began 6s apart, and 5s are left after the event: all must watch it"
	if r := mustMerge(t, loadsAt(s, 0, 6)...); r.Stopped == nil || !strings.Contains(r.Stopped.Text, says) {
		t.Errorf("%+v", r.Stopped)
	}
	if r := mustMerge(t, loadsAt(s, 0, 5)...); r.Stopped != nil {
		t.Errorf("%+v", r.Stopped)
	}
}

// A result of an earlier version does not say when its load began: its run did about then.
func TestMerge_LoadsThatAreNotKnown(t *testing.T) {
	t.Parallel()
	for later, whole := range map[time.Duration]bool{5 * time.Second: true, 6 * time.Second: false} {
		shards := loadsAt(scenarioOf(scenarios.KindStages), 30, 0) // of 10 s
		shards[1].LoadBegan, shards[1].Started = nil, began.Add(later)
		if r := mustMerge(t, shards...); r.Complete != whole {
			t.Errorf("%s: complete: %t, %+v", later, r.Complete, r.Stopped)
		}
	}
}

// What looks and queries ask is asked of each shard, whenever it ran.
func TestMerge_LooksAreNoLoad(t *testing.T) {
	t.Parallel()
	for _, kind := range []scenarios.Kind{scenarios.KindLooks, scenarios.KindQuery, scenarios.KindHandleReuse} {
		if r := mustMerge(t, loadsAt(scenarioOf(kind), 0, 40)...); !r.Complete {
			t.Errorf("%s: %+v", kind, r.Stopped)
		}
	}
}
