package judge

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// capacityJudge asks whether the sessions that were asked for got in, stayed
// and answered; or, where it was to go on until the service is full, whether
// it was filled.
func capacityJudge(e Evidence) ([]scenarios.Finding, NextLook) {
	if e.Capacity == nil {
		refused := 0
		for _, l := range e.Looks {
			refused += l.Refused
		}
		f := scenarios.Finding{ID: scenarios.CapacityHeld}
		f.Status, f.Message = noSession(refused)
		return []scenarios.Finding{f}, NextLook{}
	}
	return []scenarios.Finding{readHold(e).finding()}, NextLook{}
}

// hold is what is to be judged of sessions that were kept open.
type hold struct {
	scenarios.Capacity      // completed
	filling            bool // it was to go on until the service is full
	goal               int  // sessions that were to be held; 0: until full
	cut                bool
	fleet              fleet
	holders            int // coordinators that held something and have a name
	unnamed            int // sessions of which nobody knows where they were
	fullest            int // sessions on the fullest of the holders
	pages              pagesSeen
	astray             []scenarios.ErrorGroup // failed, and not for want of a place
	ours               []scenarios.ErrorGroup // failed for want of something on this machine
	login              *scenarios.Times
}

// readHold lays out the evidence, of which Capacity is not nil.
func readHold(e Evidence) hold {
	h := hold{Capacity: *e.Capacity, filling: e.Scenario.Capacity.UntilFull || e.Capacity.Target == 0}
	if !h.filling {
		h.goal = h.Target
	}
	h.count()
	h.complete(e)
	looks := pool(e.Looks)
	h.cut = len(looks) > 0 && looks[len(looks)-1].cut
	for _, g := range classes(looks) {
		switch {
		case g.Class.IsLocal():
			h.ours = append(h.ours, g)
		case !h.stalled() || !g.Class.IsTimeout():
			h.astray = append(h.astray, g)
		}
	}
	if e.Load != nil && e.Load.Login.Count() > 0 {
		h.login = &e.Load.Login
	}
	return h
}

// count looks at who held what.
func (h *hold) count() {
	for _, c := range h.Holders {
		switch {
		case c.Name == "":
			h.unnamed += c.Held
		case c.Held > 0:
			h.holders++
			h.fullest = max(h.fullest, c.Held)
		}
	}
}

// stalled reports whether a session got no answer.
func (h hold) stalled() bool { return h.StoppedBy.IsTimeout() }

// silent is how many of the coordinators that there should be held nothing, as
// far as can be told.
func (h hold) silent() int { return max(0, len(h.fleet.shares)-h.holders-h.unnamed) }

// hanging reports whether what kept a session waiting may be a coordinator that
// answers nobody, and not one that is full: one of them held nothing, and the
// session did not get in when places were free.
func (h hold) hanging() bool {
	return h.stalled() && !h.Entered && h.silent() > 0 && h.Cause != scenarios.CauseThreads
}

// status is the verdict. What failed outright comes before what was cut short:
// it is evidence however the run ended.
func (h hold) status() scenarios.Status {
	switch {
	case h.Lost > 0, h.failed():
		return scenarios.Fail
	case h.bounded(), h.cut && !h.stopped():
		return scenarios.Inconclusive
	case h.stalled() && (!h.filling || h.Held == 0):
		return scenarios.Fail
	case h.hanging():
		return scenarios.Inconclusive
	case h.stalled() || h.reached():
		return scenarios.Pass
	}
	return scenarios.Inconclusive
}

func (h hold) stopped() bool { return !h.StoppedBy.IsZero() }

// bounded reports whether this machine was full before the service was.
func (h hold) bounded() bool { return len(h.ours) > 0 || h.StoppedBy.IsLocal() }

// failed reports whether a session failed that should not have.
func (h hold) failed() bool {
	return len(h.astray) > 0 || h.stopped() && !h.stalled() && !h.StoppedBy.IsLocal()
}

// closedOut reports whether connections were closed, and nothing else went wrong.
func (h hold) closedOut() bool {
	return h.StoppedBy.IsClosed() && !slices.ContainsFunc(h.astray, func(g scenarios.ErrorGroup) bool { return !g.Class.IsClosed() })
}

// reached reports whether as many sessions as were asked for, at the most, were
// held and answered at the end.
func (h hold) reached() bool {
	return h.Target > 0 && h.Held >= h.Target && h.Survived >= h.Held
}

// finding is the claim.
func (h hold) finding() scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.CapacityHeld, Status: h.status(), Observed: num(h.Held), Explain: h.explain()}
	switch {
	case !h.filling:
		f.Expected, f.Limit = num(h.goal), num(h.goal)
	case h.Nominal > 0:
		f.Expected = num(h.Nominal)
	}
	f.Message, f.Note, f.Fix = h.say(f.Status)
	return f
}
