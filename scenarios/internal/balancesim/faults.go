package balancesim

import "math/rand/v2"

// DeadFrom loses coordinator 0 at a place in a look, given as a part of its ordered
// sessions, and for good; the balancer has noticed.
func DeadFrom(look int, part float64) Maker {
	return func(r *rand.Rand, k, _ int) Balancer {
		return func(s Session) int {
			if s.Look > look || s.Look == look && float64(s.At) >= part*float64(s.Of) {
				return 1 + r.IntN(k-1)
			}
			return r.IntN(k)
		}
	}
}

// DeadFromNode is a coordinator 0 that node 0 does not know.
func DeadFromNode(r *rand.Rand, k, _ int) Balancer {
	return func(s Session) int {
		if s.Node == 0 {
			return 1 + r.IntN(k-1)
		}
		return r.IntN(k)
	}
}

// NodePinned is a node 0 that gives coordinator 0 everything.
func NodePinned(r *rand.Rand, k, _ int) Balancer {
	return func(s Session) int {
		if s.Node == 0 {
			return 0
		}
		return r.IntN(k)
	}
}

// NodesPinned gives each node a coordinator of its own.
func NodesPinned(_ *rand.Rand, k, _ int) Balancer {
	return func(s Session) int { return s.Node % k }
}

// DeadNode is a node 0 that answers nobody.
func DeadNode(of Maker) Maker {
	return func(r *rand.Rand, k, nodes int) Balancer {
		choose := of(r, k, nodes)
		return func(s Session) int {
			if s.Node == 0 {
				return Lost
			}
			return choose(s)
		}
	}
}

// Losing loses sessions at random, wherever they go.
func Losing(part float64, of Maker) Maker {
	return func(r *rand.Rand, k, nodes int) Balancer {
		choose := of(r, k, nodes)
		return func(s Session) int {
			if at := choose(s); r.Float64() >= part {
				return at
			}
			return Lost
		}
	}
}

// Sticky gives a session the coordinator of the one before on its node, with this
// chance, and else any.
func Sticky(chance float64) Maker {
	return func(r *rand.Rand, k, nodes int) Balancer {
		last := places(r, nodes, k)
		return func(s Session) int {
			if r.Float64() >= chance {
				last[s.Node] = r.IntN(k)
			}
			return last[s.Node]
		}
	}
}

// StickyTogether is the same with one memory for all nodes.
func StickyTogether(chance float64) Maker {
	return func(r *rand.Rand, k, _ int) Balancer {
		last := r.IntN(k)
		return func(Session) int {
			if r.Float64() >= chance {
				last = r.IntN(k)
			}
			return last
		}
	}
}

// Zones gives each node so many coordinators of its own.
func Zones(sizes ...int) Maker {
	return func(r *rand.Rand, _, _ int) Balancer {
		first := make([]int, len(sizes))
		for i := 1; i < len(sizes); i++ {
			first[i] = first[i-1] + sizes[i-1]
		}
		return func(s Session) int { return first[s.Node] + r.IntN(sizes[s.Node]) }
	}
}

// Overlapping lets each node reach so many coordinators: the one of its number and
// those after it.
func Overlapping(each int) Maker {
	return func(r *rand.Rand, k, _ int) Balancer {
		return func(s Session) int { return (s.Node + r.IntN(each)) % k }
	}
}

// Swapped has another coordinator, k, in the place of coordinator 0.
func Swapped(r *rand.Rand, k, _ int) Balancer {
	return func(Session) int { return 1 + r.IntN(k) }
}
