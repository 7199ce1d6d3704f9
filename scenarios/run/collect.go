package run

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/handoff"
)

// collector folds observations into what a result holds, and queues what the
// caller's functions are told. Its memory grows with coordinators, nodes and
// looks, not with sessions. What every session leaves goes to one of several
// recorders; its own lock is for what is rare, and for the order of events.
type collector struct {
	observed  *handoff.Queue[scenarios.Observation]
	events    *handoff.Queue[Event]
	waited    atomic.Int64 // nanoseconds that sessions waited to be observed, in all
	halt      context.CancelFunc
	started   time.Time
	warmUp    time.Duration
	recorders []*recorder

	mu       sync.Mutex
	begun    bool          // the first look has
	warm     time.Duration // sessions due before are warm-up
	meter    meter         // since the first look began
	dropped  int
	breaker  breaker
	stopping *scenarios.Stop // the first reason to end before time
	failures []scenarios.Failure
	notes    []string
	looks    []scenarios.Look
	current  judge.NextLook // of the look being taken
	progress Event          // of the look being taken
}

// maxWaiting bounds what waits for each of the caller's functions.
const maxWaiting = 1024

// newCollector is ready for a run's first session.
func newCollector(s scenarios.Scenario, opt Options, started time.Time, halt context.CancelFunc) *collector {
	c := &collector{
		observed: handoff.New(maxWaiting, opt.Observe), events: handoff.New(maxWaiting, opt.Progress),
		halt: halt, started: started, warmUp: time.Duration(s.Load.WarmUp), breaker: breaker{kind: s.Kind}, looks: []scenarios.Look{},
	}
	want := opt.tags(s)
	for range recordersOf(s.Kind) {
		rec := &recorder{tags: newTagged(want)}
		if charted(s.Kind) {
			rec.series = &scenarios.Series{}
		}
		c.recorders = append(c.recorders, rec)
	}
	return c
}

// mostRecorders bounds the recorders: each holds a megabyte or two of
// histograms, and beyond so many they no longer wait for each other.
const mostRecorders = 8

// recordersOf is how many a kind needs: one core can end one session at a time.
// Where sessions have an order, one keeps it.
func recordersOf(kind scenarios.Kind) int {
	if kind == scenarios.KindStages {
		return min(runtime.GOMAXPROCS(0), mostRecorders)
	}
	return 1
}

// charted reports whether a kind is told second by second.
func charted(kind scenarios.Kind) bool {
	switch kind {
	case scenarios.KindStages, scenarios.KindCapacity, scenarios.KindWatch:
		return true
	}
	return false
}

// end records a session that has ended.
func (c *collector) end(o scenarios.Observation, leftOpen bool) {
	rec := c.recorders[o.Seq%len(c.recorders)]
	counts := rec.add(o, leftOpen)
	failed := o.Outcome == scenarios.Failed && !o.Refused
	c.waited.Add(int64(c.observed.Put(o)))
	if c.events == nil && !failed && o.Class.IsZero() {
		return // as every good session's end
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if failed {
		c.failure(o)
	}
	if counts {
		c.advance(o, failed)
	}
	if o.Refused {
		c.tell(Event{Kind: EventDropped, Text: fmt.Sprintf("%s is dialled no more: %s", o.Node, o.Text)})
	}
	if stop := c.breaker.note(o); stop != nil {
		c.stopLocked(*stop)
	}
}

// advance tells of a session of the look.
func (c *collector) advance(o scenarios.Observation, failed bool) {
	if !o.Refused {
		c.progress.Done++
	}
	if failed {
		c.progress.Failed++
	}
	c.tell(c.progress)
}

func (c *collector) failure(o scenarios.Observation) {
	if len(c.failures) == scenarios.MaxFailures {
		return
	}
	c.failures = append(c.failures, scenarios.Failure{
		Time: time.Now().UTC(), Local: o.Local, Node: o.Node, Coordinator: o.Who.Coordinator,
		Phase: o.Failed, Class: o.Class, Text: o.Text,
	})
}

// drop counts a session that was due and found no place.
func (c *collector) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped++
}

// begin opens a look.
func (c *collector) begin(ask judge.NextLook, burst int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begun {
		c.begun, c.meter = true, startMeter()
		c.warm = time.Since(c.started) + c.warmUp
	}
	for _, rec := range c.recorders {
		rec.take(c.warm)
	}
	c.current = ask
	c.progress = Event{Kind: EventSession, Total: ask.Sessions + burst}
	c.tell(Event{Kind: EventLook, Total: c.progress.Total, Text: lookText(ask, burst)})
}

func lookText(ask judge.NextLook, burst int) string {
	switch {
	case ask.Kind != scenarios.Whole:
		return fmt.Sprintf("%s, %d sessions and then %d together", ask.Kind, ask.Sessions, burst)
	case ask.Sessions == 0:
		return "sessions, as many as there are"
	}
	return fmt.Sprintf("%d sessions", ask.Sessions)
}

// close ends the look. One of which no session counts is no look.
func (c *collector) close(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	look := scenarios.Look{Kind: c.current.Kind, Planned: c.current.Sessions, Cut: cut}
	for _, rec := range c.recorders {
		look.Merge(rec.taken())
	}
	if total, _, _, _ := look.All().Total(); total > 0 {
		c.looks = append(c.looks, look)
	}
}

// sayWhyEmpty leaves, where there is no look, an empty one that holds how many
// sessions ended for their certificate, so that the judges can say so.
func (c *collector) sayWhyEmpty(planned int) {
	refused := c.counts().Refused
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.looks) == 0 {
		c.looks = append(c.looks, scenarios.Look{Planned: planned, Cut: true, Refused: refused})
	}
}

// stop ends the run for a reason; the first one stays.
func (c *collector) stop(why scenarios.Stop) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopLocked(why)
}

func (c *collector) stopLocked(why scenarios.Stop) {
	if c.stopping == nil {
		c.stopping = &why
		c.tell(Event{Kind: EventStop, Text: why.Text})
	}
	c.halt()
}

// over reports whether the run ends before its time.
func (c *collector) over() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stopping != nil
}

func (c *collector) note(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.notes = append(c.notes, text)
}

func (c *collector) event(e Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tell(e)
}

// tell queues an event; c.mu is held.
func (c *collector) tell(e Event) {
	c.events.Offer(e, func(e Event) bool { return e.Kind == EventSession })
}

// handOver returns once the caller's functions were told everything. Nothing may
// end afterwards.
func (c *collector) handOver() {
	c.observed.End()
	c.events.End()
	if waited := time.Duration(c.waited.Swap(0)).Round(time.Millisecond); waited > 0 {
		c.note(fmt.Sprintf("sessions waited %s in all until their observations were taken; later ones started late because of that", waited))
	}
}
