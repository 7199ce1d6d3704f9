package lbcheck

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestKinds_AreComplete(t *testing.T) {
	t.Parallel()
	for _, k := range scenarios.Kinds() {
		if (kinds[k].run == nil) == (kinds[k].refused == "") {
			t.Errorf("nothing carries out kind %s", k)
		}
	}
	if len(kinds) != len(scenarios.Kinds()) {
		t.Errorf("%d kinds, want %d", len(kinds), len(scenarios.Kinds()))
	}
}

// A library asks no AWS: a scenario that wants an audit beside its sessions needs the
// answer, and is refused without it.
func TestRun_RefusesAnAuditWithoutItsAnswer(t *testing.T) {
	t.Parallel()
	s := scenarios.Default()
	s.Target.Endpoints, s.Audit.Balancer = []string{"127.0.0.1:1"}, "impala-prod"
	if _, err := Run(t.Context(), s, Options{}); err == nil || !strings.Contains(err.Error(), "audit.balancer is set, and Options.Run.Audit is nil") {
		t.Errorf("Run: %v", err)
	}
}
