package pace

import (
	"slices"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The sessions of all shards are due when those of one machine are.
func TestShards_AreDueAsTheWhole(t *testing.T) {
	t.Parallel()
	for name, whole := range map[string]Schedule{
		"constant":     Constant{Rate: 7.3, For: 40 * time.Second},
		"ramp":         Ramp{From: 2, To: 30, In: 10 * time.Second, For: 5 * time.Second},
		"ramp down":    Ramp{From: 30, To: 1, In: 20 * time.Second},
		"few arrivals": Constant{Rate: 1, For: 3 * time.Second},
	} {
		want := dueTimes(whole)
		for count := 1; count <= 32; count++ {
			var got []time.Duration
			for index := 1; index <= count; index++ {
				got = append(got, dueTimes(Stripe{whole, scenarios.Shard{Index: index, Count: count}})...)
			}
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: the %d arrivals of %d shards are not the %d of the whole", name, len(got), count, len(want))
			}
		}
	}
}

func dueTimes(s Schedule) (out []time.Duration) {
	for n := 0; ; n++ {
		at, ok := s.Due(n)
		if !ok {
			return out
		}
		out = append(out, at)
	}
}

func TestPacer_OfAShard(t *testing.T) {
	t.Parallel()
	p := Pacer{Rate: 10, Shard: scenarios.Shard{Index: 3, Count: 4}}
	if p.Due(0) != 200*time.Millisecond || p.Due(2) != time.Second || p.Lasts(2) != 800*time.Millisecond {
		t.Errorf("due at %s and %s; two last %s", p.Due(0), p.Due(2), p.Lasts(2))
	}
}
