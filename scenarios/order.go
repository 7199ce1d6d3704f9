package scenarios

import "net/netip"

// MaxLag is the longest distance at which an [Order] counts matches; rotations
// among more coordinators than this are not named, only judged.
const MaxLag = 64

// Order is what is known of the order in which one node handed out its
// sequential sessions: enough for the tests of stickiness and of rotation, and
// no more memory than coordinators and distances, however long the run.
type Order struct {
	Node   netip.AddrPort `json:"address"`
	Counts map[string]int `json:"counts"`      // attributed sequential sessions by coordinator
	Lag    []int          `json:"lag_matches"` // Lag[d-1]: pairs at distance d with the same coordinator

	last []string // the MaxLag latest, oldest first
}

// Sessions is the length of the sequence.
func (o Order) Sessions() int {
	n := 0
	for _, c := range o.Counts {
		n += c
	}
	return n
}

// add appends a coordinator to the sequence.
func (o *Order) add(coordinator string) {
	if o.Counts == nil {
		o.Counts = map[string]int{}
	}
	o.Counts[coordinator]++
	for i, earlier := range o.last {
		d := len(o.last) - i
		for len(o.Lag) < d {
			o.Lag = append(o.Lag, 0)
		}
		if earlier == coordinator {
			o.Lag[d-1]++
		}
	}
	o.last = append(o.last, coordinator)
	if len(o.last) > MaxLag {
		o.last = o.last[1:]
	}
}
