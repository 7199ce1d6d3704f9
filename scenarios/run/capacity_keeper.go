package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// tenant is one session that is to stay: no goroutine waits for it.
type tenant struct {
	o scenarios.Observation
	s Session

	// Of the login; guarded by keeper.mu.
	ended   bool
	stalled bool // it had not ended when its time was over
}

// keeper logs sessions in and keeps them. A login that does not end in time is
// the stall: it shows that the service is full, and while it waits it may keep
// others from logging in (be/src/rpc/TAcceptQueueServer.cpp: it has one of two
// set-up threads, also once its client has gone). Hence none starts after it,
// those that have a place give it up first, and it is given up last.
type keeper struct {
	*run
	timeout time.Duration // of a login
	plan    int           // sessions to hold, or thought to fit

	mu      sync.Mutex
	changed *sync.Cond // a login has ended, or stalled
	held    []*tenant  // in the order of getting in; nothing is added once jammed
	by      map[string]int
	pending int     // logins under way
	waiting int     // of them, stalled
	first   *tenant // the first login that did not get in
	jammed  bool    // a login has stalled
	leaving bool    // the held ones are being closed
	said    int     // sessions held when it was last said
	turn    int     // which node is next
	seen    scenarios.Capacity
}

// tellings is how often a ramp says how far it is.
const tellings = 10

func newKeeper(r *run) *keeper {
	k := &keeper{run: r, timeout: time.Duration(r.s.Load.Timeout), by: map[string]int{}}
	k.plan = cmp.Or(r.s.Capacity.Hold, k.places().nominal())
	k.changed = sync.NewCond(&k.mu)
	return k
}

// ramp logs sessions in until as many are held as were asked for, which it
// reports, or until one does not get in.
func (k *keeper) ramp(logins context.Context) (reached bool) {
	for !k.stopped() {
		n := k.step()
		if n == 0 {
			return true
		}
		if len(k.nodes.left()) == 0 {
			return false
		}
		k.enter(logins, n)
	}
	return false
}

// enter has count logins over the nodes in turn, each due at a time of its own,
// and returns when they have ended or one has stalled. A login starts only when
// there is a slot for it, and then has a goroutine until it has ended.
func (k *keeper) enter(logins context.Context, count int) {
	begin := k.row(count)
	for i := 0; i < count && !k.stopped(); i++ {
		nodes := k.nodes.left()
		if len(nodes) == 0 {
			break
		}
		j := job{node: nodes[k.turn%len(nodes)], part: scenarios.Held, due: begin + k.pacer.Due(i)}
		o, ran := k.await(j)
		if !ran {
			continue // the run is stopped, or the node was dropped and the next one has its turn
		}
		k.turn++
		k.mu.Lock()
		k.pending++
		k.mu.Unlock()
		go k.login(logins, j, &tenant{o: o})
	}
	k.settled()
}

// settled waits until no login is under way, or one has stalled, which it reports.
func (k *keeper) settled() (jammed bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.pending > 0 && !k.jammed {
		k.changed.Wait()
	}
	return k.jammed
}

// login is one session on its way in. Only the end of ctx cuts it short.
func (k *keeper) login(ctx context.Context, j job, e *tenant) {
	defer k.end(e)
	defer k.slots.give()
	defer k.catch()
	late := time.AfterFunc(k.timeout, func() { k.stall(e) })
	defer late.Stop()
	s, err := k.open(ctx, j.node, &e.o)
	stalled, leaving := k.arrive(e)
	switch {
	case err != nil && stalled:
		k.lose(e, stallText(ctx, k.timeout, err), phaseOf(err, scenarios.Open))
		// What waits in this phase has asked for a session, and may get it yet.
		k.over(j, &e.o, e.o.Failed == scenarios.Open)
	case err != nil:
		leftOpen := k.unopened(ctx, &e.o, err)
		k.over(j, &e.o, leftOpen)
		k.failed(e)
	case stalled:
		k.lose(e, fmt.Sprintf("no answer within %s; it got in later", k.timeout), longest(e.o))
		k.entered(leaving)
		k.over(j, &e.o, leave(ctx, s))
	default:
		e.s, e.o.Outcome = s, scenarios.OK
		if !k.admit(e) {
			k.over(j, &e.o, leave(ctx, s))
		}
	}
}

// stall is called when a login's time is over.
func (k *keeper) stall(e *tenant) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if e.ended {
		return
	}
	e.stalled, k.jammed = true, true
	k.waiting++
	if k.first == nil {
		k.first = e
	}
	k.halt()
	k.changed.Broadcast()
}

// arrive notes that a login has ended, one way or the other, and reports
// whether it had stalled, and whether the held sessions were leaving by then.
func (k *keeper) arrive(e *tenant) (stalled, leaving bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e.ended = true
	return e.stalled, k.leaving
}

// end is the last of a login.
func (k *keeper) end(e *tenant) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e.ended = true
	k.pending--
	if e.stalled {
		k.waiting--
	}
	k.changed.Broadcast()
}

// admit adds a session to those held; false where it came after a stall.
func (k *keeper) admit(e *tenant) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.jammed {
		return false
	}
	k.held = append(k.held, e)
	k.by[e.o.Who.Coordinator]++
	if len(k.held)-k.said >= max(1, k.plan/tellings) {
		k.said = len(k.held)
		k.tell(fmt.Sprintf("%d sessions are open", len(k.held)))
	}
	return true
}

// lose records that a login stalled, and in which phase.
func (k *keeper) lose(e *tenant, text string, in scenarios.Phase) {
	e.o.Outcome, e.o.Failed, e.o.Text = scenarios.Failed, in, clip(text)
	e.o.Class = vocab.Class{Phase: in, Kind: vocab.KindTimeout}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.blameFirst(e)
}

// failed ends the ramp where a login failed at once. A node whose certificate
// was refused, or a login that we cut off, is no failure of the service.
func (k *keeper) failed(e *tenant) {
	if e.o.Outcome != scenarios.Failed || e.o.Refused {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.first == nil {
		k.first = e
	}
	k.blameFirst(e)
	k.halt()
}

// blameFirst says what stopped the ramp, if it was this login; k.mu is held.
func (k *keeper) blameFirst(e *tenant) {
	if e == k.first {
		k.seen.StoppedBy, k.seen.Phase = e.o.Class, e.o.Failed.String()
	}
}

// entered notes that a stalled login got in because the held ones left.
func (k *keeper) entered(leaving bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.seen.Entered = k.seen.Entered || leaving
}

// stallText says that there was no answer, and what ended the waiting where it
// was not us.
func stallText(ctx context.Context, timeout time.Duration, err error) string {
	text := fmt.Sprintf("no answer within %s", timeout)
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return text
	}
	return text + "; in the end: " + err.Error()
}

// longest is the phase of a login that took the most time.
func longest(o scenarios.Observation) scenarios.Phase {
	most := scenarios.Open
	for p := scenarios.TCP; p <= scenarios.Open; p++ {
		if o.Phases[p] > o.Phases[most] {
			most = p
		}
	}
	return most
}
