package merge_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// heldAt are shards of a capacity that hold 5 sessions each, 15 s at most: when each had all
// of its sessions open.
func heldAt(holds ...scenarios.Hold) []scenarios.Result {
	s := scenarioOf(scenarios.KindCapacity)
	s.Capacity.Hold, s.Capacity.For = 5*len(holds), scenarios.Duration(4*time.Second)
	all := sessions(s.Kind, 1, 5*len(holds), 1)
	for i := range all {
		all[i].Outcome, all[i].Who = scenarios.OutcomeOK, scenarios.Identity{Coordinator: "c1:25000", PID: 7, Version: "5.0", Source: scenarios.SourcePing}
		all[i].Class, all[i].Text, all[i].Closed = scenarios.Class{}, "", scenarios.OutcomeOK
	}
	shards := split(s, all, len(holds))
	for i := range holds {
		shards[i] = rejudged(shards[i], func(r *scenarios.Result) {
			c := *r.Capacity
			c.For, c.Hold = 4, &holds[i]
			r.Capacity = &c
		})
	}
	return shards
}

// Sessions that got in when those of another shard had left were not open together.
func TestMerge_HoldsThatDidNotMeet(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		holds  []scenarios.Hold
		starts []time.Duration
		held   int
		stayed scenarios.Seconds
		says   string // "": it passes
	}{
		"at the same time":            {[]scenarios.Hold{{Began: 1, Ended: 5}, {Began: 1.5, Ended: 5.5}, {Began: 1, Ended: 5}}, nil, 15, 3.5, ""},
		"one after the others":        {[]scenarios.Hold{{Began: 1, Ended: 5}, {Began: 1, Ended: 5.5}, {Began: 5.004, Ended: 9}}, nil, 10, 4, "the holds of shards 1/3 and 3/3 (seed 7) were not at the same time; 10 of 15 sessions are known to have been open at the same time"},
		"a chain":                     {[]scenarios.Hold{{Began: 1, Ended: 5}, {Began: 4, Ended: 8}, {Began: 7, Ended: 11}}, nil, 10, 1, "the holds of shards 1/3 and 3/3 (seed 7) were not at the same time"},
		"none met":                    {[]scenarios.Hold{{Began: 1, Ended: 5}, {Began: 6, Ended: 10}, {Began: 11, Ended: 15}}, nil, 5, 4, "the holds of shards 1/3 and 3/3 (seed 7) were not at the same time"},
		"an instant":                  {[]scenarios.Hold{{Began: 1, Ended: 5}, {Began: 1, Ended: 5}, {Began: 4.99, Ended: 9}}, nil, 15, .01, "the holds of shards 1/3 and 3/3 (seed 7) were at the same time for 10ms only; until then: 15 sessions stayed logged in"},
		"runs that began apart":       {[]scenarios.Hold{{Began: 1, Ended: 5}, {Began: 1, Ended: 5}, {Began: 1, Ended: 5}}, []time.Duration{0, 0, 20 * time.Second}, 10, 4, "the holds of shards 1/3 and 3/3 (seed 7) were not at the same time"},
		"runs that began apart, held": {[]scenarios.Hold{{Began: 21, Ended: 25}, {Began: 21, Ended: 25}, {Began: 1, Ended: 5}}, []time.Duration{0, 0, 20 * time.Second}, 15, 4, ""},
	} {
		shards := heldAt(c.holds...)
		for i, at := range c.starts {
			shards[i].Started = began.Add(at)
		}
		slices.Reverse(shards)
		sums := map[string]scenarios.Result{
			"at once":  mustMerge(t, shards...),
			"in steps": mustMerge(t, reread(t, mustMerge(t, shards[0], shards[2])), shards[1]),
		}
		for how, r := range sums {
			f := r.Findings[slices.IndexFunc(r.Findings, func(f scenarios.Finding) bool { return f.ID == scenarios.CapacityHeld })]
			if passes := r.Verdict == scenarios.StatusPass; passes != (c.says == "") || !strings.Contains(f.Message, c.says) && how == "at once" {
				t.Errorf("%s, %s: %s: %s", name, how, f.Status, f.Message)
			}
			if c.says != "" && (r.Exit != scenarios.ExitInconclusive || f.Status != scenarios.StatusInconclusive || c.held < 15 && len(f.Fix) == 0) {
				t.Errorf("%s, %s: exit %d, %+v", name, how, r.Exit, f)
			}
			got := r.Capacity
			if how == "at once" && (got.Held != c.held || got.Survived != c.held || got.Holders[0].Held != c.held) || got.Target != 15 || got.Held > c.held {
				t.Errorf("%s, %s: %+v", name, how, *got)
			}
			if d := got.For - c.stayed; how == "at once" && max(d, -d) > 1e-9 {
				t.Errorf("%s: they stayed for %v s together, want %v", name, got.For, c.stayed)
			}
		}
	}
}

// A result of an earlier version does not say when its sessions were open. Runs that last
// hardly longer than their sessions stayed had them open together all the same.
func TestMerge_HoldsThatAreNotKnown(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lasted, later float64
		passes        bool
	}{
		"hardly longer":       {7, 0, true},
		"more than twice":     {9, 0, false},
		"a little later":      {7, .9, true},
		"later than the ramp": {7, 1.1, false},
	} {
		shards := heldAt(scenarios.Hold{}, scenarios.Hold{}, scenarios.Hold{})
		for i := range shards {
			shards[i].Capacity.Hold, shards[i].Seconds = nil, c.lasted
		}
		shards[2].Started = began.Add(time.Duration(c.later * float64(time.Second)))
		for how, r := range map[string]scenarios.Result{
			"at once":  mustMerge(t, shards...),
			"in steps": mustMerge(t, reread(t, mustMerge(t, shards[0], shards[1])), shards[2]),
		} {
			const says = "it is not known whether the holds of shards"
			if passes := r.Verdict == scenarios.StatusPass; passes != c.passes || strings.Contains(strings.Join(r.Notes, " "), says) == c.passes {
				t.Errorf("%s, %s: %s, %q", name, how, r.Verdict, r.Notes)
			}
		}
	}
}

// What failed has failed, whenever the others were open; what is said to have been held was.
func TestMerge_HoldsOfWhatFailed(t *testing.T) {
	t.Parallel()
	shards := heldAt(scenarios.Hold{Began: 1, Ended: 5}, scenarios.Hold{Began: 1, Ended: 5}, scenarios.Hold{Began: 6, Ended: 16})
	shards[2] = rejudged(shards[2], func(r *scenarios.Result) {
		c := *r.Capacity
		c.StoppedBy, c.Phase = vocabtest.Class("open.timeout"), "open"
		r.Capacity = &c
	})
	r := mustMerge(t, shards...)
	if r.Verdict != scenarios.StatusFail || !r.Complete || r.Capacity.Held != 10 || r.Capacity.StoppedBy.IsZero() {
		t.Errorf("%s, complete: %t, %+v", r.Verdict, r.Complete, *r.Capacity)
	}
}

// One shard has nobody to meet.
func TestMerge_HoldOfOneShard(t *testing.T) {
	t.Parallel()
	r, err := merge.Merge(heldAt(scenarios.Hold{Began: 1, Ended: 5}), merge.Options{})
	if err != nil || r.Verdict != scenarios.StatusPass || *r.Capacity.Hold != (scenarios.Hold{Began: 1, Ended: 5}) {
		t.Errorf("%v: %s, %+v", err, r.Verdict, r.Capacity)
	}
}
