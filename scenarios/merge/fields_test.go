package merge_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// summed are the fields of what was measured of which this package knows how they are
// summed, or that no run has that can be. docs/merge.md has a row for each.
var summed = []string{
	"Scenario", "Stopped", "Scouts", "Probe", "Sessions", "Nodes", "Looks", "Phases", "TLS", "Silent", "Load", "Capacity", "Queries", "Idle", "Watch", "Handles",
	"Logins", "HTTP", "Series", "Tags", "Closes", "Pages", "Remarks", "Shard", "Sources", "Baseline", "OnThisMachine", "Unrecorded",
}

// Whoever adds a field to what is measured says how it is summed: what is forgotten
// would be lost in silence.
func TestMerge_KnowsEveryField(t *testing.T) {
	t.Parallel()
	for f := range reflect.TypeFor[scenarios.Measured]().Fields() {
		if !slices.Contains(summed, f.Name) {
			t.Errorf("how is %s summed? Say so in scenarios/merge and docs/merge.md, and add it here", f.Name)
		}
	}
}

// Every kind is either summed or refused with a reason.
func TestMerge_KnowsEveryKind(t *testing.T) {
	t.Parallel()
	for _, k := range scenarios.Kinds() {
		r := ofKind(k)
		r.Stopped = &scenarios.Stop{By: scenarios.StopInterrupted, Text: "interrupted"}
		_, err := merge.Merge([]scenarios.Result{r}, merge.Options{})
		if refused := k == scenarios.KindCertificates || k == scenarios.KindIdle; refused != (err != nil) {
			t.Errorf("%s: %v", k, err)
		}
	}
}
