package judge

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/sizing"
)

// modelDoubt is why the model, threads of coordinators filled by a policy, says
// nothing beside what the run saw.
type modelDoubt int

const (
	modelHolds      modelDoubt = iota
	causeUnknown               // it holds if a coordinator was full
	nothingReached             // the run was neither filled nor did it reach its number
	balancerFull               // the coordinators were not filled
	moreThanThreads            // a coordinator held more sessions than it was declared to have threads
	partlyUsed                 // some coordinators held nothing
	unevenlySpread             // the fullest held more than any placement by shares gives it
	fewerThanModel             // it was full before the model has it full
)

// doubts finds out whether the model holds; ceiling is what it says.
func (h heldSessions) doubts(ceiling sizing.Ceiling) modelDoubt {
	switch byAddress := h.Policy == scenarios.PolicySource; {
	case h.fleet.Size() == 0, h.Lost > 0, h.failed(), h.limitedHere(), !h.stalled() && !h.reached():
		return nothingReached
	case h.Cause == scenarios.CauseBalancer:
		return balancerFull
	case h.moreThanDeclared():
		return moreThanThreads
	case !byAddress && h.withoutSessions() > 0:
		return partlyUsed
	case !byAddress && h.unidentified == 0 && h.fleet.LessEvenThanChance(h.named(), h.fullest):
		return unevenlySpread
	case h.stalled() && float64(h.Held) < clearlyLess*float64(ceiling.Safe):
		return fewerThanModel
	case h.stalled() && h.Cause == "":
		return causeUnknown
	}
	return modelHolds
}

// moreThanDeclared reports whether the run refutes the declared number of threads.
func (h heldSessions) moreThanDeclared() bool {
	return h.From == scenarios.ThreadsDeclared && h.fullest > h.Threads
}

// named counts the sessions on coordinators that belong to the service.
func (h heldSessions) named() int { return h.Held - h.unidentified - h.undeclared }

// modelled reports whether the model's figures may be said.
func (h heldSessions) modelled() bool { return h.doubt == modelHolds || h.doubt == causeUnknown }

// model fills in the ceilings, where the model holds, and what survives the loss of a
// coordinator. Where no policy was declared, placement is by chance, unless the
// sessions that were held show that it is not.
func (h *heldSessions) model() {
	chance := h.Policy == scenarios.PolicyAuto && h.unidentified == 0
	h.Even = chance && h.withoutSessions() == 0 && h.fleet.EvenerThanChance(h.named(), h.fullest)
	if h.Even {
		h.fleet = h.fleet.PlacedEvenly()
	}
	c := h.fleet.Ceiling()
	if h.doubt = h.doubts(c); !h.modelled() {
		c = sizing.Ceiling{}
	}
	h.Nominal, h.NominalOneDown, h.Safe, h.SafeOneDown = c.Nominal, c.NominalOneDown, c.Safe, c.SafeOneDown
	h.MoreCoord, h.MoreThr = 0, 0
	if h.modelled() && h.goal > h.SafeOneDown {
		h.MoreCoord = h.fleet.MoreFor(h.goal)
		h.MoreThr = h.fleet.OneDown().ThreadsFor(h.goal)
	}
}

// placement is how sessions are placed in the model.
func (h heldSessions) placement() string {
	switch {
	case h.Even:
		return "even"
	case h.Policy == scenarios.PolicyAuto:
		return "random"
	}
	return string(h.Policy)
}

// describeOneDown is what would be with a coordinator less, or why that is unknown.
func (h heldSessions) describeOneDown() string {
	switch k := h.fleet.Size(); {
	case h.doubt == balancerFull:
		return "; how many the coordinators hold is unknown, for they were not filled"
	case h.doubt == moreThanThreads:
		return fmt.Sprintf("; a coordinator has more than the %d threads declared, so the limit with one down is unknown", h.Threads)
	case h.doubt == partlyUsed:
		return fmt.Sprintf("; %d of %s held none, and nothing is known of %s", h.withoutSessions(), phrase.Count(k, "coordinator"), them(h.withoutSessions()))
	case h.doubt == unevenlySpread:
		return "; the fullest held more than its share, so the limit with one down is unknown"
	case h.doubt == fewerThanModel:
		return fmt.Sprintf("; that is less than their threads and %s placement allow, so the limit with one down is unknown", h.placement())
	case !h.modelled():
		return ""
	case k == 1:
		return "; none with the coordinator down: it is the only one"
	case h.doubt == causeUnknown:
		return fmt.Sprintf("; if the fullest coordinator was full, limit with one down: %d", h.SafeOneDown)
	case h.stalled():
		return fmt.Sprintf("; limit with one down: %d", h.SafeOneDown)
	case h.untilFull:
		return fmt.Sprintf("; limit with one down: %d by their threads", h.SafeOneDown)
	case h.SafeOneDown >= h.goal:
		return fmt.Sprintf("; by their threads they still fit with one coordinator down (limit %d)", h.SafeOneDown)
	}
	return fmt.Sprintf("; not with one coordinator down (limit %d by their threads)", h.SafeOneDown)
}

func them(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// untestedBalancer says that the balancer was never asked for as many sessions on one
// coordinator as there would be with one down; "" where it was.
func (h heldSessions) untestedBalancer() string {
	if h.stalled() || !h.modelled() || h.SafeOneDown < h.goal || h.HeldOneDown() <= h.fullest {
		return ""
	}
	return fmt.Sprintf("With one down each of the others would hold %d; whether the balancer lets more than %d through to one coordinator (HAProxy: maxconn) was not tested", h.HeldOneDown(), h.fullest)
}

// explain is the arithmetic.
func (h heldSessions) explain() string {
	if !h.modelled() {
		return ""
	}
	return fmt.Sprintf("%s of %d threads (%s) hold at most %d, %d with one down; with %s placement %d fit, %d with one down",
		phrase.Count(h.fleet.Size(), "coordinator"), h.Threads, h.From, h.Nominal, h.NominalOneDown, h.placement(), h.Safe, h.SafeOneDown)
}
