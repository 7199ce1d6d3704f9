package stats

import "math"

// Interval is where the share of which c of n is a sample lies, but for a chance of one
// in twenty (Wilson 1927, doi:10.1080/01621459.1927.10502953). Of no sample it is all
// from 0 to 1.
func Interval(c, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z = 1.959964
	share, of := float64(c)/float64(n), float64(n)
	middle, half := share+z*z/(2*of), z*math.Sqrt(share*(1-share)/of+z*z/(4*of*of))
	return max(0, (middle-half)/(1+z*z/of)), min(1, (middle+half)/(1+z*z/of))
}
