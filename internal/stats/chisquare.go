package stats

import "gonum.org/v1/gonum/stat/distuv"

// ChiSquare is Pearson's statistic: the sum of (n - N p)^2 / (N p) over the cells,
// where N is the sum of the counts. It is 0 if N is 0. counts and p have the same
// length; p is positive and sums to 1.
func ChiSquare(counts []int, p []float64) float64 {
	total := float64(Sum(counts))
	if total == 0 {
		return 0
	}
	x2 := 0.0
	for i, n := range counts {
		expected := total * p[i]
		diff := float64(n) - expected
		x2 += diff * diff / expected
	}
	return x2
}

// ChiSquareTail is the probability that a chi-square variable with df degrees of
// freedom is at least x2; 1 if df is not positive.
func ChiSquareTail(x2 float64, df int) float64 {
	if df <= 0 || !(x2 > 0) {
		return 1
	}
	return distuv.ChiSquared{K: float64(df)}.Survival(x2)
}

// Sum returns the sum of counts.
func Sum(counts []int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}
