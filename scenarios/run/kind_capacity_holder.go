package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stopped"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// heldSession is one session that is to stay: no goroutine waits for it.
type heldSession struct {
	o scenarios.Observation
	s Session

	// Of the login; guarded by holder.mu.
	ended   bool
	stalled bool // it had not ended when its time was over
}

// holder logs sessions in and keeps them. A login that does not end in time has
// stalled: it shows that the service is full, and while it waits it may keep
// others from logging in (be/src/rpc/TAcceptQueueServer.cpp: it has one of two
// set-up threads, also once its client has gone). Hence none starts after it, the
// sessions that are held are closed first, and it is given up last.
type holder struct {
	*run
	timeout time.Duration // of a login
	plan    int           // sessions to hold, or estimated to fit

	mu       sync.Mutex
	changed  *sync.Cond     // a login has ended, or stalled
	held     []*heldSession // in the order of logging in; nothing is added once full
	by       map[string]int // sessions held, by coordinator
	pending  int            // logins under way
	stalled  int            // of them, stalled
	first    *heldSession   // the first login that failed or stalled
	full     bool           // a login has stalled
	closing  bool           // the held ones are being closed
	reported int            // sessions held when that was last reported
	next     int            // node
	lastIn   time.Duration  // when the last of those held got in
	seen     scenarios.Capacity
}

// rampReports is how often a ramp reports how far it is.
const rampReports = 10

func newHolder(r *run) *holder {
	h := &holder{run: r, timeout: time.Duration(r.s.Load.Timeout), by: map[string]int{}}
	h.plan = cmp.Or(h.wanted(), h.room().total())
	h.changed = sync.NewCond(&h.mu)
	return h
}

// wanted is how many of the sessions to hold are the run's.
func (h *holder) wanted() int { return h.share(h.s.Capacity.Hold) }

// ramp logs sessions in until as many are held as were asked for, which it
// reports, or until one login fails or stalls.
func (h *holder) ramp(logins context.Context) (reached bool) {
	for !h.stopped() {
		n := h.step()
		if n == 0 {
			return true
		}
		if len(h.nodes.Dialable()) == 0 {
			return false
		}
		h.startLogins(logins, n)
	}
	return false
}

// startLogins starts count logins over the nodes in turn, each due at a time of its
// own, and returns when they have ended or one has stalled. A login starts only when
// there is a slot for it, and then has a goroutine until it has ended.
func (h *holder) startLogins(logins context.Context, count int) {
	if count == 1 { // a probe goes when the one before it was answered
		h.beginSchedule()
	}
	begin := h.reserve(count)
	for i := 0; i < count && !h.stopped(); i++ {
		nodes := h.nodes.Dialable()
		if len(nodes) == 0 {
			break
		}
		j := job{node: nodes[h.opt.Shard.Number(h.next)%len(nodes)], part: scenarios.PartHeld, due: begin + h.pacer.Due(i)}
		o, ran := h.acquire(j)
		if !ran {
			continue // the run is stopped, or the node was refused and the next one is taken
		}
		h.next++
		h.mu.Lock()
		h.pending++
		h.mu.Unlock()
		go h.login(logins, j, &heldSession{o: o})
	}
	h.waitForLogins()
}

// waitForLogins waits until no login is under way, or one has stalled, which it reports.
func (h *holder) waitForLogins() (stalled bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.pending > 0 && !h.full {
		h.changed.Wait()
	}
	return h.full
}

// login opens one session. Only the end of ctx cuts it short.
func (h *holder) login(ctx context.Context, j job, e *heldSession) {
	defer h.loginDone(e)
	defer h.slots.Release()
	defer h.catch()
	defer h.watchLogin(e)()
	s, err := h.open(ctx, j.node, &e.o)
	stalled, closing := h.loginEnded(e)
	switch {
	case err != nil && stalled:
		h.recordStall(e, stallText(ctx, h.timeout, err), record.PhaseOf(err, scenarios.PhaseOpen))
		// What waits in this phase has asked for a session, and may get it yet.
		h.endRecord(j, &e.o, e.o.Failed == scenarios.PhaseOpen)
	case err != nil:
		leftOpen := h.openFailed(ctx, &e.o, err)
		h.endRecord(j, &e.o, leftOpen)
		h.loginFailed(e)
	case stalled:
		h.recordStall(e, fmt.Sprintf("no answer within %s; it got in later", h.timeout), longestPhase(e.o))
		h.enteredLate(closing)
		h.endRecord(j, &e.o, h.closeAlone(ctx, s))
	default:
		h.identifyAndKeep(ctx, j, e, s)
	}
}

// identifyAndKeep adds a session to those held once it is known who answers it. That
// takes no time of the login, which has ended.
func (h *holder) identifyAndKeep(ctx context.Context, j job, e *heldSession, s Session) {
	if err := h.identify(ctx, s); err != nil {
		record.Failure(ctx, &e.o, err, scenarios.PhaseExecute)
		h.endRecord(j, &e.o, h.closeAlone(ctx, s))
		h.loginFailed(e)
		return
	}
	e.s, e.o.Outcome = s, scenarios.OutcomeOK
	if !h.keep(e) {
		h.endRecord(j, &e.o, h.closeAlone(ctx, s))
	}
}

// watchLogin has a login stall when its time is over, until the watch is ended. A process
// that was stopped meanwhile has read no answer, so the login gets more.
func (h *holder) watchLogin(e *heldSession) (end func()) {
	until, ended := time.Now().Add(h.timeout), make(chan struct{})
	timer := time.AfterFunc(h.timeout, func() {
		if more := stopped.By(until); more > 0 {
			select {
			case <-time.After(more):
			case <-ended:
			}
		}
		h.loginStalled(e)
	})
	return func() { timer.Stop(); close(ended) }
}

// loginStalled is called when a login's time is over.
func (h *holder) loginStalled(e *heldSession) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e.ended {
		return
	}
	e.stalled, h.full = true, true
	h.stalled++
	if h.first == nil {
		h.first = e
	}
	h.cancelStarts()
	h.changed.Broadcast()
}

// loginEnded notes that a login has ended, one way or the other, and reports
// whether it had stalled, and whether the held sessions were being closed by then.
func (h *holder) loginEnded(e *heldSession) (stalled, closing bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.ended = true
	return e.stalled, h.closing
}

// loginDone counts a login out: its record is complete, or its session held.
func (h *holder) loginDone(e *heldSession) {
	h.mu.Lock()
	defer h.mu.Unlock()
	e.ended = true
	h.pending--
	if e.stalled {
		h.stalled--
	}
	h.changed.Broadcast()
}

// keep adds a session to those held; false where it came after a stall.
func (h *holder) keep(e *heldSession) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.full {
		return false
	}
	h.held, h.lastIn = append(h.held, e), h.since()
	h.by[e.o.Who.Coordinator]++
	if len(h.held)-h.reported >= max(1, h.plan/rampReports) {
		h.reported = len(h.held)
		h.report(fmt.Sprintf("%s open", phrase.Count(len(h.held), "session")))
	}
	return true
}

// recordStall records that a login stalled, and in which phase.
func (h *holder) recordStall(e *heldSession, text string, in scenarios.Phase) {
	e.o.Outcome, e.o.Failed, e.o.Text = scenarios.OutcomeFailed, in, record.Clip(text)
	e.o.Class = vocab.Class{Phase: in, Kind: vocab.KindTimeout}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.noteFirst(e)
}

// loginFailed ends the ramp where a login failed at once. A node whose certificate
// was refused, or a login that the run cut off, is no failure of the service.
func (h *holder) loginFailed(e *heldSession) {
	if e.o.Outcome != scenarios.OutcomeFailed || e.o.Refused {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.first == nil {
		h.first = e
	}
	h.noteFirst(e)
	h.cancelStarts()
}

// noteFirst records what stopped the ramp, if it was this login; h.mu is held.
func (h *holder) noteFirst(e *heldSession) {
	if e == h.first {
		h.seen.StoppedBy, h.seen.Phase = e.o.Class, e.o.Failed.String()
	}
}

// enteredLate notes that a stalled login got in, where the held ones were closed by then.
func (h *holder) enteredLate(closing bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen.Entered = h.seen.Entered || closing
}

// stallText says that there was no answer, and what ended the waiting where it
// was not the run.
func stallText(ctx context.Context, timeout time.Duration, err error) string {
	text := fmt.Sprintf("no answer within %s", timeout)
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return text
	}
	return text + "; in the end: " + err.Error()
}

// longestPhase is the phase of a login that took the most time.
func longestPhase(o scenarios.Observation) scenarios.Phase {
	longest := scenarios.PhaseOpen
	for p := scenarios.PhaseTCP; p <= scenarios.PhaseOpen; p++ {
		if o.Phases[p] > o.Phases[longest] {
			longest = p
		}
	}
	return longest
}
