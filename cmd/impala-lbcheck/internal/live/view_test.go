package live

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// screen is a terminal that remembers what was written.
type screen struct {
	mu    sync.Mutex
	text  bytes.Buffer
	width int
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

// size is the width of now, and as many rows as are wanted.
func (s *screen) size() (int, int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.width, 50, nil
}

// taken is what was written since the last call.
func (s *screen) taken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.text.Reset()
	return s.text.String()
}

func answered(name string) scenarios.Observation {
	return scenarios.Observation{Part: scenarios.PartOrdered, Outcome: scenarios.OutcomeOK, Who: scenarios.Identity{Coordinator: name}}
}

func TestView(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &screen{width: 80}
		v := newView(&console{terminal: s, size: s.size}, func(e run.Event) string {
			if e.Kind == run.EventSession {
				return ""
			}
			return string(e.Kind) + ": " + e.Text + "\n"
		})
		v.Event(run.Event{Kind: run.EventBudget, Text: "usually 40 sessions", For: 10 * time.Second})
		v.Event(run.Event{Kind: run.EventLook, Text: "first", Total: 40})
		for i := range 20 {
			v.Observe(answered([]string{"c1", "c2", "c\x1b[2J\u202e"}[i%3]))
			v.Event(run.Event{Kind: run.EventSession, Done: i + 1, Total: 40})
			time.Sleep(100 * time.Millisecond)
		}
		failed := answered("")
		failed.Outcome, failed.Class = scenarios.OutcomeFailed, vocabtest.Class("open.timeout")
		v.Observe(failed)
		scout := answered("scouted")
		scout.Part = scenarios.PartScout
		v.Observe(scout)
		v.Event(run.Event{Kind: run.EventSession, Done: 21, Total: 40, Failed: 1})
		time.Sleep(2 * refresh)
		text := s.taken()
		for _, want := range []string{"budget: usually 40 sessions", "look: first", "21 of 40 sessions", "1 failed", "8s left", "failed  1 open.timeout", "c1", "c2", `c\x1b[2J\u202e`, "52 %"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in %q", want, text)
			}
		}
		if strings.Contains(text, "scouted") || strings.Contains(text, "\x1b[2J") || strings.Contains(text, "\u202e") {
			t.Errorf("%q", text)
		}
		v.Event(run.Event{Kind: run.EventHeld, Text: "40 sessions stay open for 5s more", Done: 40, Total: 40})
		time.Sleep(2 * refresh)
		if text = s.taken(); !strings.Contains(text, "40 of 40 held") || !strings.Contains(text, "40 sessions stay open") || strings.Contains(text, "held: ") {
			t.Errorf("%q", text)
		}
		v.End()
		v.Event(run.Event{Kind: run.EventStop, Text: "after the end"})
		if text = s.taken(); strings.Contains(text, "after the end") || !strings.HasSuffix(text, "A") {
			t.Errorf("at the end %q", text)
		}
	})
}

// A frame that a narrower terminal has wrapped is cleared as a whole.
func TestConsole_Resized(t *testing.T) {
	t.Parallel()
	s := &screen{width: 80}
	c := &console{terminal: s, size: s.size}
	draw := func(text string, rows int) string {
		_, _ = c.Write([]byte(text))
		if err := c.Flush(rows); err != nil {
			t.Fatal(err)
		}
		return s.taken()
	}
	wide := strings.Repeat("x", 79)
	if got, want := draw("a line\n"+wide+"\nb\n", 2), "a line\x1b[K\n"+wide+"\x1b[K\nb\x1b[K\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := draw("c\n", 1), "\r\x1b[K\x1b[2Ac\x1b[K\n\x1b[K\n\x1b[1A"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	_ = draw(wide+"\n", 1)
	s.width = 30 // it takes three rows now
	if got, want := draw("", 0), "\r\x1b[K\x1b[3A\x1b[K\n\x1b[K\n\x1b[K\n\x1b[3A"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := draw("", 0); got != "" {
		t.Errorf("%q after the end", got)
	}
}

func TestState_Rate(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	s := newState(now)
	s.event(run.Event{Kind: run.EventLook, Total: 100}, now)
	s.frame(now)
	for i := range 20 {
		now = now.Add(time.Second)
		s.event(run.Event{Kind: run.EventSession, Done: (i + 1) * 10, Total: 100}, now)
		if f := s.frame(now); f.rate < 9.9 || f.rate > 10.1 {
			t.Errorf("after %d s: %v/s", i+1, f.rate)
		}
	}
	for range 10 { // the service hangs
		now = now.Add(time.Second)
		s.frame(now)
	}
	if f := s.frame(now); f.rate != 0 || len(s.samples) > 10 {
		t.Errorf("%v/s, of %d samples", f.rate, len(s.samples))
	}
}
