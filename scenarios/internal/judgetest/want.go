package judgetest

import (
	"maps"
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Want is the status of the findings that matter, by id.
type Want map[string]scenarios.Status

// IDs are its ids, sorted.
func (w Want) IDs() []string { return slices.Sorted(maps.Keys(w)) }

// Check fails t where a finding has another status than the one in w.
func Check(t *testing.T, fs []scenarios.Finding, w Want) {
	t.Helper()
	for _, id := range w.IDs() {
		if f := Find(t, fs, id)[0]; f.Status != w[id] {
			t.Errorf("%s is %v, want %v: %q, note %q", id, f.Status, w[id], f.Message, f.Note)
		}
	}
}
