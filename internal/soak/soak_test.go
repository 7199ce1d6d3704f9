package soak

import (
	"flag"
	"testing"
	"time"
)

var (
	lasts = flag.Duration("soak", 0, "how long to soak; 0: two rounds; make soak has 30m")
	seed  = flag.Uint64("soak-seed", 0, "seed of the rounds; 0: by the clock with -soak, else 25")
)

// every is how often samples are taken at the least.
const every = 15 * time.Second

// warmUp is how much of a soak is not compared: buffers and tables get their size.
func warmUp(all curve) curve { return all[len(all)/10:] }

func TestSoak(t *testing.T) {
	number := *seed
	switch {
	case number != 0:
	case *lasts > 0:
		number = uint64(time.Now().UnixNano()) >> 10
	default:
		number = 25 // handle-reuse by two shards over HTTPS with a token, then with an expired certificate
	}
	var (
		deck     = newDeck(t, number)
		tokens   = newTokens(t)
		clusters = startClusters(t)
		begun    = time.Now()
		start    = take(0)
		samples  curve
		sessions int
		failed   bool
	)
	for n, due := 1, time.Duration(0); ; n++ {
		r := deck.deal()
		s := r.play(t, clusters, tokens)
		r.conserved(t, s)
		r.verdict(t, s.result)
		if t.Failed() && !failed {
			t.Logf("that was round %d of seed %d, which ended with %s", n, number, s.result.Verdict)
		}
		failed = t.Failed()
		sessions += len(s.observations)
		idle(t, start)
		took := time.Since(begun)
		if *lasts > 0 && took >= due {
			now := take(took)
			now.rounds, now.sessions = n, sessions
			samples = append(samples, now)
			due = took + every
		}
		if took >= *lasts && n >= 2 {
			break
		}
	}
	if *lasts == 0 {
		return
	}
	t.Logf("soak: seed %d\n%s", number, samples)
	for _, grown := range warmUp(samples).growth() {
		t.Error(grown)
	}
}
