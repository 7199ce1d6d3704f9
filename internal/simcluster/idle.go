package simcluster

import (
	"errors"
	"sync/atomic"
	"time"
)

// cutting is how the balancer ends a connection that nothing has passed over.
type cutting string

// The ways: an orderly close of both sides, as HAProxy's timeouts do; a reset
// to the client; and nothing at all, as of a firewall that has forgotten the
// connection, but that the kernel here still acknowledges what the client sends.
const (
	cutFIN    cutting = "fin"
	cutRST    cutting = "rst"
	cutSilent cutting = "silent"
)

// idlePlan is when idle connections are cut, and how.
type idlePlan struct {
	after time.Duration // 0: never
	how   cutting
}

// errIdle is what a link's user meets after the balancer has cut it.
var errIdle = errors.New("simcluster: cut while idle")

// idleClock sees how long nothing has passed over a link. A nil one sees
// nothing.
type idleClock struct {
	plan  idlePlan
	began time.Time
	last  atomic.Int64 // when bytes last passed, in nanoseconds since began
	cut   atomic.Bool
	timer *time.Timer
}

// watchIdle watches the link until its clock is stopped.
func (l *link) watchIdle(p idlePlan) {
	c := &idleClock{plan: p, began: time.Now()}
	l.idle = c
	c.timer = time.AfterFunc(time.Hour, func() { c.expire(l) }) // expire uses the timer: it may not run before this is done
	c.timer.Reset(p.after)
}

// stop ends the watch.
func (c *idleClock) stop() {
	if c != nil {
		c.timer.Stop()
	}
}

// passed notes that n bytes went over the link.
func (c *idleClock) passed(n int) {
	if c != nil && n > 0 {
		c.last.Store(int64(time.Since(c.began)))
	}
}

// cutBy is how the link was cut; "" where it was not.
func (c *idleClock) cutBy() cutting {
	if c == nil || !c.cut.Load() {
		return ""
	}
	return c.plan.how
}

// expire cuts the link if it has been idle for long enough, and else looks
// again when it may have been. The flag comes before the deadline that wakes
// the reader: who reads later sees the flag.
func (c *idleClock) expire(l *link) {
	idle := time.Since(c.began) - time.Duration(c.last.Load())
	if idle < c.plan.after {
		c.timer.Reset(c.plan.after - idle)
		return
	}
	c.cut.Store(true)
	switch c.plan.how {
	case cutRST:
		l.reset()
	case cutFIN:
		l.closeWrite()
		fallthrough
	case cutSilent:
		l.tcp.SetReadDeadline(time.Now())
	}
}
