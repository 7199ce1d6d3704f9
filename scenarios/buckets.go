package scenarios

import (
	"math"
	"time"
)

// Buckets counts, for each of some rising bounds, the times that are shorter, and adds
// up all times, to three digits. The counts are exact for bounds up to 2 ms, and for
// a millisecond times a power of two; any other bound may lie within three digits of
// times that it does not tell apart, which then count as not shorter.
func (t Times) Buckets(bounds []time.Duration) (shorter []int, sum Seconds) {
	shorter = make([]int, len(bounds))
	if t.h == nil {
		return shorter, 0
	}
	var total float64 // microseconds: in whole numbers a sum could overflow
	for _, bar := range t.h.Distribution() {
		if bar.Count == 0 {
			continue
		}
		total += float64(bar.Count) * float64(bar.From+bar.To) / 2
		for i := len(bounds) - 1; i >= 0 && bar.To < bounds[i].Microseconds(); i-- {
			shorter[i] += int(bar.Count)
		}
	}
	return shorter, Seconds(total / 1e6)
}

// Powers counts the times in buckets, so many for each doubling: bucket i has those of more
// than 2^((i-1)/perDouble) seconds and up to 2^(i/perDouble). A time within three digits of
// a bound may be in the bucket beside. Empty buckets are left out.
func (t Times) Powers(perDouble int) map[int]int64 {
	out := map[int]int64{}
	if t.h == nil {
		return out
	}
	for _, bar := range t.h.Distribution() {
		if bar.Count > 0 {
			middle := float64(bar.From+bar.To) / 2e6
			out[int(math.Ceil(float64(perDouble)*math.Log2(middle)))] += bar.Count
		}
	}
	return out
}
