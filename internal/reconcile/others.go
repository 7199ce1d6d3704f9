package reconcile

import (
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
)

// others counts connections that are not ours, by backend and time, since by how much the
// clocks differ is known at the end alone.
type others struct {
	at    map[netip.AddrPort]*steps
	named map[string]*steps // of backends without an address
	own   steps             // those of our address, with a port that is none of ours
	kept  int               // counts in all
	full  bool              // some were not counted
}

// The step of time in which connections of others are counted, and the most counts.
const (
	othersStep = 10 * time.Second
	maxCounts  = 400_000
)

// steps are counts by the number of the step. The last step that was counted is at hand,
// for lines come nearly in order.
type steps struct {
	of   map[int64]*int
	step int64
	n    *int
}

func newOthers() others {
	return others{at: map[netip.AddrPort]*steps{}, named: map[string]*steps{}}
}

func (o *others) add(r *balancerlog.Record) {
	step := stepOf(r.Accepted)
	if r.Backend.IsValid() {
		addTo(o, o.at, r.Backend, step)
	} else {
		addTo(o, o.named, r.Name, step)
	}
}

func addTo[K comparable](o *others, of map[K]*steps, backend K, step int64) {
	s := of[backend]
	if s == nil {
		if o.kept >= maxCounts {
			o.full = true
			return
		}
		s = &steps{}
		of[backend] = s
	}
	s.add(step, o)
}

// add counts one more in a step.
func (s *steps) add(step int64, o *others) {
	if s.n != nil && s.step == step {
		*s.n++
		return
	}
	n := s.of[step]
	if n == nil {
		if o.kept >= maxCounts {
			o.full = true
			return
		}
		if s.of == nil {
			s.of = map[int64]*int{}
		}
		n = new(int)
		s.of[step] = n
		o.kept++
	}
	*n++
	s.step, s.n = step, n
}

// during is how many there were within a time, to a step.
func (s *steps) during(t span) int {
	sum := 0
	for step, n := range s.of {
		if step >= stepOf(t.start) && step <= stepOf(t.end) {
			sum += *n
		}
	}
	return sum
}

// during are the connections by backend within a time, to a step.
func (o *others) during(t span) map[string]int {
	out := map[string]int{}
	for backend, s := range o.at {
		out[backend.String()] += s.during(t)
	}
	for name, s := range o.named {
		out[name] += s.during(t)
	}
	for backend, n := range out {
		if n == 0 {
			delete(out, backend)
		}
	}
	return out
}

func stepOf(t time.Time) int64 { return t.Unix() / int64(othersStep/time.Second) }
