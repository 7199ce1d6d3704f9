package run

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// handing is a fake service of sessions with handles: session i lands on the
// coordinator that lands names.
type handing struct {
	lands func(i int, n Node) string
	err   func(i int) error // of asking over session i; nil: as the coordinators know

	closeHangs bool // until its context ends

	mu       sync.Mutex
	sessions int
	open     int
	maxOpen  int
}

func (h *handing) dial(_ context.Context, n Node, o *scenarios.Observation) (Session, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := h.sessions
	h.sessions++
	name := h.lands(i, n)
	if name == "" {
		return nil, fault{"open.eof", ""}
	}
	o.Who = scenarios.Identity{Coordinator: name, Source: scenarios.SourcePing}
	o.Phases[scenarios.PhaseOpen] = time.Millisecond
	h.open++
	h.maxOpen = max(h.maxOpen, h.open)
	return &handed{h, i, name}, nil
}

type handed struct {
	h    *handing
	i    int
	name string
}

func (s *handed) Handle() Handle { return s.name }

func (s *handed) PingAs(_ context.Context, h Handle) (scenarios.Identity, error) {
	if s.h.err != nil {
		if err := s.h.err(s.i); err != nil {
			return scenarios.Identity{}, err
		}
	}
	if h != s.name {
		return scenarios.Identity{}, fault{"execute.invalid-session", ""}
	}
	return scenarios.Identity{Coordinator: s.name}, nil
}

func (s *handed) Query(context.Context) error               { return nil }
func (s *handed) Ping(context.Context) error                { return nil }
func (s *handed) Identify(context.Context) error            { return nil }
func (s *handed) Wait(context.Context, time.Duration) error { return nil }

func (s *handed) Close(ctx context.Context) error {
	if s.h.closeHangs {
		<-ctx.Done()
		return ctx.Err()
	}
	s.h.mu.Lock()
	defer s.h.mu.Unlock()
	s.h.open--
	return nil
}

func reusing(handles int) scenarios.Scenario {
	s := scenario(0)
	s.Kind, s.Reuse.Handles = scenarios.KindHandleReuse, handles
	s.Load.Sessions, s.Load.Rate, s.Seed = 0, 0, 1
	return s
}

// handlesOf runs a scenario of so many handles.
func handlesOf(t *testing.T, h *handing, handles int) scenarios.Result {
	t.Helper()
	var r scenarios.Result
	synctest.Test(t, func(t *testing.T) {
		r = Run(t.Context(), h.dial, reusing(handles), Options{judge: content, plan: plain})
	})
	if h.open != 0 || h.maxOpen > 2 {
		t.Errorf("%d sessions are still open, %d were at once", h.open, h.maxOpen)
	}
	checkSums(t, r)
	return r
}

// Closes that hang are waited for no longer than those of looks.
func TestReuseHandles_HangingClosesDoNotAddUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const handles = 40
		h := &handing{lands: func(int, Node) string { return "coord-1" }, closeHangs: true}
		r := Run(t.Context(), h.dial, reusing(handles), Options{judge: content, plan: plain})
		if limit := closingBudget + 2*closeTimeout; r.Seconds > limit.Seconds() {
			t.Errorf("the run took %gs, want at most %s", r.Seconds, limit)
		}
		if r.Sessions.OK != 2*handles || r.Sessions.LeftOpen != 2*handles+r.Sessions.Scout {
			t.Errorf("sessions = %+v", r.Sessions)
		}
		checkSums(t, r)
	})
}

// The scouts are the first two sessions, one on each node.
func TestReuseHandles_TalliesWhoOpenedAndWhoAnswered(t *testing.T) {
	t.Parallel()
	inTurn := func(i int, _ Node) string { return fmt.Sprintf("coord-%d", i%2+1) }
	r := handlesOf(t, &handing{lands: inTurn}, 10)
	foreign := 0
	for _, h := range r.Handles {
		foreign += h.Foreign
		if h.Opened != "coord-1" || h.Answered != "coord-2" || h.Reached != 0 || h.Class != vocabtest.Class("execute.invalid-session") || h.Example == "" {
			t.Errorf("%+v", h)
		}
	}
	if foreign != 10 || r.Sessions.OK != 20 || r.Sessions.Failed != 0 {
		t.Errorf("%d foreign; sessions %+v", foreign, r.Sessions)
	}
}

func TestReuseHandles_ByNode(t *testing.T) {
	t.Parallel()
	r := handlesOf(t, &handing{lands: func(_ int, n Node) string { return n.Host }}, 20)
	for _, h := range r.Handles {
		if h.OtherNode != (h.Foreign > 0) || h.OtherNode == (h.Reached > 0) {
			t.Errorf("%+v", h)
		}
	}
	if len(r.Handles) != 4 {
		t.Errorf("%d pairs of two coordinators: %+v", len(r.Handles), r.Handles)
	}
}

func TestReuseHandles_WhatTellsNothingIsUnknown(t *testing.T) {
	t.Parallel()
	alone := func(int, Node) string { return "coord-1" }
	h := &handing{lands: alone, err: func(i int) error {
		if i == 3 {
			return fault{"execute.eof", ""}
		}
		return nil
	}}
	r := handlesOf(t, h, 4)
	unknown, reached := 0, 0
	for _, t := range r.Handles {
		unknown, reached = unknown+t.Unknown, reached+t.Reached
	}
	if unknown != 1 || reached != 3 || r.Sessions.Failed != 1 {
		t.Errorf("%d unknown, %d reached, %d sessions failed", unknown, reached, r.Sessions.Failed)
	}
}

// A call that another coordinator answered than the connection's own shows a balancer that
// deals calls: nobody knows who answered.
func TestReuseHandles_ForeignAtHomeIsNobodys(t *testing.T) {
	t.Parallel()
	alone := func(int, Node) string { return "coord-1" }
	r := handlesOf(t, &handing{lands: alone, err: func(int) error { return fault{"execute.foreign-handle", ""} }}, 3)
	for _, h := range r.Handles {
		if h.Answered != "" || h.Foreign == 0 {
			t.Errorf("%+v", h)
		}
	}
}

// What a library's user opens may have no handles.
func TestReuseHandles_WithoutHandles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &balancer{coordinators: 2}
		r := Run(t.Context(), b.dial, reusing(2), Options{judge: content, plan: plain})
		unknown := 0
		for _, h := range r.Handles {
			unknown += h.Unknown
			if h.Reached+h.Foreign > 0 || h.Example != errNoHandle.Error() {
				t.Errorf("%+v", h)
			}
		}
		if r.Sessions.OK != 4 || unknown != 2 {
			t.Errorf("sessions %+v, handles %+v", r.Sessions, r.Handles)
		}
	})
}
