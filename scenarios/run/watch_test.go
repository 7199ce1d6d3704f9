package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// stretch is a part of a watch, since the first session.
type stretch struct{ from, to time.Duration }

func (s stretch) has(t time.Duration) bool { return t >= s.from && t < s.to }

// cluster is a fake one: five coordinators take sessions in turn, and what is
// wrong with coord-2 depends on the time.
type cluster struct {
	broken   stretch       // a session that comes to it fails
	every    bool          // all coordinators are as broken as it
	hidden   stretch       // the balancer sends it nothing
	favoured stretch       // the balancer sends everything to it
	class    string        // how sessions fail
	takes    time.Duration // to fail
	dies     time.Duration // its open sessions end; 0: never
	silent   bool          // the cut is not seen

	mu    sync.Mutex
	began time.Time
	turn  int
	open  int
}

const victim = "coord-2:25000"

func (c *cluster) dial(ctx context.Context, _ Node, o *scenarios.Observation) (Session, error) {
	name, now := c.choose()
	if (name == victim || c.every) && c.broken.has(now) {
		if err := pause(ctx, c.takes); err != nil {
			return nil, err
		}
		return nil, fault{c.class, ""}
	}
	o.Who = scenarios.Identity{Coordinator: name, PID: 100, Source: scenarios.SourcePing}
	if name == victim && c.dies > 0 && now > c.dies {
		o.Who.PID = 200
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open++
	return &talk{c: c, mortal: name == victim && c.dies > now}, nil
}

func (c *cluster) choose() (string, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.began.IsZero() {
		c.began = time.Now()
	}
	now := time.Since(c.began)
	if c.favoured.has(now) {
		return victim, now
	}
	c.turn++
	if c.turn%5 == 1 && c.hidden.has(now) {
		c.turn++
	}
	return fmt.Sprintf("coord-%d:25000", (c.turn%5+5)%5+1), now
}

type talk struct {
	c      *cluster
	mortal bool // of a coordinator that will die
}

func (s *talk) Query(context.Context) error { return nil }

func (s *talk) Identify(context.Context) error { return nil }

func (s *talk) Wait(ctx context.Context, d time.Duration) error {
	left := s.c.dies - time.Since(s.c.began)
	if !s.mortal || s.c.silent || left > d {
		return pause(ctx, d)
	}
	if err := pause(ctx, max(0, left)); err != nil {
		return err
	}
	return fault{"execute.reset", ""}
}

func (s *talk) Ping(ctx context.Context) error {
	if !s.mortal || time.Since(s.c.began) < s.c.dies {
		return nil
	}
	if err := pause(ctx, 10*time.Second); err != nil {
		return err
	}
	return fault{"execute.timeout", ""}
}

func (s *talk) Close(ctx context.Context) error {
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.c.open--
	return ctx.Err()
}

// steady is a watch of five long sessions and ten new ones a second.
func steady(long time.Duration) scenarios.Scenario {
	s := scenario(1)
	s.Kind = scenarios.KindWatch
	s.Load.Sessions = 0 // of looks alone
	s.Watch = scenarios.WatchConfig{For: scenarios.Duration(long), Long: 5, EventAfter: scenarios.Duration(10 * time.Second)}
	return s
}

// attended runs the watch and returns the lines that it wrote.
func attended(ctx context.Context, t *testing.T, c *cluster, s scenarios.Scenario, opt Options) (scenarios.Result, []string) {
	t.Helper()
	var lines []string
	opt.Progress = func(e Event) {
		if e.Kind == EventWatch {
			lines = append(lines, e.Text)
		}
	}
	opt.judge, opt.plan = content, plain
	r := Run(ctx, c.dial, s, opt)
	checkSums(t, r)
	if c.open != 0 {
		t.Errorf("%d sessions are still open", c.open)
	}
	if r.Watch == nil {
		t.Fatalf("the result does not say what was watched: %+v", r.Stopped)
	}
	return r, lines
}

func appearance(t *testing.T, w *scenarios.WatchSeen, name string) scenarios.Appearance {
	t.Helper()
	for _, a := range w.Coords {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("%s is not among %+v", name, w.Coords)
	return scenarios.Appearance{}
}

func lostLong(w *scenarios.WatchSeen) (lost []scenarios.LongSession) {
	for _, f := range w.Long {
		if f.Outcome == scenarios.OutcomeFailed {
			lost = append(lost, f)
		}
	}
	return lost
}

// about compares times of a run to a tenth of a second.
func about(got *scenarios.Seconds, want float64) bool {
	return got != nil && float64(*got) > want-.11 && float64(*got) < want+.11
}

func TestWatch_KilledCoordinator(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{
			class: "open.eof", broken: stretch{20 * time.Second, 22 * time.Second}, hidden: stretch{22 * time.Second, 60 * time.Second},
			favoured: stretch{60 * time.Second, 80 * time.Second}, dies: 20 * time.Second,
		}
		s := steady(2 * time.Minute)
		s.Watch.OnEvent = "stop coord-2"
		var told string
		r, lines := attended(t.Context(), t, c, s, Options{OnEvent: func(ctx context.Context, command string) error {
			told = command
			return pause(ctx, time.Second)
		}})
		w := r.Watch
		if told != "stop coord-2" || !about(w.Event, 10.6) || !about(w.EventEnd, 11.6) || w.EventText != "" {
			t.Errorf("told %q, event = %v to %v, %q", told, w.Event, w.EventEnd, w.EventText)
		}
		if w.For != 120 || w.Sessions != 1200 || w.Errors != 4 || !about(w.FirstErr, 20.4) || !about(w.LastErr, 21.9) || w.Outage != 1.6 {
			t.Errorf("%d sessions in %vs, %d errors from %v to %v, outage %v", w.Sessions, w.For, w.Errors, *w.FirstErr, *w.LastErr, w.Outage)
		}
		if !about(w.Noticed, 20) {
			t.Errorf("noticed = %v", w.Noticed)
		}
		lost := lostLong(w)
		if len(w.Long) != 5 || len(lost) != 1 || lost[0].Coordinator != victim || lost[0].Cut != scenarios.CutRST || lost[0].At != 20 {
			t.Errorf("long = %+v", w.Long)
		}
		a := appearance(t, w, victim)
		if !about(a.Gone, 19.9) && !about(a.Gone, 19.6) || !about(a.Back, 60) || a.Peak < .9 || !slices.Equal(a.PIDs, []int32{100, 200}) {
			t.Errorf("%s: gone %v, back %v, peak %v, pids %v", a.Name, *a.Gone, *a.Back, a.Peak, a.PIDs)
		}
		if other := appearance(t, w, "coord-1:25000"); other.Gone == nil || other.Back == nil {
			t.Errorf("while everything went to one, another was met: %+v", other) // 20 s without it are no chance
		}
		if len(w.Coords) != 5 || r.Sessions.LeftOpen != 0 || !r.Complete {
			t.Errorf("%d coordinators, sessions = %+v", len(w.Coords), r.Sessions)
		}
		text := strings.Join(lines, "\n")
		for _, want := range []string{
			"10.6s: the command is started", "11.6s: the command has ended", "a new session failed, due at 20.", "open.eof",
			"20.0s: a long session on coord-2:25000 was lost: execute.reset", "new sessions succeed again; 4 failed",
			"coord-2:25000 is not met any more", "coord-2:25000 is back, after 40.",
		} {
			if strings.Count(text, want) != 1 {
				t.Errorf("%q is not said once:\n%s", want, text)
			}
		}
	})
}

func TestWatch_Drain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{hidden: stretch{20 * time.Second, 50 * time.Second}}
		r, lines := attended(t.Context(), t, c, steady(time.Minute), Options{})
		w := r.Watch
		if w.Sessions != 600 || w.Errors != 0 || w.Outage != 0 || w.Noticed != nil || w.FirstErr != nil || w.Event != nil || len(lostLong(w)) != 0 {
			t.Errorf("seen = %+v", w)
		}
		for _, f := range w.Long {
			if f.Outcome != scenarios.OutcomeOK {
				t.Errorf("a long session ended: %+v", f)
			}
		}
		for _, a := range w.Coords {
			if gone := a.Name == victim; (a.Gone != nil) != gone || (a.Back != nil) != gone {
				t.Errorf("%s: gone %v, back %v", a.Name, a.Gone, a.Back)
			}
		}
		if lines[0] != "10.6s: now drain, kill or restart one coordinator" || len(lines) != 3 {
			t.Errorf("lines = %q", lines)
		}
	})
}

func TestWatch_HealthyHasNoLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := steady(10 * time.Minute)
		s.Watch.Long, s.Watch.EventAfter = 0, 0
		r, lines := attended(t.Context(), t, &cluster{}, s, Options{})
		if r.Watch.Sessions != 6000 || r.Watch.Noticed != nil || len(lines) != 1 {
			t.Errorf("seen = %+v, lines = %q", r.Watch, lines)
		}
		for _, a := range r.Watch.Coords {
			if a.Gone != nil || a.Sessions < 1000 || a.Peak != 0 {
				t.Errorf("appearance = %+v", a)
			}
		}
	})
}

func TestWatch_StallsCountFromDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{class: "sasl.timeout", takes: 10 * time.Second, every: true, broken: stretch{20 * time.Second, 25 * time.Second}, dies: 20 * time.Second, silent: true}
		s := steady(time.Minute)
		s.Load.Concurrency = 200
		r, _ := attended(t.Context(), t, c, s, Options{})
		w := r.Watch
		if !r.Complete || w.Errors != 50 || !about(w.FirstErr, 20) || !about(w.LastErr, 24.9) || w.Outage != 5 || !about(w.Noticed, 30) {
			t.Errorf("stopped = %+v, %d errors, outage %v, noticed %v", r.Stopped, w.Errors, w.Outage, *w.Noticed)
		}
		if lost := lostLong(w); len(lost) != 1 || lost[0].Cut != scenarios.CutSilent || lost[0].At < 30 {
			t.Errorf("long = %+v", w.Long)
		}
	})
}

func TestWatch_OutageLastsUntilTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{class: "tcp.refused", every: true, broken: stretch{40 * time.Second, time.Hour}}
		r, lines := attended(t.Context(), t, c, steady(time.Minute), Options{})
		if w := r.Watch; w.Outage < 20.4 || w.Outage > 20.7 || w.Errors < 204 || len(r.Failures) != scenarios.MaxFailures {
			t.Errorf("%d errors, outage %v, %d failures kept", w.Errors, w.Outage, len(r.Failures))
		}
		if text := strings.Join(lines, "\n"); strings.Count(text, "a new session failed") != 1 || strings.Contains(text, "again") {
			t.Errorf("lines = %q", lines)
		}
	})
}

func TestWatch_TwoRejectedLoginsStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{class: "sasl.rejected", every: true, broken: stretch{20 * time.Second, time.Hour}}
		r, _ := attended(t.Context(), t, c, steady(time.Hour), Options{})
		if r.Stopped == nil || r.Stopped.By != scenarios.StopRejected || r.Watch.Errors != 2 || r.Seconds > 21 || r.Watch.For > 21 {
			t.Errorf("stopped = %+v after %gs, %d errors", r.Stopped, r.Seconds, r.Watch.Errors)
		}
		if r.Sessions.Unknown != 5 {
			t.Errorf("sessions = %+v: the long ones neither failed nor came to their end", r.Sessions)
		}
	})
}

func TestWatch_InterruptedKeepsWhatItSaw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(30*time.Second, cancel)
		s := steady(time.Hour)
		s.Watch.OnEvent = "restart"
		c := &cluster{class: "open.eof", broken: stretch{20 * time.Second, 22 * time.Second}}
		r, _ := attended(ctx, t, c, s, Options{OnEvent: func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }})
		if r.Stopped == nil || r.Stopped.By != scenarios.StopInterrupted || r.Seconds != 30 || !r.Looks[0].Cut {
			t.Errorf("stopped = %+v after %gs", r.Stopped, r.Seconds)
		}
		if w := r.Watch; w.Errors != 4 || w.For > 30 || w.EventText != "context canceled" || !about(w.EventEnd, 30) {
			t.Errorf("seen = %+v", w)
		}
		for _, f := range r.Watch.Long {
			if f.Outcome != scenarios.OutcomeUnknown {
				t.Errorf("long = %+v", f)
			}
		}
	})
}

func TestWatch_Command(t *testing.T) {
	for name, c := range map[string]struct {
		on    func(context.Context, string) error
		text  string
		event bool
		line  string
	}{
		"it fails": {
			on: func(context.Context, string) error { return errors.New("exit status 1") }, text: "exit status 1", event: true, line: "10.6s: the command failed: exit status 1",
		},
		"not executed": {
			on: nil, text: "this program executes no commands", event: false, line: "10.6s: the command was not started: this program executes no commands",
		},
		"it outlasts the watch and is waited for": {
			on: func(ctx context.Context, _ string) error { return pause(ctx, time.Minute) }, text: "", event: true, line: "70.6s: the command has ended",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := steady(20 * time.Second)
				s.Watch.OnEvent = "restart"
				r, lines := attended(t.Context(), t, &cluster{}, s, Options{OnEvent: c.on})
				if w := r.Watch; w.EventText != c.text || (w.Event != nil) != c.event || (w.EventEnd != nil) != c.event || w.For != 20 {
					t.Errorf("seen = %+v", w)
				}
				if lines[len(lines)-1] != c.line {
					t.Errorf("lines = %q, want %q", lines, c.line)
				}
			})
		})
	}
}

func TestWatch_LongSessionThatNeverOpenedIsUnknown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{class: "open.session-limit", broken: stretch{100 * time.Millisecond, 700 * time.Millisecond}}
		s := steady(20 * time.Second)
		r, _ := attended(t.Context(), t, c, s, Options{})
		var classes []string
		for _, f := range r.Watch.Long {
			if !f.Class.IsZero() {
				classes = append(classes, f.Class.String())
			}
			if f.Node == "" || f.Outcome == scenarios.OutcomeFailed || (f.Outcome == scenarios.OutcomeUnknown) != (!f.Class.IsZero()) {
				t.Errorf("long = %+v", f)
			}
		}
		if !slices.Equal(classes, []string{"open.session-limit"}) || r.Watch.Errors != 0 {
			t.Errorf("long = %+v, %d errors of new sessions", r.Watch.Long, r.Watch.Errors)
		}
	})
}

func TestWatch_SlotsAreForNewSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := steady(20 * time.Second)
		s.Load.Concurrency = 1
		r, _ := attended(t.Context(), t, &cluster{}, s, Options{})
		if r.Watch.Sessions != 200 || r.Seconds > 21 {
			t.Errorf("%d sessions in %gs", r.Watch.Sessions, r.Seconds)
		}
	})
}

func TestWatch_ResultIsRejudgedAlike(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{class: "open.eof", broken: stretch{5 * time.Second, 7 * time.Second}}
		r := Run(t.Context(), c.dial, steady(20*time.Second), Options{plan: plain})
		if again := judge.Judge(r.Measured); again.Verdict != r.Verdict || len(again.Findings) != len(r.Findings) {
			t.Errorf("verdict = %s, judged again %s", r.Verdict, again.Verdict)
		}
	})
}
