package run

import (
	"math"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// places is what a service is thought to hold of ours.
type places struct {
	each  int // on one coordinator: its service threads, less those that others have
	coord int // coordinators
}

func (p places) nominal() int { return p.each * p.coord }

const (
	assumedCoordinators = 5   // where none was declared or seen
	stepShare           = 20  // a step is this part of the nominal
	nearlyFull          = 0.8 // of the nominal: from here on by one
)

// places is what is known so far. Where pages differ the smallest room counts.
func (k *keeper) places() places {
	p := places{each: k.s.Capacity.Threads, coord: k.s.Expect.Coordinators.K()}
	if p.each == 0 {
		p.each = roomOf(k.pages)
	}
	if p.each == 0 {
		p.each = scenarios.DefaultThreads
	}
	if p.coord == 0 {
		p.coord = len(k.by)
	}
	if p.coord == 0 {
		p.coord = assumedCoordinators
	}
	return p
}

// roomOf is the least room that a coordinator's page shows; 0 where none shows any.
func roomOf(pages []scenarios.Page) int {
	least := 0
	for _, page := range pages {
		if page.Threads == 0 {
			continue
		}
		room := page.Threads
		if page.InUse != nil {
			room = max(1, room-*page.InUse)
		}
		if least == 0 || room < least {
			least = room
		}
	}
	return least
}

// step is how many logins come next; 0: no more are wanted. Until the service
// is full they come a twentieth of it at a time, and one by one near the end.
func (k *keeper) step() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	held, left := len(k.held), math.MaxInt
	if hold := k.s.Capacity.Hold; hold > 0 {
		left = max(0, hold-held)
	}
	if !k.s.Capacity.UntilFull {
		return left
	}
	p := k.places()
	step, fullest := max(1, p.nominal()/stepShare), 0
	for _, n := range k.by {
		fullest = max(fullest, n)
	}
	if fullest+step >= p.each || float64(held) >= nearlyFull*float64(p.nominal()) {
		step = 1
	}
	return min(step, left)
}
