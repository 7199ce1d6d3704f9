package run

import (
	"math"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// watcher notices what a watch is about, as sessions end, and says so in lines:
// one for each thing that begins or ends, never one for each session. Its memory
// does not grow with the length of the watch.
type watcher struct {
	since func() time.Duration
	say   func(at time.Duration, format string, args ...any)

	mu      sync.Mutex
	seen    scenarios.WatchSeen
	outage  outage
	roll    roll
	lost    map[string]bool // coordinators on which a long session was lost
	quiet   int             // good new sessions in a row
	failing bool            // new sessions failed lately
	heard   time.Duration   // when the last of them was heard of
}

// hear takes in a new session that ended; what the end of the run cut short, or
// we ended for its certificate, says nothing.
func (w *watcher) hear(o scenarios.Observation) {
	if o.Part != scenarios.Arrival || o.Outcome == scenarios.Unknown || o.Refused {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.since()
	w.seen.Sessions++
	if o.Outcome == scenarios.Failed {
		w.failed(o, now)
	} else {
		w.succeeded(o, now)
	}
	w.meet(o.Who, now)
}

func (w *watcher) failed(o scenarios.Observation, now time.Duration) {
	w.outage.failed(o.Due)
	w.noticed(now)
	w.quiet, w.heard = 0, now
	if !w.failing {
		w.failing = true
		w.say(now, "a new session failed, due at %.1fs: %s", o.Due.Seconds(), o.Class)
	}
}

func (w *watcher) succeeded(o scenarios.Observation, now time.Duration) {
	w.outage.succeeded(o.Due)
	w.quiet++
	if w.failing && now-w.heard >= leastGone && noChance(w.quiet, len(w.roll.all)) {
		w.failing = false
		w.say(now, "new sessions succeed again; %d failed, the last of them due at %.1fs", w.outage.errors, w.outage.last.Seconds())
	}
}

// meet takes in who answered.
func (w *watcher) meet(who scenarios.Identity, now time.Duration) {
	gone, back := w.roll.call(who, now)
	for _, p := range gone {
		w.say(now, "%s is not met any more; it was last at %.1fs", p.Name, float64(*p.Gone))
	}
	if back != nil {
		w.say(now, "%s is back, after %.1fs", back.Name, float64(*back.Back-*back.Gone))
	}
}

// noticed keeps the first time that something was wrong; w.mu is held.
func (w *watcher) noticed(now time.Duration) {
	if w.seen.Noticed == nil {
		w.seen.Noticed = at(now)
	}
}

// fate is what became of one session that stayed open.
func (w *watcher) fate(i int, o scenarios.Observation, asked bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := &w.seen.Long[i]
	f.Outcome = o.Outcome
	if o.Outcome != scenarios.Failed {
		return
	}
	now := w.since()
	f.At, f.Class, f.Cut = scenarios.SecondsOf(now), o.Class, cutOf(o.Class, asked)
	w.noticed(now)
	if !w.lost[f.Coordinator] {
		if w.lost == nil {
			w.lost = map[string]bool{}
		}
		w.lost[f.Coordinator] = true
		w.say(now, "a long session%s was lost: %s", on(f.Coordinator), o.Class)
	}
}

func on(coordinator string) string {
	if coordinator == "" {
		return ""
	}
	return " on " + coordinator
}

// started says that the command runs.
func (w *watcher) started() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.since()
	w.seen.Event = at(now)
	w.say(now, "the command is started")
}

// ended says that the command has ended, and how.
func (w *watcher) ended(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.since()
	w.seen.EventEnd = at(now)
	if err == nil {
		w.say(now, "the command has ended")
		return
	}
	w.seen.EventText = clip(err.Error())
	w.say(now, "the command failed: %s", w.seen.EventText)
}

// refused says that the command could not even be started.
func (w *watcher) refused(why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.EventText = why
	w.say(w.since(), "the command was not started: %s", why)
}

// end is what was seen from begin to end.
func (w *watcher) end(begin, end time.Duration) *scenarios.WatchSeen {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.seen
	out.For = scenarios.SecondsOf(max(0, end-begin))
	out.Errors, out.Outage = w.outage.errors, scenarios.SecondsOf(w.outage.length(end))
	if out.Errors > 0 {
		out.FirstErr, out.LastErr = at(w.outage.first), at(w.outage.last)
	}
	out.Coords = w.roll.appearances(end)
	return &out
}

func at(d time.Duration) *scenarios.Seconds {
	s := scenarios.SecondsOf(d)
	return &s
}

// leastGone is the shortest time that is called an absence.
const leastGone = 3 * time.Second

// noChance reports whether n sessions in a row without one of k coordinators
// that are chosen alike are more than chance explains: less likely than 1e-4.
func noChance(n, k int) bool {
	return math.Pow(1-1/float64(max(1, k)), float64(n)) < 1e-4
}
