package run

import (
	"math"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// room estimates how many of the run's sessions a service can hold.
type room struct {
	threads      int // of one coordinator, less those in use
	coordinators int
}

func (r room) total() int { return r.threads * r.coordinators }

const (
	stepShare  = 20  // a step is this part of the room
	nearlyFull = 0.8 // of the room: from here on one by one
)

// room is what is known so far. Where pages differ the least counts.
func (h *holder) room() room {
	r := room{threads: budget.Threads(h.s), coordinators: budget.Coordinators(h.s)}
	if free := freeThreads(h.pages); h.s.Capacity.Threads == 0 && free > 0 {
		r.threads = free
	}
	if seen := len(h.by); h.s.Expect.Coordinators.K() == 0 && seen > 0 {
		r.coordinators = seen
	}
	return r
}

// freeThreads is the fewest free threads that a coordinator's page shows; 0 where none
// shows any.
func freeThreads(pages []scenarios.Page) int {
	fewest := 0
	for _, page := range pages {
		if page.Threads == 0 {
			continue
		}
		free := page.Threads
		if page.InUse != nil {
			free = max(1, free-*page.InUse)
		}
		if fewest == 0 || free < fewest {
			fewest = free
		}
	}
	return fewest
}

// step is how many logins come next; 0: no more are wanted. Until the service
// is full they come a twentieth of its room at a time, and one by one near the end.
func (h *holder) step() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	held, left := len(h.held), math.MaxInt
	if hold := h.wanted(); hold > 0 {
		left = max(0, hold-held)
	}
	if !h.s.Capacity.UntilFull {
		return left
	}
	r := h.room()
	step, fullest := max(1, r.total()/stepShare), 0
	for _, n := range h.by {
		fullest = max(fullest, n)
	}
	if fullest+step >= r.threads || float64(held) >= nearlyFull*float64(r.total()) {
		step = 1
	}
	return min(step, left)
}
