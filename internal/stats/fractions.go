package stats

import "math"

// Fractions are weights that sum to 1; all equal where they do not make sense.
func Fractions(weights []float64) []float64 {
	p, total := make([]float64, len(weights)), 0.0
	for _, w := range weights {
		if !(w > 0) || math.IsInf(w, 0) {
			total = 0
			break
		}
		total += w
	}
	for i, w := range weights {
		p[i] = 1 / float64(len(weights))
		if total > 0 {
			p[i] = w / total
		}
	}
	return p
}
