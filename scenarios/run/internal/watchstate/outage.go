package watchstate

import "time"

// outage is for how long new sessions failed, by when they were due. Sessions
// end in another order than they are due in: one that fails by its deadline ends
// after many that came later. The zero value has seen none.
type outage struct {
	errors      int
	first, last time.Duration // due times of failed sessions
	over        time.Duration // due time of the first good one after last
	isOver      bool

	good  [remembered]time.Duration // due times of the latest good ones, a ring
	count int                       // of good ones
	late  time.Duration             // the latest of their due times
}

// remembered is how many good sessions may end while a failing one still waits
// for its deadline: 50 a second, the most without confirmation, for over a
// minute. Beyond that an outage may seem longer than it was, never shorter.
const remembered = 4096

func (o *outage) succeeded(due time.Duration) {
	o.good[o.count%remembered] = due
	o.count++
	o.late = max(o.late, due)
	if o.errors > 0 && due > o.last && (!o.isOver || due < o.over) {
		o.over, o.isOver = due, true
	}
}

func (o *outage) failed(due time.Duration) {
	if o.errors == 0 || due < o.first {
		o.first = due
	}
	o.errors++
	if o.errors > 1 && due <= o.last {
		return
	}
	o.last = due
	o.over, o.isOver = o.after(due)
}

// after is the due time of the first good session remembered that was due later.
func (o *outage) after(due time.Duration) (first time.Duration, found bool) {
	if o.late <= due {
		return 0, false
	}
	for _, g := range o.good[:min(o.count, remembered)] {
		if g > due && (!found || g < first) {
			first, found = g, true
		}
	}
	return first, found
}

// length is how long the outage was, or has been at the end of the watch.
func (o *outage) length(end time.Duration) time.Duration {
	switch {
	case o.errors == 0:
		return 0
	case o.isOver:
		return o.over - o.first
	}
	return max(0, end-o.first)
}
