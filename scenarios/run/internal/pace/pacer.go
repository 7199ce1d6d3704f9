package pace

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Pacer says when each session of a row is due: a pure function of its number,
// so that a late start shows as lag instead of moving the later ones. The zero
// value does not pace: every session is due at once. Those of a shard are due when
// they are due in the whole.
type Pacer struct {
	Rate  scenarios.Rate // sessions per second, of all shards together
	Shard scenarios.Shard
}

// Due returns when session n (0-based) of the shard should start, since the row began.
func (p Pacer) Due(n int) time.Duration { return p.At(p.Shard.Number(n)) }

// Lasts is how long a row of n sessions of the shard takes: the next one begins then.
func (p Pacer) Lasts(n int) time.Duration { return p.At(n * max(1, p.Shard.Count)) }

// At is when session n of the whole is due.
func (p Pacer) At(n int) time.Duration {
	if p.Rate <= 0 {
		return 0
	}
	return time.Duration(float64(n) / float64(p.Rate) * float64(time.Second))
}

// Sleep returns after d, or when ctx ends.
func Sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
