package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// written writes observations to a file of a name, and returns its path.
func written(t testing.TB, name string, all ...scenarios.Observation) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := newObservationFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		f.write(o)
	}
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// CSV goes back to the same sessions as JSON lines, as far as a join with a log needs.
func TestReadObservationsCSV_IsAsJSONLines(t *testing.T) {
	t.Parallel()
	cut := full()
	cut.Who, cut.Local = scenarios.Identity{Coordinator: "=odd:25000"}, scenarios.Observation{}.Local
	read := func(name string) (all []scenarios.Observation) {
		if _, err := readObservations(t.Context(), written(t, name, full(), cut), func(o scenarios.Observation) {
			o.Who = scenarios.Identity{Coordinator: o.Who.Coordinator}
			o.HTTP, o.Text, o.Refused, o.Owed = scenarios.HTTPCounts{}, "", false, 0
			all = append(all, o)
		}); err != nil {
			t.Fatal(err)
		}
		return all
	}
	if diff := cmp.Diff(read("o.jsonl"), read("o.csv"), cmp.Comparer(func(a, b scenarios.Class) bool { return a == b }), cmp.Comparer(func(a, b scenarios.Observation) bool {
		a.Hint, b.Hint, a.Cert, b.Cert = nil, nil, nil, nil
		return a.Seq == b.Seq && a.Part == b.Part && a.Due == b.Due && a.Start == b.Start && a.Began.Equal(b.Began) && a.End == b.End && a.Phases == b.Phases &&
			a.Node == b.Node && a.Local == b.Local && a.Who == b.Who && a.BytesIn == b.BytesIn && a.BytesOut == b.BytesOut && a.Outcome == b.Outcome && a.Class == b.Class
	})); diff != "" {
		t.Errorf("-JSON +CSV:\n%s", diff)
	}
}
