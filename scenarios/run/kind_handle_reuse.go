package run

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Handle is what a server knows a session by; nil: it has none.
type Handle any

// HandleSession is a [Session] that can be used over the connection of another. What
// an [OpenFunc] returns may be one; runs of kind handle-reuse need it.
type HandleSession interface {
	Session
	// Handle is what the session is known by.
	Handle() Handle
	// PingAs asks over the session's own connection whether the session of a handle
	// is still there. It returns who answered, as far as the answer says. An error of
	// kind invalid-session or foreign-handle is the answer that it is not.
	PingAs(ctx context.Context, h Handle) (scenarios.Identity, error)
}

// errNoHandle is why a session cannot be used over another connection.
var errNoHandle = errors.New("the session has no handle that another connection could use")

// reuseHandles opens sessions one after the other, and uses each over a second
// connection. That one has a session of its own, which says who answers it.
func (r *run) reuseHandles(ctx context.Context) {
	tallies := handleTallies{}
	handles := r.share(r.s.Reuse.Handles)
	r.collect.beginWhole(2 * handles)
	begin := r.reserve(2 * handles)
	for n := 0; n < handles && !r.stopped(); n++ {
		nodes := r.nodes.Dialable()
		if len(nodes) == 0 {
			break
		}
		number := 2 * r.opt.Shard.Number(n)
		first := job{node: r.dealer.node(nodes), due: begin + r.pacer.At(number)}
		second := job{node: r.dealer.node(nodes), due: begin + r.pacer.At(number+1)}
		r.reuseHandle(ctx, first, second, tallies)
	}
	r.handlesSeen = tallies.sorted()
	r.collect.endLook(r.stopped())
	if len(r.nodes.Dialable()) == 0 {
		r.stopWithoutNodes()
	}
}

// reuseHandle opens a session over the node of the first, and asks for it over that of
// the second.
func (r *run) reuseHandle(ctx context.Context, first, second job, tallies handleTallies) {
	opened := r.openReused(ctx, first)
	if opened == nil {
		return
	}
	defer r.closeReused(ctx, opened)
	opened.o.Outcome = scenarios.OutcomeOK
	other := r.openReused(ctx, second)
	if other == nil {
		return
	}
	defer r.closeReused(ctx, other)
	who, err := r.pingAs(ctx, other.s, opened.s)
	r.setOutcome(other, lost(err))
	if other.o.Outcome == scenarios.OutcomeUnknown {
		return // the run ended
	}
	tallies.add(handlePair{opened.o.Who.Coordinator, answeredBy(who, opened.o.Who, other.o.Who, err), first.node != second.node}, err)
}

// openReused opens one of the two; nil where it did not open.
func (r *run) openReused(ctx context.Context, j job) *longSession {
	j.part = scenarios.PartParallel
	l := r.openLong(ctx, j)
	if l == nil || l.s == nil {
		return nil
	}
	return l
}

// closeReused closes one of the two. A close that hangs goes on beside the sessions that
// follow, as after those of a look: one after the other they would add up.
func (r *run) closeReused(ctx context.Context, l *longSession) {
	r.decide(l.job, &l.o)
	r.closing.close(ctx, l.s, func(leftOpen bool) { r.endDecided(&l.o, leftOpen) })
}

// pingAs asks over the connection of by for a session, within the time of a phase.
func (r *run) pingAs(ctx context.Context, by, session Session) (scenarios.Identity, error) {
	over, ok := handleSession(by)
	owner, has := handleSession(session)
	if !ok || !has || owner.Handle() == nil {
		return scenarios.Identity{}, errNoHandle
	}
	ctx, cancel := context.WithTimeout(ctx, time.Duration(r.s.Load.Timeout))
	defer cancel()
	return over.PingAs(ctx, owner.Handle())
}

// handleSession is what the run's own count of sessions stands around.
func handleSession(s Session) (HandleSession, bool) {
	if counted, ok := s.(*countedSession); ok {
		s = counted.Session
	}
	h, ok := s.(HandleSession)
	return h, ok
}

// foreign reports whether err is the answer of a coordinator that does not know the
// session.
func foreign(err error) bool {
	kind := record.ClassOf(err).Kind
	return kind == vocab.KindInvalidSession || kind == vocab.KindForeignHandle
}

// lost is how the session over whose connection another was asked for failed itself; nil
// where it is as good as before.
func lost(err error) error {
	if foreign(err) || errors.Is(err, errNoHandle) {
		return nil
	}
	return err
}

// answeredBy is who was asked for a session: as the answer says, or else who answers
// the connection, unless that is the one that should have known the session: then the
// balancer deals each call, and it is not known.
func answeredBy(said, opened, connection scenarios.Identity, err error) string {
	switch {
	case said.Coordinator != "":
		return said.Coordinator
	case foreign(err) && connection.Coordinator == opened.Coordinator:
		return ""
	}
	return connection.Coordinator
}

// handlePair is who opened sessions, and who was asked for them over which node.
type handlePair struct {
	opened, answered string
	otherNode        bool
}

type handleTallies map[handlePair]*scenarios.HandleTally

// add counts one handle.
func (all handleTallies) add(p handlePair, err error) {
	t := all[p]
	if t == nil {
		t = &scenarios.HandleTally{Opened: p.opened, Answered: p.answered, OtherNode: p.otherNode}
		all[p] = t
	}
	switch {
	case err == nil:
		t.Reached++
		return
	case foreign(err):
		t.Foreign++
	default:
		t.Unknown++
	}
	if t.Example == "" {
		t.Class, t.Example = record.ClassOf(err), record.Clip(err.Error())
	}
}

// sorted lists them by who opened, who answered, and the same node first.
func (all handleTallies) sorted() []scenarios.HandleTally {
	out := []scenarios.HandleTally{}
	for _, t := range all {
		out = append(out, *t)
	}
	slices.SortFunc(out, func(a, b scenarios.HandleTally) int {
		return cmp.Or(cmp.Compare(a.Opened, b.Opened), cmp.Compare(a.Answered, b.Answered), same(b)-same(a))
	})
	return out
}

// same is 1 for a tally of one node.
func same(t scenarios.HandleTally) int {
	if t.OtherNode {
		return 0
	}
	return 1
}
