package run

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestKinds_AreComplete(t *testing.T) {
	t.Parallel()
	for _, k := range scenarios.Kinds() {
		if kinds()[k].loop == nil && kinds()[k].refused == "" {
			t.Errorf("kind %s has no loop", k)
		}
	}
	if len(kinds()) != len(scenarios.Kinds()) {
		t.Errorf("%d kinds, want %d", len(kinds()), len(scenarios.Kinds()))
	}
}

// Who logs in where only a handshake was asked for sends a password too many.
func TestRun_RefusesCertificates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(1)
		s.TLS.Enabled, s.Kind = true, scenarios.KindCertificates
		s.Load.Sessions = 0 // of looks alone
		b := &balancer{}
		r, seen := watched(t.Context(), t, b, s, Options{})
		if len(seen) != 0 || len(b.opened) != 0 || r.Stopped == nil || r.Complete {
			t.Errorf("%d sessions, stopped = %+v", len(seen), r.Stopped)
		}
	})
}

func TestCertificates_RefusesOtherKinds(t *testing.T) {
	t.Parallel()
	for _, kind := range scenarios.Kinds() {
		if kindOf(scenarios.Scenario{Kind: kind}).handshake {
			continue
		}
		s := scenario(1)
		s.TLS.Enabled, s.Kind = true, kind
		r := Certificates(t.Context(), func(context.Context, Node, *scenarios.Observation) error {
			t.Errorf("%s: a handshake was made", kind)
			return nil
		}, s, Options{})
		if want := "a scenario of kind " + string(kind) + " has more than handshakes: use Run"; r.Stopped == nil || r.Stopped.Text != want {
			t.Errorf("stopped = %+v, want %q", r.Stopped, want)
		}
	}
}
