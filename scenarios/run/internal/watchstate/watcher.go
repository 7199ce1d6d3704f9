package watchstate

import (
	"math"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
)

// Watcher takes in sessions as they end and reports in lines: one for each thing
// that begins or ends, never one for each session. Its methods may be called
// concurrently.
type Watcher struct {
	since  func() time.Duration
	notice func(at time.Duration, format string, args ...any)

	mu       sync.Mutex
	seen     scenarios.WatchSeen
	outage   outage
	presence presenceTracker
	lost     map[string]bool // coordinators on which a long session was lost
	good     int             // new sessions in a row that succeeded
	failing  bool            // new sessions failed lately
	failed   time.Duration   // when the last of them ended
}

// New returns a watcher of a number of long sessions. since is the run's clock; notice
// is called with each line, never concurrently.
func New(long int, since func() time.Duration, notice func(at time.Duration, format string, args ...any)) *Watcher {
	return &Watcher{since: since, notice: notice, seen: scenarios.WatchSeen{Long: make([]scenarios.LongSession, long)}}
}

// OnSessionEnd takes in a session that ended, if it was a new one; what the end of
// the run cut short, or was ended for its certificate, says nothing.
func (w *Watcher) OnSessionEnd(o scenarios.Observation) {
	if o.Part != scenarios.PartArrival || o.Outcome == scenarios.OutcomeUnknown || o.Refused {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.since()
	w.seen.Sessions++
	if o.Outcome == scenarios.OutcomeFailed {
		w.onFailure(o, now)
	} else {
		w.onSuccess(o, now)
	}
	w.onAnswer(o.Who, now)
}

func (w *Watcher) onFailure(o scenarios.Observation, now time.Duration) {
	w.outage.failed(o.Due)
	w.noticed(now)
	w.good, w.failed = 0, now
	if !w.failing {
		w.failing = true
		w.notice(now, "a new session failed, due at %.1fs: %s", o.Due.Seconds(), o.Class)
	}
}

func (w *Watcher) onSuccess(o scenarios.Observation, now time.Duration) {
	w.outage.succeeded(o.Due)
	w.good++
	if w.failing && now-w.failed >= scenarios.MinAbsence.Duration() && beyondChance(w.good, len(w.presence.all)) {
		w.failing = false
		w.notice(now, "new sessions succeed again; %d failed, the last of them due at %.1fs", w.outage.errors, w.outage.last.Seconds())
	}
}

// onAnswer takes in which coordinator answered.
func (w *Watcher) onAnswer(identity scenarios.Identity, now time.Duration) {
	gone, back := w.presence.add(identity, now)
	for _, p := range gone {
		w.notice(now, "%s is not met any more; it was last at %.1fs", p.Name, float64(*p.Gone))
	}
	if back != nil {
		w.notice(now, "%s is back, after %.1fs", back.Name, float64(*back.Back-*back.Gone))
	}
}

// noticed keeps the first time that something was wrong; w.mu is held.
func (w *Watcher) noticed(now time.Duration) {
	if w.seen.Noticed == nil {
		w.seen.Noticed = secondsAt(now)
	}
}

// LongOpened takes in the opening of long session i, good or bad. One that was ended for
// its certificate has no class, since the service did not refuse it.
func (w *Watcher) LongOpened(i int, o scenarios.Observation) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.Long[i] = scenarios.LongSession{Node: o.Node.String(), Coordinator: o.Who.Coordinator}
	if !o.Refused {
		w.seen.Long[i].Class = o.Class
	}
}

// LongEnded takes in the end of long session i; asked tells one that was found out
// by asking from one that was seen to be cut.
func (w *Watcher) LongEnded(i int, o scenarios.Observation, asked bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := &w.seen.Long[i]
	f.Outcome = o.Outcome
	if o.Outcome != scenarios.OutcomeFailed {
		return
	}
	now := w.since()
	f.At, f.Class, f.Cut = scenarios.SecondsOf(now), o.Class, record.CutOf(o.Class, asked)
	w.noticed(now)
	if !w.lost[f.Coordinator] {
		if w.lost == nil {
			w.lost = map[string]bool{}
		}
		w.lost[f.Coordinator] = true
		w.notice(now, "a long session%s was lost: %s", onCoordinator(f.Coordinator), o.Class)
	}
}

func onCoordinator(coordinator string) string {
	if coordinator == "" {
		return ""
	}
	return " on " + coordinator
}

// CommandStarted says that the command runs.
func (w *Watcher) CommandStarted() {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.since()
	w.seen.Event = secondsAt(now)
	w.notice(now, "the command is started")
}

// CommandEnded says that the command has ended, and how.
func (w *Watcher) CommandEnded(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.since()
	w.seen.EventEnd = secondsAt(now)
	if err == nil {
		w.notice(now, "the command has ended")
		return
	}
	w.seen.EventText = record.Clip(err.Error())
	w.notice(now, "the command failed: %s", w.seen.EventText)
}

// CommandRefused says that the command could not even be started.
func (w *Watcher) CommandRefused(why string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen.EventText = why
	w.notice(w.since(), "the command was not started: %s", why)
}

// Seen is what was seen from begin to end.
func (w *Watcher) Seen(begin, end time.Duration) *scenarios.WatchSeen {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.seen
	out.For = scenarios.SecondsOf(max(0, end-begin))
	out.Errors, out.Outage = w.outage.errors, scenarios.SecondsOf(w.outage.length(end))
	if out.Errors > 0 {
		out.FirstErr, out.LastErr = secondsAt(w.outage.first), secondsAt(w.outage.last)
	}
	out.Coords = w.presence.appearances(end)
	return &out
}

func secondsAt(d time.Duration) *scenarios.Seconds {
	s := scenarios.SecondsOf(d)
	return &s
}

// beyondChance reports whether n sessions in a row without one of k coordinators
// that are chosen alike are less likely than 1e-4.
func beyondChance(n, k int) bool {
	return math.Pow(1-1/float64(max(1, k)), float64(n)) < 1e-4
}
