package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// written writes observations to a file of a name, and returns its path.
func written(t *testing.T, name string, all ...scenarios.Observation) string {
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
		if err := readObservations(t.Context(), written(t, name, full(), cut), func(o scenarios.Observation) {
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

// A last row without its end is of a run that was killed; any other that cannot be read is
// refused, also one that never ends.
func TestReadObservationsCSV_Broken(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(written(t, "o.csv", full(), full()))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(whole), "\n")
	for name, c := range map[string]struct {
		text string
		n    int
		says string
	}{
		"whole":                   {string(whole), 2, ""},
		"cut in the last row":     {string(whole[:len(whole)-30]), 1, ""},
		"cut behind its last":     {strings.TrimRight(string(whole), "\r\n"), 1, ""},
		"a row of few cells":      {lines[0] + "1,ordered\r\n" + lines[1], 0, ":2: "},
		"the last of few cells":   {lines[0] + lines[1] + "1,ordered\r\n", 1, ":3: "},
		"a wrong cell":            {lines[0] + strings.Replace(lines[1], "scout", "scoot", 1), 0, ":2: it is no session: part: "},
		"a quote that never ends": {lines[0] + `1,"` + strings.Repeat("x", 2*maxObservation), 0, ":2: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "o.csv")
			write(t, file, c.text)
			n := 0
			err := readObservations(t.Context(), file, func(scenarios.Observation) { n++ })
			if n != c.n || c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%d sessions, %v", n, err)
			}
		})
	}
}
