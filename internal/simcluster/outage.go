package simcluster

import (
	"context"
	"time"
)

// timeWindow is a period counted from the start of the cluster. The zero value
// contains no time.
type timeWindow struct {
	start    time.Duration // more than 0
	duration time.Duration // 0: without end
}

func (w timeWindow) isSet() bool { return w.start > 0 }

func (w timeWindow) contains(elapsed time.Duration) bool {
	return w.isSet() && elapsed >= w.start && (w.duration == 0 || elapsed-w.start < w.duration)
}

// healthCheckDelay is how long the balancer's health check takes to notice that a
// coordinator has stopped or is back.
const healthCheckDelay = 500 * time.Millisecond

// inRotation reports whether the balancer considers the coordinator available,
// elapsed being the time since the cluster's start. The health check misses an
// outage that is shorter than its delay.
func (p coordinatorPlan) inRotation(elapsed time.Duration) bool {
	knownDown := p.down.duration > healthCheckDelay && p.down.contains(elapsed-healthCheckDelay)
	return !p.dead && elapsed >= p.starting && !p.leaves.contains(elapsed) && !knownDown
}

// acceptLink passes an open connection to the process; false if it is not
// running.
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

// releaseLink removes a connection that was accepted.
func (c *coordinator) releaseLink(l *link) {
	if c.plan.down.isSet() {
		c.mu.Lock()
		delete(c.links, l)
		c.mu.Unlock()
	}
}

// stopAndRestart implements the fault down.
func (c *coordinator) stopAndRestart(ctx context.Context, clusterStart time.Time) {
	if !sleep(ctx, c.plan.down.start-time.Since(clusterStart)) {
		return
	}
	c.stop()
	if sleep(ctx, c.plan.down.start+c.plan.down.duration-time.Since(clusterStart)) {
		c.start()
	}
}

// stop stops the process: it resets every connection and removes every session.
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

// start starts the process again with another pid. It removes sessions again: a
// call that was in progress during stop may have added one.
func (c *coordinator) start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.sessions)
	clear(c.operations)
	c.pids = append(c.pids, c.nextPID)
	c.processStarted = time.Now()
	c.stopped = false
}
