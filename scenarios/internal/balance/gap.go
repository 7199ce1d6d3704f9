package balance

import (
	"math"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
)

// gap is the sessions since a coordinator last answered; all of them where it never
// did.
type gap struct {
	sessions     int
	unidentified int // of them
	never        bool
}

// gaps are those of every slot over one node, or over all where node is anyNode. The
// burst counts, and sessions of one group count as answered at its end.
func (s sample) gaps(node int) []gap {
	out, answered := make([]gap, s.k), make([]bool, s.k)
	var later gap
	for end := len(s.events); end > 0; {
		begin := end
		for begin > 0 && s.events[begin-1].group == s.events[end-1].group {
			begin--
		}
		group := s.events[begin:end]
		for _, e := range group {
			if of(e, node) && e.value >= 0 && e.value < s.k && !answered[e.value] {
				answered[e.value], out[e.value] = true, later
			}
		}
		for _, e := range group {
			if of(e, node) {
				later.add(e)
			}
		}
		end = begin
	}
	for i := range out {
		if !answered[i] {
			out[i] = later
			out[i].never = true
		}
	}
	return out
}

const anyNode = -1

func of(e event, node int) bool { return node == anyNode || e.node == node }

func (g *gap) add(e event) {
	g.sessions += e.n
	if e.value == unknown {
		g.unidentified += e.n
	}
}

// chances are those of a gap as long at a healthy balancer that gives the
// coordinator the share p: whatever became of the unidentified sessions in it, and
// if none of them was the coordinator's. Sessions of a balancer that sticks count
// as fewer by the factor thin.
func (g gap) chances(p, thin float64) (certain, possible float64) {
	n := float64(g.sessions) * thin
	possible = stats.MissProbability(p, n)
	if g.unidentified == 0 {
		return possible, possible
	}
	return stats.BinomialAtMost(g.unidentified, int(math.Floor(n+rounding)), p), possible
}

// state compares a gap with its limits.
func (g gap) state(p, thin, limit, near float64) state {
	switch certain, possible := g.chances(p, thin); {
	case certain <= limit*(1+rounding):
		return alarm
	case possible <= near*(1+rounding):
		return doubt
	}
	return quiet
}

// rounding keeps what is exactly at a limit on the same side of it, in whatever
// order sums were made.
const rounding = 1e-9
