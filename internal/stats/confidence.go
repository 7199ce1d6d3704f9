package stats

import (
	"sort"

	"gonum.org/v1/gonum/mathext"
)

// QuantileRanks returns the ranks, from 1, of two of n samples in order between which
// the quantile q of what they were drawn from lies with the confidence level, whatever
// its distribution is: each end errs with half of the rest. low is 0 and high n+1 where
// so few samples have no such bound (David and Nagaraja, Order Statistics, 7.1).
func QuantileRanks(n int, q, level float64) (low, high int) {
	tail := (1 - level) / 2
	low = sort.Search(n, func(i int) bool { return BinomialAtLeast(i+1, n, q) < 1-tail })
	high = 1 + sort.Search(n, func(i int) bool { return BinomialAtLeast(i+1, n, q) <= tail })
	return low, high
}

// QuantileNeeds is how many samples give the quantile q both bounds at the confidence
// level.
func QuantileNeeds(q, level float64) int {
	const most = 1 << 30
	return sort.Search(most, func(n int) bool {
		low, high := QuantileRanks(n, q, level)
		return low >= 1 && high <= n
	})
}

// ProportionInterval returns bounds of the chance of an event that came k times in n,
// at the confidence level (Clopper and Pearson: exact, and so a little wide). It is 0 to
// 1 where n is 0.
func ProportionInterval(k, n int, level float64) (low, high float64) {
	tail := (1 - level) / 2
	low, high = 0, 1
	if k > 0 && k <= n {
		low = mathext.InvRegIncBeta(float64(k), float64(n-k+1), tail)
	}
	if k < n {
		high = mathext.InvRegIncBeta(float64(k+1), float64(n-k), 1-tail)
	}
	return low, high
}
