package judge

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/sizing"
)

// capacityJudge asks whether the sessions that were asked for got in, stayed
// and answered; or, where it was to go on until the service is full, whether
// it was filled.
func capacityJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	if e.Capacity == nil {
		f := scenarios.Finding{ID: scenarios.CapacityHeld}
		f.Status, f.Message = batch.NoSession(batch.Refusals(e))
		return []scenarios.Finding{f}, scenarios.NextLook{}
	}
	return []scenarios.Finding{heldOf(e).finding()}, scenarios.NextLook{}
}

// heldSessions is what is to be judged of sessions that were kept open.
type heldSessions struct {
	scenarios.Capacity      // completed
	untilFull          bool // it was to go on until the service is full
	goal               int  // sessions that were to be held; 0: until full
	cut                bool
	partial            *scenarios.Stop // why a sum is not whole; nil: it is, or it is none
	fleet              sizing.Fleet
	holders            int // coordinators that held something and have a name
	unidentified       int // sessions whose coordinator is unknown
	undeclared         int // sessions on coordinators that were not declared
	fullest            int // sessions on the fullest of the holders
	doubt              modelDoubt
	pages              pagesSeen
	failures           []scenarios.ErrorGroup // failed, and not for want of a place
	causes             []cause.Cause          // of them
	local              []scenarios.ErrorGroup // failed for want of something on this machine
	login              *scenarios.Times
}

// heldOf reads the evidence, of which Capacity is not nil.
func heldOf(e scenarios.Measured) heldSessions {
	h := heldSessions{Capacity: *e.Capacity, untilFull: e.Scenario.Capacity.UntilFull || e.Capacity.Target == 0}
	if !h.untilFull {
		h.goal = h.Target
	}
	if e.Stopped != nil && e.Stopped.By == scenarios.StopPartial {
		h.partial = e.Stopped
	}
	looks := batch.Pool(e.Looks)
	h.count(batch.MatchExpected(e.Scenario, looks))
	h.cut = len(looks) > 0 && looks[len(looks)-1].Cut
	for _, g := range batch.Errors(looks) {
		switch {
		case g.Class.IsLocal():
			h.local = append(h.local, g)
		case !h.stalled() || !g.Class.IsTimeout():
			h.failures = append(h.failures, g)
		}
	}
	h.causes = cause.OfSome(e, func(c scenarios.Class) bool { return !h.stalled() || !c.IsTimeout() })
	if e.Load != nil && e.Load.Login.Count() > 0 {
		h.login = &e.Load.Login
	}
	h.complete(e)
	return h
}

// count counts the holders that belong to the service, and what others held.
func (h *heldSessions) count(cs batch.CoordinatorSet) {
	for _, c := range h.Holders {
		switch {
		case c.Name == "":
			h.unidentified += c.Held
		case slices.Contains(cs.Undeclared, c.Name):
			h.undeclared += c.Held
		case c.Held > 0:
			h.holders++
			h.fullest = max(h.fullest, c.Held)
		}
	}
}

// stalled reports whether a login got no answer.
func (h heldSessions) stalled() bool {
	return h.StoppedBy.IsTimeout() && h.StoppedBy.Phase <= scenarios.PhaseOpen
}

// withoutSessions is how many of the coordinators that there should be held nothing, as
// far as can be told.
func (h heldSessions) withoutSessions() int {
	return max(0, h.fleet.Size()-h.holders-h.unidentified)
}

// mayHang reports whether what kept a session waiting may be a coordinator that
// answers nothing, rather than one that is full: one of them held nothing, and the
// session did not get in when places were free.
func (h heldSessions) mayHang() bool {
	return h.stalled() && !h.Entered && h.withoutSessions() > 0 && h.Cause != scenarios.CauseThreads
}

// status is the verdict. What failed outright comes before what was cut short:
// it is evidence however the run ended.
func (h heldSessions) status() scenarios.Status {
	switch {
	case h.Lost > 0, h.failed():
		return scenarios.StatusFail
	case h.limitedHere(), h.cut && !h.stopped():
		return scenarios.StatusInconclusive
	case h.stalled() && (!h.untilFull || h.Held == 0):
		return scenarios.StatusFail
	case h.mayHang():
		return scenarios.StatusInconclusive
	case h.stalled() || h.reached():
		return scenarios.StatusPass
	}
	return scenarios.StatusInconclusive
}

func (h heldSessions) stopped() bool { return !h.StoppedBy.IsZero() }

// limitedHere reports whether this machine was full before the service was.
func (h heldSessions) limitedHere() bool { return len(h.local) > 0 || h.StoppedBy.IsLocal() }

// failed reports whether a session failed that should not have.
func (h heldSessions) failed() bool {
	return len(h.failures) > 0 || h.stopped() && !h.stalled() && !h.StoppedBy.IsLocal()
}

// closedOnly reports whether connections were closed, and nothing else went wrong.
func (h heldSessions) closedOnly() bool {
	return h.StoppedBy.IsClosed() && !slices.ContainsFunc(h.failures, func(g scenarios.ErrorGroup) bool { return !g.Class.IsClosed() })
}

// reached reports whether as many sessions as were asked for, at the most, were
// held and answered at the end.
func (h heldSessions) reached() bool {
	return h.Target > 0 && h.Held >= h.Target && h.Survived >= h.Held
}

// finding is the claim.
func (h heldSessions) finding() scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.CapacityHeld, Status: h.status(), Observed: phrase.Num(h.Held), Explain: h.explain()}
	switch {
	case !h.untilFull:
		f.Expected, f.Limit = phrase.Num(h.goal), phrase.Num(h.goal)
	case h.Nominal > 0:
		f.Expected = phrase.Num(h.Nominal)
	}
	f.Message, f.Note, f.Fix = h.words(f.Status)
	return f
}
