package merge_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// What decides where a document belongs is what its result says, however its keys are
// written.
func TestNewDocument_ReadsWhatTheResultSays(t *testing.T) {
	t.Parallel()
	shards := split(scenarioOf(scenarios.KindStages), healthy(sessions(scenarios.KindStages, 1, 200, 1)), 2)
	sum := written(t, mustMerge(t, shards...))
	for name, c := range map[string]struct {
		change func([]byte) []byte
		want   string // "": it is merged as if it were not there
	}{
		"a run in upper case":   {func(b []byte) []byte { return bytes.Replace(b, []byte("{"), []byte(`{"RUN": "shard-09",`), 1) }, ""},
		"sources in upper case": {func(b []byte) []byte { return bytes.Replace(b, []byte("{"), []byte(`{"Sources": [{"run": "x"}],`), 1) }, ""},
		"the run twice":         {func(b []byte) []byte { return bytes.Replace(b, []byte("{"), []byte(`{"run": "shard-09",`), 1) }, "is repeated in one object"},
		"more sources than exist": {func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"sources": [`), []byte(`"sources": [`+strings.Repeat(`{"run": "x"},`, scenarios.MaxShards)), 1)
		}, "sources: list of 10001; the limit is 10000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := merge.NewDocument("a", c.change(sum))
			if err != nil {
				if c.want == "" || !strings.Contains(err.Error(), c.want) {
					t.Errorf("fails with %v, want %q", err, c.want)
				}
				return
			}
			r, err := merge.Documents([]merge.Document{d}, merge.Options{})
			if err != nil || c.want != "" || len(r.Sources) != 2 || r.Sources[0].Run != "shard-00" {
				t.Errorf("%v; sources %+v, want %q", err, r.Sources, c.want)
			}
		})
	}
}
