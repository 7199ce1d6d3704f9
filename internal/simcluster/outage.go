package simcluster

import (
	"context"
	"time"
)

// timeWindow is a time in a cluster's life, counted from its start. The zero value
// never comes.
type timeWindow struct {
	start    time.Duration // more than 0
	duration time.Duration // 0: to the end
}

func (s timeWindow) isSet() bool { return s.start > 0 }

// contains reports whether the time since the start lies in the spell.
func (s timeWindow) contains(since time.Duration) bool {
	return s.isSet() && since >= s.start && (s.duration == 0 || since-s.start < s.duration)
}

// healthCheckDelay is how long the balancer's health check takes to see that a
// coordinator has gone, or is back.
const healthCheckDelay = 500 * time.Millisecond

// inRotation reports whether the balancer has the coordinator on its list, so
// long after the cluster's start. An absence that is over before the health
// check has seen it is never noticed.
func (p coordinatorPlan) inRotation(since time.Duration) bool {
	seen := p.down.duration > healthCheckDelay && p.down.contains(since-healthCheckDelay)
	return !p.dead && since >= p.starting && !p.leaves.contains(since) && !seen
}

// acceptLink hands an open connection to the process; false where there is none.
func (c *coordinator) acceptLink(l *link) bool {
	if !c.plan.down.isSet() {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped {
		c.links[l] = struct{}{}
	}
	return !c.stopped
}

// releaseLink forgets a connection that take has taken.
func (c *coordinator) releaseLink(l *link) {
	if c.plan.down.isSet() {
		c.mu.Lock()
		delete(c.links, l)
		c.mu.Unlock()
	}
}

// stopAndRestart is the fault down: the process dies and comes back.
func (c *coordinator) stopAndRestart(ctx context.Context, began time.Time) {
	if !sleep(ctx, c.plan.down.start-time.Since(began)) {
		return
	}
	c.stop()
	if sleep(ctx, c.plan.down.start+c.plan.down.duration-time.Since(began)) {
		c.start()
	}
}

// stop resets what is open and forgets every session.
func (c *coordinator) stop() {
	c.mu.Lock()
	c.stopped = true
	open := c.links
	c.links = make(map[*link]struct{})
	clear(c.sessions)
	clear(c.operations)
	c.mu.Unlock()
	for l := range open {
		l.reset()
	}
}

// start starts the process again, under another pid. A call that was under way
// when it died may have left a session, which is not the new process's.
func (c *coordinator) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.sessions)
	clear(c.operations)
	c.pids = append(c.pids, c.nextPID)
	c.processStarted = time.Now()
	c.stopped = false
}
