package watchstate

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func numbered(i int) scenarios.Identity {
	return scenarios.Identity{Coordinator: fmt.Sprintf("coord-%d:25000", i), Source: scenarios.SourcePing}
}

func TestPresenceTracker_Add_ChanceAloneIsNoAbsence(t *testing.T) {
	t.Parallel()
	away := 0
	for seed := range uint64(50) {
		dice := rand.New(rand.NewPCG(seed, 2))
		var r presenceTracker
		for i := range 600 { // five minutes at two a second
			gone, _ := r.add(numbered(dice.IntN(5)), time.Duration(i)*time.Second/2)
			away += len(gone)
		}
	}
	// In each of 50 watches an absence begins some 600 times, and is called one
	// with a chance of 1e-4.
	if away > 12 {
		t.Errorf("%d coordinators were called gone, 3 would be by chance", away)
	}
}

func TestPresenceTracker_Add_WhenACoordinatorIsGone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of    int           // coordinators that are met before the last of them is gone
		every time.Duration // between sessions
		after time.Duration // it is called gone so long after it was met last
	}{
		"of five at two a second, after 42 sessions": {of: 5, every: time.Second / 2, after: 21 * time.Second},
		"of two at two a second, after 14 sessions":  {of: 2, every: time.Second / 2, after: 7 * time.Second},
		"of five at 50 a second, after 3 s":          {of: 5, every: time.Second / 50, after: 3 * time.Second},
		"the only one, after 3 s without anybody":    {of: 1, every: time.Second / 2, after: 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r presenceTracker
			now := 10 * time.Second
			for i := range c.of {
				now += c.every
				r.add(numbered(i), now)
			}
			last := now
			for i := range 10_000 {
				now += c.every
				identity := scenarios.Identity{}
				if c.of > 1 {
					identity = numbered(i % (c.of - 1))
				}
				gone, _ := r.add(identity, now)
				if len(gone) == 0 {
					continue
				}
				if got := now - last; got != c.after || gone[0].Name != numbered(c.of-1).Coordinator || *gone[0].Gone != scenarios.SecondsOf(last) {
					t.Errorf("%s was called gone after %s, want %s", gone[0].Name, got, c.after)
				}
				return
			}
			t.Error("none was called gone")
		})
	}
}

func TestPresenceTracker_PeakIsTheLargestShareOfAWholeWindowAfterTheReturn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		share func(since time.Duration) int // of ten sessions a second, since the return
		lasts time.Duration
		want  float64
	}{
		"all at once":                        {share: func(time.Duration) int { return 10 }, lasts: 30 * time.Second, want: 1},
		"its fair share":                     {share: func(time.Duration) int { return 2 }, lasts: 30 * time.Second, want: .2},
		"half of them, from the fifth on":    {share: func(d time.Duration) int { return 5 * min(1, int(d/(5*time.Second))) }, lasts: 30 * time.Second, want: .5},
		"a rush much later is another story": {share: func(d time.Duration) int { return 2 + 8*min(1, int(d/(25*time.Second))) }, lasts: time.Minute, want: .2},
		"too short to say":                   {share: func(time.Duration) int { return 10 }, lasts: 8 * time.Second, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var r presenceTracker
			second := func(at time.Duration, mine int) {
				for i := range 10 {
					identity := numbered(1 + i%4)
					if i < mine {
						identity = numbered(0)
					}
					r.add(identity, at+time.Duration(i)*time.Second/10)
				}
			}
			for at := time.Duration(0); at < 20*time.Second; at += time.Second {
				second(at, 2)
			}
			for at := 20 * time.Second; at < 40*time.Second; at += time.Second {
				second(at, 0)
			}
			r.add(numbered(0), 40*time.Second) // it is back
			for at := time.Duration(0); at < c.lasts; at += time.Second {
				second(40*time.Second+at, c.share(at))
			}
			a := r.appearances(40*time.Second + c.lasts)[0]
			if a.Back == nil || *a.Back != 40 || a.Peak < c.want-.02 || a.Peak > c.want+.02 {
				t.Errorf("back %v, peak = %v, want %v", a.Back, a.Peak, c.want)
			}
		})
	}
}

func TestPresenceTracker_IsBounded(t *testing.T) {
	t.Parallel()
	var r presenceTracker
	for i := range maxCoordinators + 10 {
		identity := numbered(i)
		identity.PID = int32(i + 1)
		r.add(identity, 0)
		identity = numbered(0)
		identity.PID = int32(i + 1)
		r.add(identity, 0)
	}
	if len(r.all) != maxCoordinators || len(r.all[0].PIDs) != scenarios.MaxPIDs {
		t.Errorf("%d coordinators, %d pids", len(r.all), len(r.all[0].PIDs))
	}
}
