package simcluster

import (
	"context"
	"time"
)

// spell is a time in a cluster's life, counted from its start. The zero value
// never comes.
type spell struct {
	at     time.Duration // more than 0
	length time.Duration // 0: to the end
}

func (s spell) ever() bool { return s.at > 0 }

// holds reports whether the time since the start lies in the spell.
func (s spell) holds(since time.Duration) bool {
	return s.ever() && since >= s.at && (s.length == 0 || since-s.at < s.length)
}

// noticed is how long the balancer's health check takes to see that a
// coordinator has gone, or is back.
const noticed = 500 * time.Millisecond

// inRotation reports whether the balancer has the coordinator on its list, so
// long after the cluster's start. An absence that is over before the health
// check has seen it is never noticed.
func (p coordinatorPlan) inRotation(since time.Duration) bool {
	seen := p.down.length > noticed && p.down.holds(since-noticed)
	return !p.dead && since >= p.starting && !p.leaves.holds(since) && !seen
}

// take hands an open connection to the process; false where there is none.
func (c *coordinator) take(l *link) bool {
	if !c.plan.down.ever() {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.gone {
		c.links[l] = struct{}{}
	}
	return !c.gone
}

// release forgets a connection that take has taken.
func (c *coordinator) release(l *link) {
	if c.plan.down.ever() {
		c.mu.Lock()
		delete(c.links, l)
		c.mu.Unlock()
	}
}

// failAndReturn is the fault down: the process dies and comes back.
func (c *coordinator) failAndReturn(ctx context.Context, began time.Time) {
	if !wait(ctx, c.plan.down.at-time.Since(began)) {
		return
	}
	c.die()
	if wait(ctx, c.plan.down.at+c.plan.down.length-time.Since(began)) {
		c.rise()
	}
}

// die resets what is open and forgets every session.
func (c *coordinator) die() {
	c.mu.Lock()
	c.gone = true
	open := c.links
	c.links = make(map[*link]struct{})
	clear(c.sessions)
	clear(c.operations)
	c.mu.Unlock()
	for l := range open {
		l.reset()
	}
}

// rise starts the process again, under another pid. A call that was under way
// when it died may have left a session, which is not the new process's.
func (c *coordinator) rise() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.sessions)
	clear(c.operations)
	c.pids = append(c.pids, c.nextPID)
	c.started = time.Now()
	c.gone = false
}
