package watchstate

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestOutage_Length_IsTheSameInEveryOrderOfEnds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		dice := rand.New(rand.NewPCG(seed, 1))
		const sessions = 60
		bad := make([]bool, sessions)
		for i := range bad {
			bad[i] = i > 10 && i < 40+dice.IntN(30) && dice.IntN(3) == 0
		}
		var o outage
		for _, i := range dice.Perm(sessions) {
			if due := time.Duration(i) * time.Second; bad[i] {
				o.failed(due)
			} else {
				o.succeeded(due)
			}
		}
		if got, want := o.length(sessions*time.Second), lasted(bad); got != want {
			t.Fatalf("seed %d: %s, want %s: %v", seed, got, want, bad)
		}
	}
}

// lasted reads the outage from all sessions at once.
func lasted(bad []bool) time.Duration {
	first, last := -1, -1
	for i, b := range bad {
		if b && first < 0 {
			first = i
		}
		if b {
			last = i
		}
	}
	if first < 0 {
		return 0
	}
	return time.Duration(last+1-first) * time.Second
}

func TestOutage_Length_AfterManyGoodSessions(t *testing.T) {
	t.Parallel()
	var o outage
	const many = 3 * remembered
	for i := range many {
		o.succeeded(time.Duration(i) * time.Millisecond)
	}
	o.failed((many - 10) * time.Millisecond)
	if got := o.length(time.Hour); got != time.Millisecond {
		t.Errorf("outage = %s, want 1ms", got)
	}
	o.failed(0) // due before everything that is remembered
	if got, want := o.length(time.Hour), (many-9)*time.Millisecond; got != want {
		t.Errorf("outage = %s, want %s", got, want)
	}
}
