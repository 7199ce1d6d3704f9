package stats

import "gonum.org/v1/gonum/mathext"

// Thinned is the independence of a table whose values count as fewer independent ones
// by the factor: X2 shrinks by it, and P follows.
func (i Independence) Thinned(factor float64) Independence {
	if factor >= 1 || i.Variance <= 0 {
		return i
	}
	i.X2 *= factor
	i.P = mathext.GammaIncRegComp(i.Mean*i.Mean/i.Variance, i.X2*i.Mean/i.Variance)
	return i
}
