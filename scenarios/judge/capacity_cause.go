package judge

import (
	"cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/sizing"
)

// completed is a copy of the evidence's capacity with what follows from it; nil
// where it has none.
func completed(e scenarios.Measured) *scenarios.Capacity {
	if e.Capacity == nil {
		return nil
	}
	c := heldOf(e).Capacity
	return &c
}

// complete fills in what the run could not know: what was full, how many threads
// there are, and what follows for any number of sessions. What stands there
// already, in a stored run, gives way.
func (h *heldSessions) complete(e scenarios.Measured) {
	h.Policy = cmp.Or(e.Scenario.Expect.Balance.Policy, scenarios.PolicyAuto)
	h.fleet = sizing.Even(h.Policy, max(e.Scenario.Expect.Coordinators.K(), h.holders), 0).WithWeights(e.Scenario.Expect.Balance.Weights)
	h.pages = threadsSeen(e)
	h.Cause = h.cause(e.Scenario.Capacity.Threads)
	h.Threads, h.From = h.threads(e.Scenario.Capacity.Threads)
	h.fleet = h.fleet.WithThreads(h.Threads)
	h.model()
}

// threads is how many service threads a coordinator has, and how that is known.
func (h heldSessions) threads(declared int) (int, string) {
	most := max(h.fullest, h.pages.busiest)
	switch {
	case declared > 0:
		return declared, scenarios.ThreadsDeclared
	case h.pages.threads > 0:
		return h.pages.threads, scenarios.ThreadsPages
	case h.stalled() && h.Cause != scenarios.CauseBalancer && most > 0 && !h.mayHang():
		return most, scenarios.ThreadsMeasured
	}
	return max(scenarios.DefaultThreads, most), scenarios.ThreadsAssumed
}

// clearlyLess is below which share of the declared threads the fullest
// coordinator had room, whatever a few sessions of others took.
const clearlyLess = .9

// cause is what was full when a session got no answer, as far as can be told.
// The coordinators' pages know it. Without them, one that held as many sessions
// as it is said to have threads was full, and where the fullest had room for
// more something in front of it was. So it was where not even the connection was
// accepted: Impala always accepts, and is silent only then. The phases after that
// tell nothing: its handshake waits for a thread as well
// (be/src/rpc/TAcceptQueueServer.cpp).
func (h heldSessions) cause(declared int) string {
	switch {
	case !h.stalled():
		return ""
	case h.pages.full, declared > 0 && h.fullest >= declared:
		return scenarios.CauseThreads
	case h.roomEverywhere(), h.StoppedBy.Phase == scenarios.PhaseTCP,
		declared > 0 && float64(h.fullest+h.unidentified) < clearlyLess*float64(declared):
		return scenarios.CauseBalancer
	}
	return ""
}

// roomEverywhere reports whether every coordinator's page reported free threads.
func (h heldSessions) roomEverywhere() bool {
	return !h.pages.full && h.pages.spare >= max(1, h.fleet.Size())
}

// pagesSeen is what the coordinators' pages said of their threads.
type pagesSeen struct {
	threads int  // of the one with the fewest; 0: none said it
	busiest int  // in use on the busiest, while sessions were held; 0: none said it
	full    bool // one had none to spare then
	spare   int  // how many had some to spare then
}

// threadsSeen reads the pages. One that does not say its threads is held
// against the declared number.
func threadsSeen(e scenarios.Measured) pagesSeen {
	var out pagesSeen
	spare := map[string]bool{}
	for _, p := range e.Pages {
		if p.Threads > 0 && (out.threads == 0 || p.Threads < out.threads) {
			out.threads = p.Threads
		}
		of := cmp.Or(max(0, p.Threads), e.Scenario.Capacity.Threads)
		if p.When != scenarios.PageDuring || p.InUse == nil {
			continue
		}
		out.busiest = max(out.busiest, *p.InUse)
		switch {
		case of > 0 && *p.InUse >= of:
			out.full = true
		case of > 0:
			spare[p.Coordinator] = true
		}
	}
	out.spare = len(spare)
	return out
}
