package balancesim

import (
	"math"
	"math/rand/v2"
)

// Ties says which of several coordinators with as few sessions gets the next.
type Ties int

// The ways to settle ties.
const (
	TiesFirst Ties = iota
	TiesRandom
	TiesRotating
)

// Others are the sessions of others: so many begin between two of ours, on average,
// and each lasts for so many of ours, on average.
type Others struct{ Arrivals, Duration float64 }

// loads are the open sessions that a balancer sees.
type loads struct {
	r       *rand.Rand
	open    []int   // by coordinator
	held    []int   // of these, by our burst
	ends    [][]int // by time: where sessions of others end
	now     int
	others  Others
	place   func() int
	rotated int
}

// newLoads are those of k coordinators, once as many sessions end as begin.
func newLoads(r *rand.Rand, k int, others Others) *loads {
	return &loads{r: r, open: make([]int, k), held: make([]int, k), others: others}
}

// warm lets others come and go until their number is steady.
func (l *loads) warm() {
	for range int(6 * l.others.Duration) {
		l.step()
	}
}

// step lets the sessions of others end and begin that do so before one of ours.
func (l *loads) step() {
	l.now++
	if len(l.ends) > 0 {
		for _, at := range l.ends[0] {
			l.open[at]--
		}
		l.ends = l.ends[1:]
	}
	for range poisson(l.r, l.others.Arrivals) {
		at := l.place()
		l.open[at]++
		last := int(math.Ceil(l.r.ExpFloat64() * l.others.Duration))
		for len(l.ends) < last {
			l.ends = append(l.ends, nil)
		}
		l.ends[last-1] = append(l.ends[last-1], at)
	}
}

// poisson is a number with this mean.
func poisson(r *rand.Rand, mean float64) int {
	n := 0
	for left := mean - r.ExpFloat64(); left > 0; left -= r.ExpFloat64() {
		n++
	}
	return n
}

// session is one of ours: open for no time, or until the burst ends.
func (l *loads) session(s Session) int {
	if !s.Held {
		for at, n := range l.held {
			l.open[at] -= n
			l.held[at] = 0
		}
		l.step()
	}
	at := l.place()
	if s.Held {
		l.open[at]++
		l.held[at]++
	}
	return at
}

// LeastConn gives a session to a coordinator with the fewest open.
func LeastConn(ties Ties, others Others) Maker {
	return func(r *rand.Rand, k, _ int) Balancer {
		l := newLoads(r, k, others)
		l.place = func() int { return l.least(ties) }
		l.warm()
		return l.session
	}
}

func (l *loads) least(ties Ties) int {
	k := len(l.open)
	first := 0
	switch ties {
	case TiesRotating:
		first = l.rotated + 1
	case TiesRandom:
		first = 0
	}
	at, alike := -1, 0
	for i := range k {
		c := (first + i) % k
		switch {
		case at < 0 || l.open[c] < l.open[at]:
			at, alike = c, 1
		case l.open[c] == l.open[at] && ties == TiesRandom:
			if alike++; l.r.IntN(alike) == 0 {
				at = c
			}
		}
	}
	l.rotated = at
	return at
}

// TwoChoices draws two coordinators, and gives a session to the one with fewer open.
func TwoChoices(others Others) Maker {
	return func(r *rand.Rand, k, _ int) Balancer {
		l := newLoads(r, k, others)
		l.place = func() int {
			a, b := r.IntN(k), r.IntN(k-1)
			if b >= a {
				b++
			}
			if l.open[b] < l.open[a] {
				return b
			}
			return a
		}
		l.warm()
		return l.session
	}
}
