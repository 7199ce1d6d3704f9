package balancesim

import (
	"math/rand/v2"
	"slices"
)

// Random gives each coordinator an equal chance, whatever came before.
func Random(r *rand.Rand, k, _ int) Balancer {
	return func(Session) int { return r.IntN(k) }
}

// Shares gives each coordinator a chance of its own.
func Shares(shares ...float64) Maker {
	return func(r *rand.Rand, _, _ int) Balancer {
		return func(Session) int { return draw(r, shares) }
	}
}

// Weights are shares that do not sum to 1.
func Weights(weights ...float64) Maker {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	shares := slices.Clone(weights)
	for i := range shares {
		shares[i] /= total
	}
	return Shares(shares...)
}

func draw(r *rand.Rand, shares []float64) int {
	u := r.Float64()
	for i, p := range shares {
		if u < p {
			return i
		}
		u -= p
	}
	return len(shares) - 1
}

// At gives coordinator 0 a multiple of its fair share, and the others the rest alike.
func At(factor float64) Maker {
	return func(r *rand.Rand, k, nodes int) Balancer {
		first := factor / float64(k)
		shares := slices.Repeat([]float64{(1 - first) / float64(k-1)}, k)
		shares[0] = first
		return Shares(shares...)(r, k, nodes)
	}
}
