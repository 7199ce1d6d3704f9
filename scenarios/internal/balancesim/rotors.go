package balancesim

import "math/rand/v2"

// Rotor is round-robin on every node, each at a place of its own. Others take turns
// between two of ours on a node, so many on average.
func Rotor(strangers float64) Maker {
	return func(r *rand.Rand, k, nodes int) Balancer {
		at := places(r, nodes, k)
		return func(s Session) int {
			at[s.Node] += 1 + others(r, strangers)
			return at[s.Node] % k
		}
	}
}

// SharedRotor is round-robin over all nodes together.
func SharedRotor(strangers float64) Maker {
	return func(r *rand.Rand, k, _ int) Balancer {
		at := r.IntN(k)
		return func(Session) int {
			at += 1 + others(r, strangers)
			return at % k
		}
	}
}

// SharedRotorEvery is a shared one where one other session comes after every so many
// of ours.
func SharedRotorEvery(ours int) Maker {
	return func(r *rand.Rand, k, _ int) Balancer {
		at, since := r.IntN(k), r.IntN(ours)
		return func(Session) int {
			at++
			if since++; since == ours {
				at, since = at+1, 0
			}
			return at % k
		}
	}
}

// TwoLevels is a node that hands connections to its workers in turn, each of which
// has a rotation of its own: in phase, so many sessions in a row meet the same
// coordinator.
func TwoLevels(workers int, inPhase bool, strangers float64) Maker {
	return func(r *rand.Rand, k, nodes int) Balancer {
		turn, at := places(r, nodes, workers), make([][]int, nodes)
		for node := range at {
			at[node] = places(r, workers, k)
			for w := range at[node] {
				if inPhase {
					at[node][w] = at[node][0]
				}
				if inPhase && w <= turn[node] { // those that had their turn already
					at[node][w]++
				}
			}
		}
		return func(s Session) int {
			node := s.Node
			for range others(r, strangers) {
				turn[node]++
				at[node][turn[node]%workers]++
			}
			turn[node]++
			w := turn[node] % workers
			at[node][w]++
			return at[node][w] % k
		}
	}
}

// places are n random places of so many.
func places(r *rand.Rand, n, of int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = r.IntN(of)
	}
	return out
}

// others is how many sessions of others come before one of ours.
func others(r *rand.Rand, mean float64) int {
	n := 0
	for r.Float64() < mean/(1+mean) {
		n++
	}
	return n
}
