package merge_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// mergeable are the kinds of which shards can be summed.
var mergeable = []scenarios.Kind{scenarios.KindLooks, scenarios.KindStages, scenarios.KindQuery, scenarios.KindCapacity, scenarios.KindWatch, scenarios.KindHandleReuse}

// A run that is parted into shards, by every n-th session, and merged again is the run:
// all of it but its id, the shards themselves, and the order of its sessions, which each
// shard has of its own.
func TestMerge_OfASplitRunIsTheRun(t *testing.T) {
	t.Parallel()
	for _, kind := range mergeable {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s := scenarioOf(kind)
			for n := 1; n <= 16; n += splitStep {
				looks, each := 1, 960
				if kind == scenarios.KindLooks {
					looks, each = 3, 320
				}
				all := sessions(kind, looks, each, uint64(n))
				want := resultOf(s, "whole", nil, all)
				shards := split(s, all, n)
				rand.New(rand.NewPCG(uint64(n), 2)).Shuffle(n, func(i, j int) { shards[i], shards[j] = shards[j], shards[i] })
				got, err := merge.Merge(shards, merge.Options{Tool: "test"})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(essence(t, want), essence(t, got)); diff != "" {
					t.Fatalf("%d shards: - the run, + the sum:\n%.3000s", n, diff)
				}
				if len(got.Sources) != n || got.Complete != want.Complete {
					t.Errorf("%d sources, complete: %t", len(got.Sources), got.Complete)
				}
				reread(t, got)
			}
		})
	}
}

// split deals the sessions of every look to n shards in turn.
func split(s scenarios.Scenario, all []session, n int) []scenarios.Result {
	parts := make([][]session, n)
	for i, o := range all {
		parts[i%n] = append(parts[i%n], o)
	}
	out := make([]scenarios.Result, n)
	for i, part := range parts {
		out[i] = resultOf(s, fmt.Sprintf("shard-%02d", i), &scenarios.Shard{Index: i + 1, Count: n}, part)
	}
	return out
}

// essence is what a sum has in common with the run that was split: decoded JSON
// without the id, the scouts, what the run is the sum of, and what depends on the order of all
// sessions.
func essence(t *testing.T, r scenarios.Result) map[string]any {
	t.Helper()
	r.Sessions.Scout = 0 // each shard has its own
	for i := range r.Queries {
		r.Queries[i].Times = slices.Sorted(slices.Values(r.Queries[i].Times)) // they have no order
	}
	if r.Watch != nil {
		w := *r.Watch
		w.Outage = 0 // each shard sees the end of its own
		r.Watch = &w
	}
	if r.Scenario.Kind == scenarios.KindLooks {
		r.Findings = slices.DeleteFunc(slices.Clone(r.Findings), func(f scenarios.Finding) bool { return f.ID == scenarios.BalanceOrder })
		for i := range r.Findings {
			r.Findings[i].Explain = ""
		}
		r.Policy.Inferred = ""
		r.Detect = nil // a run may ask for a look, shards take as many as they take
	}
	if r.Scenario.Kind == scenarios.KindWatch {
		r.Findings = nil // watch.outage has the outage
	}
	var v map[string]any
	if err := json.Unmarshal(written(t, r), &v); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"run", "shard", "sources", "notes"} {
		delete(v, key)
	}
	for _, c := range v["coordinators"].([]any) {
		sortPIDs(c.(map[string]any))
	}
	for _, l := range v["looks"].([]any) {
		look := l.(map[string]any)
		for _, key := range []string{"sequence", "sequences", "clients"} {
			delete(look, key)
		}
		for _, c := range look["seen"].([]any) {
			sortPIDs(c.(map[string]any))
		}
	}
	return v
}

// sortPIDs leaves aside which process of a coordinator a look met first: between machines
// there is no order.
func sortPIDs(coordinator map[string]any) {
	pids, _ := coordinator["pids"].([]any)
	slices.SortFunc(pids, func(a, b any) int { return int(a.(float64) - b.(float64)) })
}

func written(t *testing.T, r scenarios.Result) []byte {
	t.Helper()
	r.Summary = report.Sentence(r)
	var b bytes.Buffer
	if err := report.Write(&b, report.FormatJSON, r, report.Style{}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// reread reads a result that was written, and writes it again.
func reread(t *testing.T, r scenarios.Result) scenarios.Result {
	t.Helper()
	text := written(t, r)
	read, err := report.Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if again := written(t, read); !bytes.Equal(again, text) {
		t.Fatalf("written again it differs:\n%s", cmp.Diff(string(text), string(again)))
	}
	return read
}

// What was merged can be merged again: in whatever steps, the sum is the same but for
// the order of its parts.
func TestMerge_InSteps(t *testing.T) {
	t.Parallel()
	for _, kind := range mergeable {
		s := scenarioOf(kind)
		shards := split(s, sessions(kind, 1, 600, 3), 5)
		want, err := merge.Merge(shards, merge.Options{})
		if err != nil {
			t.Fatal(err)
		}
		first, err := merge.Merge(shards[:2], merge.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if first.Verdict == scenarios.StatusPass || first.Complete {
			t.Errorf("%s: two of five shards: %s", kind, first.Verdict)
		}
		got, err := merge.Merge([]scenarios.Result{shards[4], reread(t, first), shards[2], shards[3]}, merge.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(essence(t, want), essence(t, got)); diff != "" {
			t.Errorf("%s: - at once, + in steps:\n%.2000s", kind, diff)
		}
		if want.Run != got.Run {
			t.Errorf("%s: the sum is called %s at once and %s in steps", kind, want.Run, got.Run)
		}
	}
}
