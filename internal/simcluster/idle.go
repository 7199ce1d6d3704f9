package simcluster

import (
	"errors"
	"sync/atomic"
	"time"
)

// cutMode is how the balancer ends a connection that nothing has passed over.
type cutMode string

// The ways: an orderly close of both sides, as HAProxy's timeouts do; a reset
// to the client; and nothing at all, as of a firewall that has forgotten the
// connection, but that the kernel here still acknowledges what the client sends.
const (
	cutModeFIN    cutMode = "fin"
	cutModeRST    cutMode = "rst"
	cutModeSilent cutMode = "silent"
)

// idlePlan is when idle connections are cut, and how.
type idlePlan struct {
	after time.Duration // 0: never
	mode  cutMode
}

// errIdleCut is what a link's user meets after the balancer has cut it.
var errIdleCut = errors.New("simcluster: cut while idle")

// idleTimer sees how long nothing has passed over a link. A nil one sees
// nothing.
type idleTimer struct {
	plan        idlePlan
	createdAt   time.Time
	lastTraffic atomic.Int64 // when bytes last passed, in nanoseconds since began
	wasCut      atomic.Bool
	timer       *time.Timer
}

// watchIdle watches the link until its clock is stopped.
func (l *link) watchIdle(p idlePlan) {
	c := &idleTimer{plan: p, createdAt: time.Now()}
	l.idle = c
	c.timer = time.AfterFunc(time.Hour, func() { c.expire(l) }) // expire uses the timer: it may not run before this is done
	c.timer.Reset(p.after)
}

// stop ends the watch.
func (c *idleTimer) stop() {
	if c != nil {
		c.timer.Stop()
	}
}

// recordTraffic notes that n bytes went over the link.
func (c *idleTimer) recordTraffic(n int) {
	if c != nil && n > 0 {
		c.lastTraffic.Store(int64(time.Since(c.createdAt)))
	}
}

// cutMode is how the link was cut; "" where it was not.
func (c *idleTimer) cutMode() cutMode {
	if c == nil || !c.wasCut.Load() {
		return ""
	}
	return c.plan.mode
}

// expire cuts the link if it has been idle for long enough, and else looks
// again when it may have been. The flag comes before the deadline that wakes
// the reader: who reads later sees the flag.
func (c *idleTimer) expire(l *link) {
	idle := time.Since(c.createdAt) - time.Duration(c.lastTraffic.Load())
	if idle < c.plan.after {
		c.timer.Reset(c.plan.after - idle)
		return
	}
	c.wasCut.Store(true)
	switch c.plan.mode {
	case cutModeRST:
		l.reset()
	case cutModeFIN:
		l.closeWrite()
		fallthrough
	case cutModeSilent:
		l.tcp.SetReadDeadline(time.Now())
	}
}
