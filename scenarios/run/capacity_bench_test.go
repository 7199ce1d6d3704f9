package run

import (
	"context"
	"runtime"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// BenchmarkHeldSession measures what the run itself keeps of a session that is
// held: the session is one that takes no memory.
func BenchmarkHeldSession(b *testing.B) {
	for b.Loop() {
		const sessions = 10_000
		s := toHold(scenarios.CapacityConfig{Hold: sessions})
		s.Load.Rate = 0
		s.Target.WebPort, s.Expect.Coordinators.Names = 25000, []string{"coord-1"}
		open := func(_ context.Context, _ Node, o *scenarios.Observation) (Session, error) {
			o.Who = scenarios.Identity{Coordinator: "coord-1:25000", Source: scenarios.SourcePing}
			return handshaken{}, nil
		}
		var held uint64
		var goroutines int
		before := live()
		r := Run(b.Context(), open, s, Options{
			judge: content, plan: plain,
			Pages: func(context.Context, []string) []scenarios.Page {
				held, goroutines = live(), runtime.NumGoroutine() // the last but one: while all are held
				return nil
			},
			Progress: func(e Event) {
				if e.Kind == EventPages && e.Text[:6] == "during" {
					b.ReportMetric(float64(held-before)/sessions, "B/session")
					b.ReportMetric(float64(goroutines), "goroutines")
				}
			},
		})
		if r.Capacity.Survived != sessions {
			b.Fatalf("capacity = %+v", r.Capacity)
		}
	}
}

// live is the heap in use once garbage is collected.
func live() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
