package run

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// withPages is a scenario whose coordinators' pages are read.
func withPages(s scenarios.Scenario, names ...string) scenarios.Scenario {
	s.Target.WebPort, s.Expect.Coordinators = 25000, scenarios.ExpectCoordinators{Names: names}
	return s
}

func using(name string, used, threads int) scenarios.Page {
	return scenarios.Page{Coordinator: name, Healthy: new(true), Threads: threads, InUse: &used}
}

func TestPages_OfLooksAreReadBeforeDuringAndAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := withPages(scenario(4), "coord-1", "coord-2")
		s.Load.Burst = 6
		b := &balancer{coordinators: 2, takes: 20 * time.Millisecond}
		var open []int
		var lines []string
		r, _ := watched(t.Context(), t, b, s, Options{
			Pages: func(_ context.Context, names []string) []scenarios.Page {
				b.mu.Lock()
				defer b.mu.Unlock()
				open = append(open, b.open)
				return []scenarios.Page{using(names[0], len(open), 64), {Coordinator: names[1], Err: "closed"}}
			},
			Progress: func(e Event) {
				if e.Kind == EventPages {
					lines = append(lines, e.Text)
				}
			},
		})
		if !slices.Equal(open, []int{0, 6, 0}) {
			t.Errorf("%v sessions were open when pages were read", open)
		}
		var when []scenarios.PageTime
		for _, p := range r.Pages {
			when = append(when, p.When)
		}
		want := []scenarios.PageTime{"before", "before", "during", "during", "after", "after"}
		if !slices.Equal(when, want) || r.Pages[4].At != scenarios.Seconds(r.Seconds) {
			t.Errorf("pages = %+v", r.Pages)
		}
		if len(lines) != 3 || lines[1] != "during: pages of 1 of 2 coordinators were read; the busiest is coord-1 with 2 of 64 threads in use" {
			t.Errorf("lines = %q", lines)
		}
		if len(r.Notes) != 0 { // what cannot be read is not unwell
			t.Errorf("notes = %q", r.Notes)
		}
	})
}

func TestPages_OfCapacityAreReadWhileHeldOrStalled(t *testing.T) {
	for name, c := range map[string]struct{ hold, open int }{
		"all are held": {hold: 20, open: 20},
		"one waits":    {hold: 40, open: 24},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &service{coordinators: 3, threads: 8}
				var open []int
				var left []time.Duration
				held(t.Context(), t, s, withPages(toHold(scenarios.CapacityConfig{Hold: c.hold}), "coord-1"), Options{
					Pages: func(ctx context.Context, _ []string) []scenarios.Page {
						s.change(func() { open = append(open, s.open) })
						until, _ := ctx.Deadline()
						left = append(left, time.Until(until))
						return nil
					},
				})
				if !slices.Equal(open, []int{0, c.open, 0}) {
					t.Errorf("%v sessions were open when pages were read", open)
				}
				if left[0] != 10*time.Second || (c.hold > 24) != (left[1] == 2*time.Second) {
					t.Errorf("reading may take %v", left)
				}
			})
		})
	}
}

func TestPages_AreReadOnlyOnRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := withPages(scenario(4), "coord-1")
		s.Target.WebPort = 0
		r, _ := watched(t.Context(), t, &balancer{}, s, Options{Pages: func(context.Context, []string) []scenarios.Page {
			t.Error("pages were read")
			return nil
		}})
		if r.Pages != nil || !r.Complete {
			t.Errorf("pages = %+v, stopped = %+v", r.Pages, r.Stopped)
		}
	})
}

func TestPages_UnhealthyBeforeTheRunIsNoted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := watched(t.Context(), t, &balancer{}, withPages(scenario(4), "a", "b", "c", "d"), Options{
			Pages: func(_ context.Context, _ []string) []scenarios.Page {
				return []scenarios.Page{{Coordinator: "a", Healthy: new(true)}, {Coordinator: "b", Quiescing: true}, {Coordinator: "c", Healthy: new(false)}, {Coordinator: "d"}}
			},
		})
		want := []string{
			"b was being shut down before the run began: it takes no new sessions",
			"c said before the run began that it is not healthy",
		}
		if !slices.Equal(r.Notes, want) {
			t.Errorf("notes = %q", r.Notes)
		}
	})
}

func TestPages_RunThatWouldFillACoordinatorIsRefused(t *testing.T) {
	capacity := func(c scenarios.CapacityConfig) func(*scenarios.Scenario) {
		return func(s *scenarios.Scenario) { s.Kind, s.Capacity = scenarios.KindCapacity, c }
	}
	for name, c := range map[string]struct {
		set  func(*scenarios.Scenario)
		used int
		want string // of the refusal; "": it runs
	}{
		"capacity": {set: capacity(scenarios.CapacityConfig{Hold: 200}), used: 40,
			want: "c3 has 40 of 64 threads in use; 1/5 of 200 more is 40, and 80 exceed 80 % of 64"},
		"just enough room":   {set: capacity(scenarios.CapacityConfig{Hold: 55}), used: 40, want: ""},
		"one session beyond": {set: capacity(scenarios.CapacityConfig{Hold: 60}), used: 40, want: "and 52 exceed 80 % of 64"},
		"until full": {set: capacity(scenarios.CapacityConfig{UntilFull: true}), used: 0,
			want: "c1 has 0 of 64 threads in use, and the run goes on until all are in use"},
		"fewer threads declared than a page says": {set: capacity(scenarios.CapacityConfig{Hold: 55, Threads: 50}), used: 40, want: "40 of 50 threads in use"},
		"looks": {set: func(s *scenarios.Scenario) { s.Load.Concurrency = 64 }, used: 40, want: "1/5 of 64 more is 13, and 53 exceed"},
		"smoke": {set: func(*scenarios.Scenario) {}, used: 40, want: ""},
		"an idle ladder": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Idle.Steps = scenarios.KindIdle, make([]scenarios.Duration, 60)
			for i := range s.Idle.Steps {
				s.Idle.Steps[i] = 1
			}
		}, used: 45, want: "1/5 of 60 more is 12"},
		"a watch": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Watch = scenarios.KindWatch, scenarios.WatchConfig{For: 1, Long: 50}
		}, used: 45, want: "1/5 of 66 more is 14"},
		"stages": {set: func(s *scenarios.Scenario) {
			s.Kind, s.Load.Stages = scenarios.KindStages, []scenarios.Stage{{Closed: 3, For: 1}, {Hold: 90, For: 1}}
		}, used: 45, want: "1/5 of 90 more is 18"},
		"confirmed": {set: func(s *scenarios.Scenario) { s.Load.Concurrency, s.Target.Confirm = 64, "lb.example.com" }, used: 40, want: ""},
		"loopback":  {set: func(s *scenarios.Scenario) { s.Load.Concurrency, s.Target.Endpoints = 64, []string{"127.0.0.1"} }, used: 40, want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := withPages(scenario(4), "c1", "c2", "c3", "c4", "c5")
				s.Target.Endpoints = []string{"lb.example.com"}
				c.set(&s)
				if !s.Kind.Has("load.sessions") {
					s.Load.Sessions = 0
				}
				reads := 0
				opt := Options{
					Resolve: func(context.Context, string, string) ([]netip.Addr, error) {
						return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, nil
					},
					Pages: func(_ context.Context, names []string) []scenarios.Page {
						reads++
						var out []scenarios.Page
						for _, name := range names {
							out = append(out, using(name, 0, 64))
						}
						out[2] = using(names[2], c.used, 64)
						return out
					},
				}
				b := &service{coordinators: 5, threads: 64}
				r, seen := held(t.Context(), t, b, s, opt)
				if c.want == "" {
					if len(seen) == 0 || r.Stopped != nil || reads < 2 {
						t.Errorf("%d sessions, %d reads, stopped = %+v", len(seen), reads, r.Stopped)
					}
					return
				}
				if len(seen) != 0 || reads != 1 || r.Stopped == nil || r.Stopped.By != scenarios.StopGuard {
					t.Fatalf("%d sessions, %d reads, stopped = %+v", len(seen), reads, r.Stopped)
				}
				if !strings.Contains(r.Stopped.Text, c.want) || len(r.Stopped.Hint) != 1 || r.Stopped.Hint[0].Setting != "target.confirm" || r.Stopped.Hint[0].Value != "lb.example.com" {
					t.Errorf("\n got %s\nwant %s", r.Stopped.Text, c.want)
				}
			})
		})
	}
}
