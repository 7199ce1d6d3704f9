package run

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Many workers on real cores: what they leave in several recorders is exact.
func TestCollector_ManyWorkersAreCountedExactly(t *testing.T) {
	t.Parallel()
	const sessions, every = 4000, 10
	ctx, cancel := context.WithCancel(t.Context())
	var n, bad atomic.Int64
	dial := func(_ context.Context, node Node, o *scenarios.Observation) (Session, error) {
		i := n.Add(1)
		o.Cert = &scenarios.Cert{Fingerprint: "of " + node.Addr.String(), Seen: time.Unix(sessions-i, 0)}
		if i == sessions {
			defer cancel()
		}
		if i > 1 && i%every == 0 {
			bad.Add(1)
			return nil, fault{"open.eof", ""}
		}
		o.Phases[scenarios.PhaseOpen] = time.Millisecond
		o.Who = scenarios.Identity{Coordinator: "coord-1:25000", PID: 1, Source: scenarios.SourcePing}
		return free{}, nil
	}
	observed, done := 0, 0 // each function is called from one goroutine
	r := Run(ctx, dial, staged(scenarios.Stage{Closed: 8, For: seconds(3600)}), Options{
		judge: content, plan: plain,
		Observe: func(scenarios.Observation) { observed++ },
		Progress: func(e Event) {
			if e.Kind == EventSession { // counts may be dropped, the last one is not
				if e.Done <= done {
					t.Errorf("%d sessions after %d", e.Done, done)
				}
				done = e.Done
			}
		},
	})
	checkSums(t, r)
	all := int(n.Load())
	if observed != all || done != all-2 || r.Sessions.Attempted != all-2 {
		t.Errorf("%d sessions: %d observed, %d told of, %+v", all, observed, done, r.Sessions)
	}
	if r.Sessions.OK+2+int(bad.Load()) != all && r.Sessions.Unknown == 0 || len(r.Failures) != scenarios.MaxFailures || len(r.Errors) != 1 {
		t.Errorf("sessions = %+v, %d failed; %d failures kept, errors = %+v", r.Sessions, bad.Load(), len(r.Failures), r.Errors)
	}
	if len(r.TLS) != 2 || r.TLS[0].Sessions+r.TLS[1].Sessions != all {
		t.Errorf("certificates = %+v on %d connections", r.TLS, all)
	}
	if first := min(r.TLS[0].Seen.Unix(), r.TLS[1].Seen.Unix()); int(first) != sessions-all {
		t.Errorf("the earliest was seen at %d, want %d", first, sessions-all)
	}
}
