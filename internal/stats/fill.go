package stats

import "slices"

// FillColdest adds n to the counts, one at a time, each where it raises
// [ChiSquare] least: the counts nearest to the shares that n unknown draws can make.
// Values without a share get none.
func FillColdest(counts []int, p []float64, n int) []int {
	out := slices.Clone(counts)
	for range n {
		at := -1
		for i, share := range p {
			if share > 0 && (at < 0 || raises(out[i], share) < raises(out[at], p[at])) {
				at = i
			}
		}
		if at < 0 {
			break
		}
		out[at]++
	}
	return out
}

// raises is by how much one more raises the sum of the squared counts over shares.
func raises(count int, share float64) float64 { return float64(2*count+1) / share }

// FillHottest adds n to the count that is the largest for its share: once there it
// stays the largest.
func FillHottest(counts []int, p []float64, n int) []int {
	at := -1
	for i, share := range p {
		if share > 0 && (at < 0 || float64(counts[i])/share > float64(counts[at])/p[at]) {
			at = i
		}
	}
	if at < 0 {
		return slices.Clone(counts)
	}
	return FillOne(counts, at, n)
}

// FillOne adds n to one count. [ChiSquare] is convex in the counts, so of all ways to
// add n one of these has the largest.
func FillOne(counts []int, at, n int) []int {
	out := slices.Clone(counts)
	out[at] += n
	return out
}
