package reconciletext_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/reconciletext"
	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/internal/reconcile"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// everything is a reconciliation in which each part has something to say, some of it
// hostile.
func everything() reconcile.Reconciliation {
	r := reconcile.Reconciliation{
		Summary:  "FAIL: something \x1b[31m(reconcile.failed).",
		Sessions: reconcile.Sessions{Total: 10, Joined: 5, Ambiguous: 2, Untimely: 1, NotLogged: 1, NoPort: 1, Scouts: 2},
		Clock:    reconcile.Clock{Known: true, Offset: 40.3, Low: 39.1, High: 42},
		Log:      reconcile.Log{Format: "haproxy", Backends: true, Address: "203.0.113.9", Repeats: 3, Others: 9, Own: 2, Partial: true},
		Backends: []reconcile.Backend{
			{Backend: "10.0.1.1:21050", Name: "impala/c1\x1b]0;x\a", Sessions: 3, Retried: 1, Coordinators: map[string]int{"coord-a1:25000": 2, "coord-\u202eb1": 1}, Others: 9},
			{Backend: "impala/c2", Name: "impala/c2", Sessions: 2, Failed: 2},
		},
		Order: []reconcile.Order{{Backends: 4, Steps: 55, Kept: 20, Unknown: 4}, {Node: "10.0.0.7:21050", Backends: 2, Steps: 29, Kept: 29}},
		Failed: []reconcile.Failed{
			{Class: scenarios.Class{Phase: vocab.PhaseOpen, Kind: vocab.KindEOF}, Backend: "impala/c2", Coordinator: "coord-b1:25000", Reason: "SD\n::error::x", Sessions: 2},
			{Class: scenarios.Class{Phase: vocab.PhaseTCP, Kind: vocab.KindTimeout}, Sessions: 1},
		},
		Findings: []scenarios.Finding{
			{ID: scenarios.ReconcileJoined, Status: scenarios.StatusPass, Message: "5 of 5", Note: "a note", Explain: "arithmetic"},
			{ID: scenarios.ReconcileFailed, Status: scenarios.StatusFail, Message: "of 2"},
			{ID: scenarios.ReconcileBackends, Message: "nothing"},
			{ID: scenarios.ReconcileClock, Status: scenarios.StatusSkipped, Message: "skipped"},
		},
	}
	for i := range 12 {
		r.Log.Files = append(r.Log.Files, balancerlog.File{Name: fmt.Sprintf("%d.log", i), Lines: 7, Records: 4, Other: 2, Broken: 1, First: time.Unix(1, 0), Last: time.Unix(2, 0), Shown: []string{}})
	}
	r.Log.Files[0].Shown = []string{"0.log:3:7: expected a time"}
	r.Log.Files[1].Cut = "the compressed file is broken off or damaged after line 7"
	return r
}

func TestReconciliation_Golden(t *testing.T) {
	t.Parallel()
	golden.Equal(t, "testdata/everything.txt", []byte(reconciletext.Reconciliation(everything())))
	golden.Equal(t, "testdata/nothing.txt", []byte(reconciletext.Reconciliation(reconcile.Reconciliation{Summary: "INCONCLUSIVE: nothing."})))
}

// What a log says cannot steer a terminal or forge a line.
func TestReconciliation_IsPlain(t *testing.T) {
	t.Parallel()
	text := reconciletext.Reconciliation(everything())
	if strings.ContainsAny(text, "\x1b\a\u202e") || strings.Contains(text, "\n::error") {
		t.Errorf("%q", text)
	}
}

// Tables do not grow with what a log holds.
func TestReconciliation_IsBounded(t *testing.T) {
	t.Parallel()
	r := everything()
	for i := range 1000 {
		r.Backends = append(r.Backends, reconcile.Backend{Backend: fmt.Sprintf("b%d", i)})
	}
	if text := reconciletext.Reconciliation(r); strings.Count(text, "\n") > 120 || !strings.Contains(text, "and 952 more") {
		t.Errorf("%d lines", strings.Count(text, "\n"))
	}
}
