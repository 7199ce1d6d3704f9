package scenarios

import "time"

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
