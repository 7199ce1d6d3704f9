package run

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/handoff"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/host"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/nodes"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
)

// collector folds observations into what a result holds, and queues what the
// caller's functions are called with. Its memory grows with coordinators, nodes and
// looks, not with sessions. What every session leaves goes to recorded; its own lock is for
// what is rare, and for the order of events.
type collector struct {
	observed   *handoff.Queue[scenarios.Observation]
	events     *handoff.Queue[Event]
	waited     atomic.Int64 // nanoseconds that sessions waited to be observed, in all
	stopStarts context.CancelFunc
	started    time.Time
	warmUp     time.Duration
	recorded   *record.Set
	sharded    bool // looks without a session count as well, so that those of all shards have the same places

	mu       sync.Mutex
	begun    bool          // the first look has
	warm     time.Duration // sessions due before are warm-up
	meter    host.Meter    // since the first look began
	dropped  int           // sessions that were due and found no slot
	breaker  record.Breaker
	stopping *scenarios.Stop // the first reason to end before time
	failures []scenarios.Failure
	notes    []string
	looks    []scenarios.Look
	current  scenarios.NextLook // the look being taken
	progress Event              // its count of sessions
}

// maxWaiting bounds what waits for each of the caller's functions.
const maxWaiting = 1024

// newCollector is ready for a run's first session.
func newCollector(s scenarios.Scenario, opt Options, started time.Time, stopStarts context.CancelFunc, nodes *nodes.Set) *collector {
	kind := kindOf(s)
	expected := kind.expectsFailure
	if expected == nil {
		expected = ofSettling
	}
	return &collector{
		observed: handoff.New(maxWaiting, opt.Observe), events: handoff.New(maxWaiting, opt.Progress),
		sharded:    !opt.Shard.IsWhole(),
		stopStarts: stopStarts, started: started, warmUp: time.Duration(s.Load.WarmUp),
		recorded: record.NewSet(record.Options{Recorders: kind.recorders(), Series: kind.charted, Tags: opt.tags(s)}),
		breaker:  record.Breaker{Expected: expected, NoLock: !s.Auth.LocksAccounts(), Nodes: nodes.Dialable}, looks: []scenarios.Look{},
	}
}

// ended records the rest of a session that was decided: it has been closed.
func (c *collector) ended(o scenarios.Observation, leftOpen bool) {
	c.recorded.Ended(o, leftOpen)
	c.waited.Add(int64(c.observed.Put(o)))
}

// decided records a session of which the outcome is known.
func (c *collector) decided(o scenarios.Observation) {
	inLook := c.recorded.Decided(o)
	failed := o.Outcome == scenarios.OutcomeFailed && !o.Refused
	if c.events == nil && !failed && o.Class.IsZero() && !c.breaker.Heeds() {
		return // as every good session's end
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if failed {
		c.failure(o)
	}
	if inLook {
		c.advance(o, failed)
	}
	if o.Refused {
		c.tell(Event{Kind: EventDropped, Text: fmt.Sprintf("%s is dialled no more: %s", o.Node, o.Text)})
	}
	if stop := c.breaker.Add(o); stop != nil {
		c.stopLocked(*stop)
	}
}

// advance counts a session of the look.
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

// countDropped counts a session that was due and found no slot.
func (c *collector) countDropped() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped++
}

// beginLook begins one of several looks.
func (c *collector) beginLook(next scenarios.NextLook, burst int) {
	c.begin(next, next.Sessions+burst, fmt.Sprintf("%s, %s and then %d together", next.Kind, phrase.Count(next.Sessions, "session"), burst))
}

// beginWhole begins the only look of a run, of so many sessions.
func (c *collector) beginWhole(sessions int) {
	c.begin(scenarios.NextLook{Kind: scenarios.LookWhole, Sessions: sessions}, sessions, phrase.Count(sessions, "session"))
}

// beginOpen begins the only look of a run that has at least so many sessions; text
// says what ends it.
func (c *collector) beginOpen(sessions int, text string) {
	c.begin(scenarios.NextLook{Kind: scenarios.LookWhole, Sessions: sessions}, 0, text)
}

// begin begins a look, of a total that is announced; 0: it is not known.
func (c *collector) begin(next scenarios.NextLook, total int, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begun {
		c.begun, c.meter = true, host.StartMeter()
		if c.warmUp > 0 { // else sessions that are due already would be left out
			c.warm = time.Since(c.started) + c.warmUp
		}
	}
	c.recorded.BeginLook(c.warm)
	c.current = next
	c.progress = Event{Kind: EventSession, Total: total}
	c.tell(Event{Kind: EventLook, Total: total, Text: text})
}

// endLook ends the look. One of which no session counts is no look,
// but of a shard.
func (c *collector) endLook(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	look := scenarios.Look{Kind: c.current.Kind, Planned: c.current.Sessions, Cut: cut}
	c.recorded.EndLook(&look)
	if total, _, _, _ := look.All().Total(); total > 0 || c.sharded {
		c.looks = append(c.looks, look)
	}
}

// addEmptyLook adds, where there is no look, an empty one that holds how many
// sessions ended for their certificate, so that the judges can say so.
func (c *collector) addEmptyLook(planned int) {
	refused := c.recorded.Counts().Refused
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
	c.stopStarts()
}

// stopped reports whether the run ends before its time.
func (c *collector) stopped() bool {
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
	c.events.Offer(e, Event.isCount)
}

// load is how punctual sessions were, and what they took of this machine.
func (c *collector) load(needs []scenarios.Resource) *scenarios.LoadStats {
	all := c.recorded.Load()
	all.OfCores, all.Needs = runtime.GOMAXPROCS(0), needs
	c.mu.Lock()
	defer c.mu.Unlock()
	all.Dropped += c.dropped
	if c.begun {
		all.Cores = c.meter.Cores()
	}
	return &all
}

// handOver returns once the caller's functions were called with everything. No
// session may end afterwards.
func (c *collector) handOver() {
	c.observed.End()
	c.events.End()
	if waited := time.Duration(c.waited.Swap(0)).Round(time.Millisecond); waited > 0 {
		c.note(fmt.Sprintf("sessions waited %s in all until their observations were taken; later ones started late because of that", waited))
	}
}
