package run

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

func TestLook_DealsEveryNodeAnEqualPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, takes: 20 * time.Millisecond}
		r, seen := watched(t.Context(), t, b, scenario(7), Options{})
		if r.Sessions.OK != 7 || r.Sessions.Scout != 2 || !r.Complete {
			t.Errorf("sessions = %+v, complete = %v", r.Sessions, r.Complete)
		}
		if a, b := r.Nodes[0].Sessions, r.Nodes[1].Sessions; min(a, b) != 3 || max(a, b) != 4 {
			t.Errorf("nodes had %d and %d sessions, want 4 and 3, or 3 and 4", a, b)
		}
		for i, o := range seen {
			due := time.Duration(max(0, i-1)) * 100 * time.Millisecond
			if i == 1 { // the second node's scout, once the first was in
				due = 20 * time.Millisecond
			}
			if o.Seq != i {
				t.Errorf("session %d ended as number %d", o.Seq, i)
			}
			if o.Lag() != 0 || o.Due != due {
				t.Errorf("session %d was due at %s and started at %s", i, o.Due, o.Start)
			}
		}
	})
}

func TestLook_SlowServiceShowsAsLag(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(3)
		s.Target.Endpoints = s.Target.Endpoints[:1]
		b := &balancer{answer: func(_ Node, _ int) fate { return fate{takes: 300 * time.Millisecond} }}
		_, seen := watched(t.Context(), t, b, s, Options{})
		var lags []time.Duration
		for _, o := range seen[1:] {
			lags = append(lags, o.Lag())
		}
		if want := []time.Duration{0, 200 * time.Millisecond, 400 * time.Millisecond}; !slices.Equal(lags, want) {
			t.Errorf("lags = %v, want %v", lags, want)
		}
	})
}

func TestScout_FailureEndsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{answer: func(Node, int) fate {
			return fate{openErr: fault{"sasl.rejected", "check the user"}}
		}}
		r, seen := watched(t.Context(), t, b, scenario(7), Options{judge: judge.Judge})
		if len(seen) != 1 || seen[0].Failed != scenarios.PhaseSASL || len(r.Looks) != 0 {
			t.Errorf("%d sessions, %d looks", len(seen), len(r.Looks))
		}
		want := scenarios.Stop{By: scenarios.StopScout, Class: vocabtest.Class("sasl.rejected"), Text: "the server said sasl.rejected", Hint: scenarios.Fixes{{Why: "check the user"}}}
		if r.Stopped == nil || !reflect.DeepEqual(*r.Stopped, want) {
			t.Errorf("stopped = %+v, want %+v", r.Stopped, want)
		}
		if r.Verdict != scenarios.StatusInconclusive || len(r.Findings) != 1 {
			t.Errorf("verdict = %s, findings = %+v", r.Verdict, r.Findings)
		}
	})
}

func TestRun_SecondFailureOfItsSortTripsTheBreaker(t *testing.T) {
	for name, c := range map[string]struct {
		class string
		by    scenarios.StopReason // "": the run goes on
		had   int
	}{
		"two rejected logins":       {class: "sasl.rejected", by: scenarios.StopRejected, had: 4},
		"two stalls":                {class: "execute.timeout", by: scenarios.StopStalled, had: 4},
		"quick errors stop nothing": {class: "open.eof", by: "", had: 20},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scenario(20)
				s.Target.Endpoints = s.Target.Endpoints[:1]
				b := &balancer{coordinators: 5, answer: func(_ Node, i int) fate {
					if i > 2 { // the scout and two good ones
						return fate{openErr: fault{c.class, ""}}
					}
					return fate{}
				}}
				r, _ := watched(t.Context(), t, b, s, Options{})
				if r.Sessions.Attempted != c.had {
					t.Errorf("%d sessions, want %d", r.Sessions.Attempted, c.had)
				}
				if c.by == "" {
					if r.Stopped != nil {
						t.Errorf("stopped = %+v", r.Stopped)
					}
					return
				}
				if r.Stopped == nil || r.Stopped.By != c.by || r.Stopped.Class != vocabtest.Class(c.class) || !r.Looks[0].Cut {
					t.Errorf("stopped = %+v, looks = %+v", r.Stopped, r.Looks)
				}
			})
		})
	}
}

func TestRun_CancelClosesSessionsAndLeavesThemUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(650*time.Millisecond, cancel)
		b := &balancer{coordinators: 5, answer: func(n Node, i int) fate {
			return fate{hang: n.Addr.Addr().String() == "127.0.0.3" && i == 2}
		}}
		sc := scenario(20)
		sc.Seed = 1 // which deals the hanging session before the end
		r, _ := watched(ctx, t, b, sc, Options{})
		if r.Stopped == nil || r.Stopped.By != scenarios.StopInterrupted || r.Complete {
			t.Errorf("stopped = %+v", r.Stopped)
		}
		if r.Sessions.Unknown != 1 || r.Sessions.Failed != 0 || r.Sessions.OK == 0 || r.Sessions.Attempted != r.Sessions.OK+1 || !r.Looks[0].Cut {
			t.Errorf("sessions = %+v", r.Sessions)
		}
		if !b.closedUncancels {
			t.Error("a session was closed with a context that had ended")
		}
	})
}

func TestLook_NodeWithARefusedCertificateIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, answer: func(n Node, _ int) fate {
			return fate{refused: n.Addr.Addr().String() == "127.0.0.3"}
		}}
		r, _ := watched(t.Context(), t, b, scenario(20), Options{})
		if r.Sessions.OK != 20 || r.Sessions.Refused != 1 || r.Nodes[0].Sessions != 20 || r.Nodes[1].Sessions != 0 {
			t.Errorf("sessions = %+v, nodes = %+v", r.Sessions, r.Nodes)
		}
		if len(r.TLS) != 1 || r.TLS[0].Sessions != 1 || r.TLS[0].Node.Addr().String() != "127.0.0.3" {
			t.Errorf("certificates = %+v", r.TLS)
		}
		if r.Looks[0].Cut || r.Sessions.Failed != 0 || len(r.Failures) != 0 {
			t.Errorf("a refused certificate counts as an error: %+v", r)
		}
	})
}

func TestScout_RefusedGoesOnToTheNextNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 5, answer: func(n Node, _ int) fate {
			return fate{refused: n.Addr.Addr().String() == "127.0.0.2"}
		}}
		r, _ := watched(t.Context(), t, b, scenario(8), Options{})
		if r.Sessions.Scout != 2 || r.Sessions.OK != 8 || b.opened[r.Nodes[0].Address] != 1 {
			t.Errorf("sessions = %+v", r.Sessions)
		}
	})
}

func TestScout_WithoutNodesStopsByCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{answer: func(Node, int) fate { return fate{refused: true} }}
		r, seen := watched(t.Context(), t, b, scenario(8), Options{})
		if r.Stopped == nil || r.Stopped.By != scenarios.StopCertificate || len(seen) != 2 || len(r.TLS) != 2 {
			t.Errorf("stopped = %+v, %d sessions, %d certificates", r.Stopped, len(seen), len(r.TLS))
		}
		if len(r.Looks) != 1 || r.Looks[0].Refused != 2 || len(r.Looks[0].Tally) != 0 {
			t.Errorf("looks = %+v, want one that says why it is empty", r.Looks)
		}
		if r.Verdict != scenarios.StatusPass {
			t.Errorf("verdict = %s; it is the judges' to say", r.Verdict)
		}
	})
}

func TestLook_BurstIsOpenedTogetherAndHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := scenario(4)
		s.Load.Burst = 16
		b := &balancer{coordinators: 5, takes: 20 * time.Millisecond}
		r, seen := watched(t.Context(), t, b, s, Options{})
		if b.maxOpen != 16 {
			t.Errorf("%d sessions were open at once, want 16", b.maxOpen)
		}
		burst := seen[6:]
		for _, o := range burst {
			if o.Part != scenarios.PartBurst || o.Start != burst[0].Start || o.Lag() != 0 {
				t.Errorf("%s session started at %s", o.Part, o.Start)
			}
		}
		if total, ok, _, _ := r.Looks[0].Burst.Total(); total != 16 || ok != 16 {
			t.Errorf("burst tally = %+v", r.Looks[0].Burst)
		}
		if want := burst[0].Start + 20*time.Millisecond + time.Second; r.Seconds != want.Seconds() {
			t.Errorf("the run took %gs, want %s", r.Seconds, want)
		}
	})
}

func TestSession_ObservationHasBeginAndEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		b := &balancer{takes: 300 * time.Millisecond}
		_, seen := watched(t.Context(), t, b, scenario(4), Options{})
		for _, o := range seen {
			if !o.Began.Equal(began.Add(o.Start)) || o.Began.Location() != time.UTC || o.End != o.Start+b.takes {
				t.Errorf("session %d: start = %s at %s, end = %s", o.Seq, o.Start, o.Began, o.End)
			}
		}
	})
}
