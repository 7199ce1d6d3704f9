package run

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// idleBalancer cuts every connection after a time, in one manner.
type idleBalancer struct {
	balancer
	after time.Duration // 0: never
	how   scenarios.Cut
}

func newIdleBalancer(after time.Duration, how scenarios.Cut) *idleBalancer {
	b := &idleBalancer{after: after, how: how}
	b.coordinators = 5
	return b
}

func (b *idleBalancer) dial(ctx context.Context, n Node, o *scenarios.Observation) (Session, error) {
	s, err := b.balancer.dial(ctx, n, o)
	if err != nil {
		return nil, err
	}
	return &idleConversation{Session: s, b: b, last: time.Now()}, nil
}

type idleConversation struct {
	Session
	b    *idleBalancer
	last time.Time // of a word on the connection
}

// Wait sees an end in good order at once, and nothing else.
func (c *idleConversation) Identify(context.Context) error { return nil }

func (c *idleConversation) Wait(ctx context.Context, d time.Duration) error {
	if c.b.how != scenarios.CutFIN || c.b.after == 0 || d < c.b.after {
		return pause(ctx, d)
	}
	if err := pause(ctx, c.b.after); err != nil {
		return err
	}
	return fault{"execute.eof", ""}
}

// Ping meets a reset, or silence.
func (c *idleConversation) Ping(ctx context.Context) error {
	if c.b.after == 0 || time.Since(c.last) < c.b.after {
		c.last = time.Now()
		return nil
	}
	if c.b.how == scenarios.CutRST {
		return fault{"execute.reset", ""}
	}
	if err := pause(ctx, 10*time.Second); err != nil {
		return err
	}
	return fault{"execute.timeout", ""}
}

func ladder(steps ...time.Duration) scenarios.Scenario {
	s := scenario(1)
	s.Kind = scenarios.KindIdle
	s.Load.Sessions = 0 // of looks alone
	for _, d := range steps {
		s.Idle.Steps = append(s.Idle.Steps, scenarios.Duration(d))
	}
	return s
}

// idled runs the ladder and returns the lines that it wrote.
func idled(ctx context.Context, t *testing.T, open OpenFunc, s scenarios.Scenario) (scenarios.Result, []string) {
	t.Helper()
	var lines []string
	r := Run(ctx, open, s, Options{judge: content, plan: plain, Progress: func(e Event) {
		if e.Kind == EventIdle {
			lines = append(lines, e.Text)
		}
	}})
	checkSums(t, r)
	if r.Idle == nil {
		t.Fatalf("the result does not say what became of the ladder: %+v", r.Stopped)
	}
	return r, lines
}

func outcomes(steps []scenarios.IdleStep) []scenarios.Outcome {
	var out []scenarios.Outcome
	for _, s := range steps {
		out = append(out, s.Outcome)
	}
	return out
}

func TestIdle_FindsWhenAndHowConnectionsAreCut(t *testing.T) {
	for name, c := range map[string]struct {
		after time.Duration
		how   scenarios.Cut
		want  scenarios.IdleSeen
		lines []string
		took  float64
		errs  []string
	}{
		"nothing is cut": {
			want: scenarios.IdleSeen{LastAlive: 355}, took: 355.1,
			lines: []string{"55s: alive", "65s: alive", "345s: alive", "355s: alive"},
		},
		"a proxy closes after 60 s": {
			after: time.Minute, how: scenarios.CutFIN, took: 60.4,
			want:  scenarios.IdleSeen{LastAlive: 55, FirstDead: 65, Cut: scenarios.CutFIN, At: 60},
			lines: []string{"55s: alive", "65s: cut after 60.0s, fin", "345s: cut after 60.0s, fin", "355s: cut after 60.0s, fin"},
			errs:  []string{"execute.eof"},
		},
		"a balancer resets at the next packet after 350 s": {
			after: 350 * time.Second, how: scenarios.CutRST, took: 355.1,
			want:  scenarios.IdleSeen{LastAlive: 345, FirstDead: 355, Cut: scenarios.CutRST},
			lines: []string{"55s: alive", "65s: alive", "345s: alive", "355s: dead when asked, rst"},
			errs:  []string{"execute.reset"},
		},
		"a firewall forgets after 60 s, and three silent steps do not stop the run": {
			after: time.Minute, how: scenarios.CutSilent, took: 365.1,
			want:  scenarios.IdleSeen{LastAlive: 55, FirstDead: 65, Cut: scenarios.CutSilent},
			lines: []string{"55s: alive", "65s: dead when asked, silent", "345s: dead when asked, silent", "355s: dead when asked, silent"},
			errs:  []string{"execute.timeout"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newIdleBalancer(c.after, c.how)
				r, lines := idled(t.Context(), t, b.dial, ladder(355*time.Second, 55*time.Second, 345*time.Second, 65*time.Second))
				if got := r.Idle; got.LastAlive != c.want.LastAlive || got.FirstDead != c.want.FirstDead || got.Cut != c.want.Cut || got.At != c.want.At || got.Scale != 1 {
					t.Errorf("seen = %+v, want %+v", got, c.want)
				}
				slices.Sort(lines)
				slices.Sort(c.lines)
				if !slices.Equal(lines, c.lines) {
					t.Errorf("lines = %q, want %q", lines, c.lines)
				}
				var errs []string
				for _, e := range r.Errors {
					errs = append(errs, e.Class.String())
				}
				if !slices.Equal(slices.Compact(errs), c.errs) || len(r.Looks) != 1 || r.Looks[0].Kind != scenarios.LookWhole || r.Looks[0].Cut {
					t.Errorf("errors = %q, looks = %+v", errs, r.Looks)
				}
				if !r.Complete || r.Seconds != c.took || b.open != 0 || b.closed != 6 {
					t.Errorf("complete = %v after %gs, %d open, %d closed", r.Complete, r.Seconds, b.open, b.closed)
				}
			})
		})
	}
}

func TestIdle_SessionsAreSpreadOverTheNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newIdleBalancer(0, "")
		var seen []scenarios.Observation
		s := ladder(time.Minute, 2*time.Minute, 3*time.Minute)
		r := Run(t.Context(), b.dial, s, Options{judge: content, plan: plain, Observe: func(o scenarios.Observation) { seen = append(seen, o) }})
		var nodes []string
		for _, step := range r.Idle.Steps {
			nodes = append(nodes, step.Node.Addr().String())
			if !strings.HasPrefix(step.Coordinator, "coord-") {
				t.Errorf("step %v is unidentified", step.After)
			}
		}
		if want := []string{"127.0.0.2", "127.0.0.3", "127.0.0.2"}; !slices.Equal(nodes, want) {
			t.Errorf("nodes = %v, want %v", nodes, want)
		}
		for i, o := range seen[2:] {
			if want := time.Duration(i+1) * 100 * time.Millisecond; o.Part != scenarios.PartHeld || o.Start != want || o.Outcome != scenarios.OutcomeOK {
				t.Errorf("session %d: %s at %s, %s", i, o.Part, o.Start, o.Outcome)
			}
		}
	})
}

func TestIdle_WaitsScaledTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := ladder(55*time.Second, 65*time.Second)
		s.Idle.Scale = .01
		b := newIdleBalancer(600*time.Millisecond, scenarios.CutFIN)
		r, lines := idled(t.Context(), t, b.dial, s)
		if r.Idle.LastAlive != .55 || r.Idle.FirstDead != .65 || r.Idle.At != .6 || r.Idle.Scale != .01 {
			t.Errorf("seen = %+v", r.Idle)
		}
		if want := []string{"0.55s: alive", "0.65s: cut after 0.6s, fin"}; !slices.Equal(lines, want) {
			t.Errorf("lines = %q, want %q", lines, want)
		}
	})
}

func TestIdle_SlotsBoundLoginsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := ladder(slices.Repeat([]time.Duration{time.Minute}, 5)...)
		s.Load.Concurrency = 1
		b := newIdleBalancer(0, "")
		r, _ := idled(t.Context(), t, b.dial, s)
		if r.Seconds > 61 || b.maxOpen != 5 {
			t.Errorf("%gs, %d idle at once", r.Seconds, b.maxOpen)
		}
	})
}

func TestIdle_StepThatNeverOpenedIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newIdleBalancer(0, "")
		b.answer = func(n Node, _ int) fate {
			if n.Addr.Addr().String() == "127.0.0.3" {
				return fate{openErr: fault{"open.session-limit", ""}}
			}
			return fate{}
		}
		r, lines := idled(t.Context(), t, b.dial, ladder(time.Minute, 2*time.Minute, 3*time.Minute))
		want := []scenarios.Outcome{scenarios.OutcomeOK, scenarios.OutcomeUnknown, scenarios.OutcomeOK}
		if !slices.Equal(outcomes(r.Idle.Steps), want) || r.Idle.Steps[1].Class != vocabtest.Class("open.session-limit") {
			t.Errorf("steps = %+v", r.Idle.Steps)
		}
		if r.Sessions.Failed != 1 || len(r.Errors) != 1 || lines[0] != "120s: never opened, open.session-limit" {
			t.Errorf("sessions = %+v, lines = %q", r.Sessions, lines)
		}
	})
}

func TestIdle_TwoStalledLoginsStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newIdleBalancer(0, "")
		b.answer = func(_ Node, i int) fate {
			if i == 1 {
				return fate{takes: 10 * time.Second, openErr: fault{"sasl.timeout", ""}}
			}
			return fate{}
		}
		s := ladder(time.Minute, time.Hour, 2*time.Hour, 3*time.Hour)
		r, _ := idled(t.Context(), t, b.dial, s)
		if r.Stopped == nil || r.Stopped.By != scenarios.StopStalled || r.Seconds > 60 || b.open != 0 {
			t.Errorf("stopped = %+v after %gs, %d open", r.Stopped, r.Seconds, b.open)
		}
		if slices.Contains(outcomes(r.Idle.Steps), scenarios.OutcomeFailed) {
			t.Errorf("steps = %+v", r.Idle.Steps)
		}
	})
}

func TestIdle_InterruptedKeepsDecidedSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(2*time.Minute, cancel)
		b := newIdleBalancer(0, "")
		r, _ := idled(ctx, t, b.dial, ladder(time.Minute, 3*time.Minute, time.Hour))
		want := []scenarios.Outcome{scenarios.OutcomeOK, scenarios.OutcomeUnknown, scenarios.OutcomeUnknown}
		if !slices.Equal(outcomes(r.Idle.Steps), want) || r.Idle.LastAlive != 60 {
			t.Errorf("seen = %+v", r.Idle)
		}
		if r.Stopped == nil || r.Stopped.By != scenarios.StopInterrupted || r.Seconds != 120 || !r.Looks[0].Cut || r.Sessions.Unknown != 2 {
			t.Errorf("stopped = %+v after %gs, sessions = %+v", r.Stopped, r.Seconds, r.Sessions)
		}
		if b.open != 0 || !b.closedUncancels {
			t.Errorf("%d sessions are still open; closed with a live context: %v", b.open, b.closedUncancels)
		}
	})
}

func TestIdle_LostSessionIsRecordedInFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newIdleBalancer(0, "")
		b.answer = func(_ Node, _ int) fate {
			return fate{cutAfter: time.Minute, cutErr: errors.New("it has no class")}
		}
		r, lines := idled(t.Context(), t, b.balancer.dial, ladder(2*time.Minute))
		step := r.Idle.Steps[0]
		if step.Cut != scenarios.CutOther || step.Class != vocabtest.Class("execute.error") || step.Text != "it has no class" || step.At != 60 {
			t.Errorf("step = %+v", step)
		}
		if want := []string{"120s: cut after 60.0s, other (execute.error)"}; !slices.Equal(lines, want) {
			t.Errorf("lines = %q, want %q", lines, want)
		}
		if len(r.Failures) != 1 || r.Failures[0].Phase != scenarios.PhaseExecute || r.Failures[0].Coordinator == "" {
			t.Errorf("failures = %+v", r.Failures)
		}
	})
}

func TestIdle_WithoutNodesStopsByCertificate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newIdleBalancer(0, "")
		b.answer = func(n Node, i int) fate {
			return fate{refused: i > 0 || n.Addr.Addr().String() == "127.0.0.3"}
		}
		r, _ := idled(t.Context(), t, b.dial, ladder(time.Minute, 2*time.Minute, 3*time.Minute))
		if r.Stopped == nil || r.Stopped.By != scenarios.StopCertificate || r.Sessions.Failed != 0 {
			t.Errorf("stopped = %+v, sessions = %+v", r.Stopped, r.Sessions)
		}
	})
}

func TestIdle_PanicReachesTheCallerWithEverythingClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newIdleBalancer(0, "")
		var once sync.Once
		open := func(ctx context.Context, n Node, o *scenarios.Observation) (Session, error) {
			s, err := b.dial(ctx, n, o)
			return panicking{s, &once}, err
		}
		defer func() {
			if p := recover(); p != "a fault of ours" || b.open != 0 {
				t.Errorf("recovered %v, %d open", p, b.open)
			}
		}()
		Run(t.Context(), open, ladder(time.Minute, time.Hour), Options{judge: content, plan: plain})
		t.Error("Run returned")
	})
}

// panicking is a session whose first Ping panics.
type panicking struct {
	Session
	once *sync.Once
}

func (p panicking) Ping(ctx context.Context) error {
	p.once.Do(func() { panic("a fault of ours") })
	return p.Session.Ping(ctx)
}

func TestIdle_ResultIsRejudgedAlike(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newIdleBalancer(time.Minute, scenarios.CutFIN)
		s := ladder(55*time.Second, 65*time.Second)
		s.Expect.MinIdle = scenarios.Duration(time.Minute)
		r := Run(t.Context(), b.dial, s, Options{plan: plain})
		again := judge.Judge(r.Measured)
		if again.Verdict != r.Verdict || len(again.Findings) != len(r.Findings) {
			t.Errorf("verdict = %s, judged again %s", r.Verdict, again.Verdict)
		}
	})
}
