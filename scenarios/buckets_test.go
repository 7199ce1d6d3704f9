package scenarios_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// powers are the bounds for which Buckets promises exact counts.
func powers() []time.Duration {
	var out []time.Duration
	for d := 250 * time.Microsecond; d < time.Hour/2; d *= 2 {
		out = append(out, d)
	}
	return out
}

func TestTimes_BucketsAreExactAtPowersOfTwo(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var times scenarios.Times
	var all []time.Duration
	bounds := powers()
	for _, b := range bounds { // what lies next to a bound is where a count could be off
		all = append(all, b-time.Microsecond, b, b+time.Microsecond)
	}
	for range 20_000 {
		all = append(all, time.Duration(math.Exp(r.Float64()*20)*float64(time.Microsecond)))
	}
	want := make([]int, len(bounds))
	var sum time.Duration
	for _, d := range all {
		times.Record(d)
		sum += d
		for i, b := range bounds {
			if d < b {
				want[i]++
			}
		}
	}
	got, total := times.Buckets(bounds)
	if !slices.Equal(got, want) {
		t.Errorf("shorter than %v: %v, want %v", bounds, got, want)
	}
	if off := math.Abs(float64(total)/sum.Seconds() - 1); off > .001 {
		t.Errorf("the sum is %v s, and of the times themselves %v: off by %.2g", total, sum, off)
	}
}

func TestTimes_Powers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	var times scenarios.Times
	var all []time.Duration
	for range 20_000 {
		d := time.Duration(math.Exp(r.Float64()*20)*float64(time.Microsecond)).Truncate(time.Microsecond) + time.Microsecond
		times.Record(d)
		all = append(all, d)
	}
	const perDouble, digits = 8, 1.001
	counted := 0
	for i, n := range times.Powers(perDouble) {
		low, high := math.Exp2(float64(i-1)/perDouble), math.Exp2(float64(i)/perDouble)
		least, most := 0, 0
		for _, d := range all {
			if s := d.Seconds(); s > low/digits && s <= high*digits {
				most++
				if s > low*digits && s <= high/digits {
					least++
				}
			}
		}
		if int(n) < least || int(n) > most {
			t.Errorf("%d times of %g to %g s, want %d to %d", n, low, high, least, most)
		}
		counted += int(n)
	}
	if counted != len(all) || len((scenarios.Times{}).Powers(perDouble)) != 0 {
		t.Errorf("%d of %d are counted", counted, len(all))
	}
}

func TestTimes_BucketsOfNothing(t *testing.T) {
	t.Parallel()
	got, sum := scenarios.Times{}.Buckets(powers())
	if slices.Max(got) != 0 || sum != 0 {
		t.Errorf("Buckets = %v, %v", got, sum)
	}
}
