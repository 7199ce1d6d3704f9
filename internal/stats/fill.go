package stats

import "slices"

// FillColdest adds n to the counts, one at a time, each where it raises
// [ChiSquare] least: the counts nearest to the shares that n unknown draws can make.
// Values without a share get none.
func FillColdest(counts []int, p []float64, n int) []int {
	out := slices.Clone(counts)
	n -= fillLevel(out, p, n)
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

// fillLevel adds what stays below the level to which n in all would fill up the
// values, less a few of each, and returns how much that is: what is left is placed
// one at a time, so that a large n takes no more time than a small one.
func fillLevel(counts []int, p []float64, n int) int {
	if n <= 4*len(counts) {
		return 0
	}
	missing := func(i int, level float64) float64 { return max(0, level*p[i]-float64(counts[i])) }
	low, high := 0.0, 0.0
	for i, share := range p {
		if share > 0 {
			high = max(high, float64(counts[i]+n)/share)
		}
	}
	for range 100 {
		middle, total := (low+high)/2, 0.0
		for i := range p {
			total += missing(i, middle)
		}
		if total <= float64(n) {
			low = middle
		} else {
			high = middle
		}
	}
	total := 0
	for i := range p {
		more := max(0, int(missing(i, low))-2)
		counts[i], total = counts[i]+more, total+more
	}
	return total
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
