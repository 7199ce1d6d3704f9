package simcluster

import (
	"errors"
	"sync/atomic"
	"time"
)

// cutMode is how the balancer cuts an idle connection.
type cutMode string

// The modes: an orderly close of both directions, as by HAProxy's timeouts; a
// reset; and dropping all data without notice, as by a firewall that has removed
// the connection from its table, except that the kernel still acknowledges the
// client's packets.
const (
	cutModeFIN    cutMode = "fin"
	cutModeRST    cutMode = "rst"
	cutModeSilent cutMode = "silent"
)

// idlePlan is when and how idle connections are cut.
type idlePlan struct {
	after time.Duration // 0: never
	mode  cutMode
}

// errIdleCut is returned by reads and writes after the link was cut.
var errIdleCut = errors.New("cut while idle")

// idleTimer cuts a link that has had no traffic for some time. All methods work
// on a nil timer, which never cuts.
type idleTimer struct {
	plan        idlePlan
	createdAt   time.Time
	lastTraffic atomic.Int64 // nanoseconds since createdAt
	wasCut      atomic.Bool
	timer       *time.Timer
}

// watchIdle starts the link's idle timer.
func (l *link) watchIdle(p idlePlan) {
	c := &idleTimer{plan: p, createdAt: time.Now()}
	l.idle = c
	c.timer = time.AfterFunc(time.Hour, func() { c.expire(l) }) // expire uses c.timer, so it must not run before the assignment
	c.timer.Reset(p.after)
}

// stop stops the timer.
func (c *idleTimer) stop() {
	if c != nil {
		c.timer.Stop()
	}
}

// recordTraffic records that n bytes were transferred.
func (c *idleTimer) recordTraffic(n int) {
	if c != nil && n > 0 {
		c.lastTraffic.Store(int64(time.Since(c.createdAt)))
	}
}

// cutMode returns how the link was cut; "" if it was not.
func (c *idleTimer) cutMode() cutMode {
	if c == nil || !c.wasCut.Load() {
		return ""
	}
	return c.plan.mode
}

// expire cuts the link if it has been idle for long enough, and otherwise resets
// the timer. The flag is set before the deadline that wakes a blocked reader, so
// that the reader sees it.
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
