package judge

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/sizing"
)

// fixesForLoss is what survives the loss of a coordinator.
func (h heldSessions) fixesForLoss() scenarios.Fixes {
	if h.doubt == moreThanThreads {
		return h.fixesForSpread()
	}
	var ways []string
	switch {
	case h.MoreCoord == 1:
		ways = append(ways, "add one coordinator")
	case h.MoreCoord > 1:
		ways = append(ways, fmt.Sprintf("add %d coordinators", h.MoreCoord))
	}
	if h.MoreThr > 0 {
		ways = append(ways, fmt.Sprintf("set fe_service_threads to %d", h.MoreThr))
	}
	return append(phrase.Try(ways...), h.otherPolicy()...)
}

// otherPolicy is what to set where the sessions fit only as chance had it, and the
// balancer may place them otherwise.
func (h heldSessions) otherPolicy() scenarios.Fixes {
	if !h.overSafe() || h.Policy != scenarios.PolicyAuto {
		return nil
	}
	return phrase.Set("expect.balance.policy", "", "declare the policy, unless the balancer chooses at random")
}

// overSafe reports whether more sessions are held than the policy can be relied on for.
func (h heldSessions) overSafe() bool {
	return h.Safe > 0 && h.Held > h.Safe
}

// fixesForGoal is what lets all sessions in.
func (h heldSessions) fixesForGoal() scenarios.Fixes {
	if h.Cause == scenarios.CauseBalancer {
		return phrase.Try(fmt.Sprintf("%s, to %d at least", raiseLimit, h.goal))
	}
	if !h.modelled() {
		return slices.Concat(h.fixesForSpread(), h.fixesForLimit())
	}
	var ways []string
	if need := sizing.Coordinators(h.goal, h.Threads, h.Policy); need.Coordinators > h.fleet.Size() {
		ways = append(ways, fmt.Sprintf("take %s of %d threads (%d to survive the loss of one)", phrase.Count(need.Coordinators, "coordinator"), h.Threads, need.OneDown))
	}
	if threads := h.fleet.ThreadsFor(h.goal); threads > h.Threads {
		ways = append(ways, fmt.Sprintf("set fe_service_threads to %d", threads))
	}
	switch {
	case len(ways) == 0:
		return identifyLimitFixes()
	case h.Cause == "":
		ways[0] = "if a coordinator was full: " + ways[0]
		return append(identifyLimitFixes(), phrase.Try(ways...)...)
	}
	return phrase.Try(ways...)
}

// raiseLimit is what to do about a limit of the balancer.
const raiseLimit = "raise the balancer's limit (HAProxy: maxconn)"

// identifyLimitFixes is what to do where it is unknown whether the balancer or a coordinator was full.
func identifyLimitFixes() scenarios.Fixes {
	return slices.Concat(phrase.Set("capacity.threads", "", "give the number of service threads of a coordinator"),
		phrase.Set("target.web_port", "25000", "let the coordinators' web pages be read"))
}

// fixesForSpread is what to find out where the coordinators were not used as declared,
// or not alike.
func (h heldSessions) fixesForSpread() scenarios.Fixes {
	switch h.doubt {
	case partlyUsed, unevenlySpread:
		return slices.Concat(phrase.Try(runSmoke),
			phrase.Set("load.local_addresses", "", "dial from several local addresses, if the balancer keeps a client on one coordinator"))
	case moreThanThreads:
		return phrase.Set("capacity.threads", "", "correct the number of service threads of a coordinator")
	case fewerThanModel:
		return phrase.Set("target.web_port", "25000", "let the coordinators' web pages be read: they show the sessions of others")
	}
	return nil
}

// fixesForLimit is what to do about the cause of an end that was looked for.
func (h heldSessions) fixesForLimit() scenarios.Fixes {
	switch h.Cause {
	case scenarios.CauseBalancer:
		return phrase.Try(raiseLimit)
	case scenarios.CauseThreads:
		return nil
	}
	return identifyLimitFixes()
}
