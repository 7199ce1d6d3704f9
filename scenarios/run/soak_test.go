package run

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// treadmill is a service of which every session is good and costs nothing. It
// measures the heap at two counts of sessions, and ends the run at the second.
type treadmill struct {
	early, late int64
	end         context.CancelFunc

	n          atomic.Int64
	first, all uint64 // bytes in use then
}

func (t *treadmill) dial(_ context.Context, _ Node, o *scenarios.Observation) (Session, error) {
	i := t.n.Add(1)
	switch i {
	case t.early:
		t.first = heap()
	case t.late:
		t.all = heap()
		t.end()
	}
	names := [...]string{"coord-1:25000", "coord-2:25000", "coord-3:25000"}
	d := time.Duration(1+i%10_000) * time.Microsecond
	o.Phases = [scenarios.NumPhases]time.Duration{scenarios.PhaseTCP: d, scenarios.PhaseOpen: 2 * d, scenarios.PhaseExecute: d, scenarios.PhaseClose: d}
	o.Who = scenarios.Identity{Coordinator: names[i%int64(len(names))], Version: "impalad 5.0", PID: 1, Source: scenarios.SourcePing}
	return free{}, nil
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// free is a session that costs nothing.
type free struct{}

func (free) Query(context.Context) error { return nil }
func (free) Ping(context.Context) error  { return nil }
func (free) Close(context.Context) error { return nil }

func (free) Identify(context.Context) error { return nil }

func (free) Wait(context.Context, time.Duration) error { return nil }

func TestRun_MemoryDoesNotGrowWithSessions(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	m := &treadmill{early: 500_000, late: 4_000_000, end: cancel}
	if raced || testing.Short() {
		// The race detector aborts now and then ("CHECK failed: tsan_rtl.cpp:346") where a
		// process synchronises many millions of times, as a million sessions do.
		m.early, m.late = 20_000, 200_000
	}
	s := scenario(0)
	s.Kind = scenarios.KindStages
	s.Load.Sessions = 0 // of looks alone
	s.Load.Stages = []scenarios.Stage{{Closed: 8, For: scenarios.Duration(time.Hour)}}
	begun := time.Now()
	r := Run(ctx, m.dial, s, Options{judge: content, plan: plain})
	checkSums(t, r)
	if r.Sessions.OK < int(m.late) || len(r.Coords) != 3 || len(r.Nodes) != 2 || len(r.Series.Points) > scenarios.MaxPoints {
		t.Errorf("sessions = %+v, %d coordinators, %d points", r.Sessions, len(r.Coords), len(r.Series.Points))
	}
	if r.Load.Login.Count() != r.Sessions.OK || r.Phases.Count(scenarios.PhaseOpen) != r.Sessions.OK {
		t.Errorf("%d logins and %d opens of %d sessions", r.Load.Login.Count(), r.Phases.Count(scenarios.PhaseOpen), r.Sessions.OK)
	}
	const most = 2 << 20
	if grown := int64(m.all) - int64(m.first); grown > most {
		t.Errorf("%d bytes in use after %d sessions, and %d more after %d", m.first, m.early, grown, m.late)
	}
	t.Logf("%d sessions in %s, %d KB in use", r.Sessions.OK, time.Since(begun), m.all>>10)
}
