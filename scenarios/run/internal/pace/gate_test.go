package pace

import (
	"testing"
	"time"
)

// A service that stalls for three seconds at ten sessions a second: of one lane, each
// session is ready when the one before it has ended, which takes 10 ms.
func TestGate_AfterAStallSessionsKeepTheRateAndTheirLateness(t *testing.T) {
	t.Parallel()
	p := Pacer{Rate: 10}
	g := NewGate(p)
	ms := time.Millisecond
	ready, late := 3*time.Second, 0 // session 0 has stalled
	var starts []time.Duration
	for n := 1; n <= 90; n++ {
		now := max(ready, p.Due(n))
		turn := g.Reserve(p.Due(n), ready, now)
		start := max(turn.At, now)
		g.Pass(turn)
		// Without a gate the backlog goes down by one every 10 ms.
		lag := start - turn.Due
		if want := max(0, 3*time.Second+time.Duration(n-1)*10*ms-p.Due(n)); lag != want {
			t.Fatalf("session %d is %s late, want %s", n, lag, want)
		}
		if lag > 50*ms {
			late++
		}
		starts = append(starts, start)
		ready = start + 10*ms
	}
	if late < 30 || late > 35 {
		t.Errorf("%d sessions are late, want those of 3 s", late)
	}
	for i := range starts[:len(starts)-10] {
		if d := starts[i+10] - starts[i]; d < time.Second-Leeway {
			t.Errorf("eleven sessions start within %s", d)
		}
	}
}

func TestGate_Reserve_SessionsReadyTogether(t *testing.T) {
	t.Parallel()
	p := Pacer{Rate: 10}
	g := NewGate(p)
	const at = 5 * time.Second
	var turns []Turn
	for n := range 4 { // sixteen workers that the same stall kept, say
		turns = append(turns, g.Reserve(p.Due(n), at, at))
	}
	for n, turn := range turns {
		if lag := turn.At - turn.Due; lag != at-p.Due(n) {
			t.Errorf("session %d is %s late, want %s", n, lag, at-p.Due(n))
		}
		if want := at + max(0, p.Due(n)-Leeway); turn.At != want {
			t.Errorf("session %d starts at %s, want %s", n, turn.At, want)
		}
	}
}

func TestGate_Reserve_HoldsNobodyInTime(t *testing.T) {
	t.Parallel()
	p := Pacer{Rate: 10}
	g := NewGate(p)
	for n := range 50 {
		turn := g.Reserve(p.Due(n), 0, p.Due(n))
		if turn.Due != p.Due(n) || turn.At != p.Due(n) {
			t.Fatalf("session %d: %+v", n, turn)
		}
		g.Pass(turn)
	}
	if turn := NewGate(Pacer{}).Reserve(0, time.Second, time.Second); turn.At != time.Second || turn.Due != 0 {
		t.Errorf("without a rate: %+v", turn)
	}
}

// A pause of this machine that is shorter than the leeway moves nothing.
func TestGate_Reserve_ShortPauseOfThisMachine(t *testing.T) {
	t.Parallel()
	p := Pacer{Rate: 50}
	g := NewGate(p)
	for n := range 20 {
		now := max(p.Due(n), 80*time.Millisecond)
		turn := g.Reserve(p.Due(n), 0, now)
		if turn.Due != p.Due(n) || turn.At != p.Due(n) {
			t.Fatalf("session %d: %+v", n, turn)
		}
		g.Pass(turn)
	}
}
