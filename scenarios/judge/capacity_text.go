package judge

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// words puts the verdict into words: what was held, what stopped it, and what
// would be if a coordinator were lost; what to know besides; what to do.
func (h heldSessions) words(status scenarios.Status) (message, note string, fixes scenarios.Fixes) {
	switch {
	case h.Lost > 0:
		return fmt.Sprintf("%d of %s no longer answered after %s: they were cut while idle, or a coordinator went down",
			h.Lost, phrase.Count(h.Held, "held session"), phrase.Lasting(h.For)), "", phrase.Try("run scenario idle, which finds out when idle connections are cut, and how")
	case h.closedOnly():
		return fmt.Sprintf("%s; the next one failed at once (%s) instead of waiting%s", h.describeHeld(), h.StoppedBy, h.describeRefusal()), "", cause.Fixes(h.causes)
	case h.failed():
		return h.describeFailures(), "", cause.Fixes(h.causes)
	case status == scenarios.StatusInconclusive:
		message, fixes = h.describeInconclusive()
		return message, "", fixes
	case h.Held == 0:
		return fmt.Sprintf("no session got in: the first got no answer (%s)", h.StoppedBy), "", phrase.Try(runSmoke)
	case status == scenarios.StatusFail:
		return h.describeHeld() + h.describeStall() + h.describeOneDown(), h.caveats(), h.fixesForGoal()
	case h.stalled():
		return h.describeHeld() + h.describeStall() + h.describeOneDown(), phrase.Join(h.caveats(), queriesUntested), slices.Concat(h.fixesForSpread(), h.fixesForLimit())
	}
	return h.describeHeld() + h.describeOneDown(), phrase.Join(phrase.Join(h.caveats(), h.untestedBalancer()), queriesUntested), h.fixesForLoss()
}

// runSmoke is what to run where it is not about numbers.
const runSmoke = "run scenario smoke, which shows which coordinators answer"

// queriesUntested is what a capacity does not prove.
const queriesUntested = "Queries were not tested; use scenario query"

// describeHeld is what was seen: "400 sessions stayed logged in for 10m0s on 10
// coordinators, login p99 0.4 s, the fullest at 58 of 64".
func (h heldSessions) describeHeld() string {
	out := h.heldOfGoal()
	if h.For == 0 || h.Held < h.goal {
		out += " got in"
	} else {
		out += " stayed logged in for " + phrase.Lasting(h.For)
	}
	if h.holders > 0 {
		out += " on " + h.coordinatorsUsed()
	}
	if h.login != nil {
		out += ", login p99 " + phrase.Brief(h.login.Quantile(.99))
	}
	if h.holders > 0 {
		out += fmt.Sprintf(", the fullest at %d%s", h.fullest, h.ofThreads())
	}
	return out
}

// heldOfGoal is "400 sessions", or "24 of 40 sessions".
func (h heldSessions) heldOfGoal() string {
	if h.Held < h.goal {
		return fmt.Sprintf("%d of %s", h.Held, phrase.Count(h.goal, "session"))
	}
	return phrase.Count(h.Held, "session")
}

// coordinatorsUsed is how many coordinators held something, of how many.
func (h heldSessions) coordinatorsUsed() string {
	if k := h.fleet.Size(); h.holders < k {
		return fmt.Sprintf("%d of %s", h.holders, phrase.Count(k, "coordinator"))
	}
	return phrase.Count(h.holders, "coordinator")
}

// ofThreads is " of 64", the number of service threads, and where it comes from if it
// was not declared; "" where nothing says it but what was held.
func (h heldSessions) ofThreads() string {
	switch h.From {
	case scenarios.ThreadsMeasured:
		return ""
	case scenarios.ThreadsAssumed:
		return fmt.Sprintf(" of %d (assumed)", h.Threads)
	}
	return fmt.Sprintf(" of %d", h.Threads)
}

// describeStall is what became of the next session, and why.
func (h heldSessions) describeStall() string {
	out := fmt.Sprintf("; the next one got no answer (%s), ", h.StoppedBy)
	switch {
	case h.Cause == scenarios.CauseThreads:
		return out + "because a coordinator had no service thread left"
	case h.Cause == "":
		return out + "and it is unknown whether a coordinator or something in front of it was full"
	case h.roomEverywhere():
		return out + "although every coordinator had free threads: the balancer has its own limit (HAProxy: maxconn)"
	case h.StoppedBy.Phase == scenarios.PhaseTCP:
		return out + "because its connection was not accepted: something in front of the coordinators has a limit"
	}
	return out + "although the fullest had free threads: the balancer has its own limit (HAProxy: maxconn), or the coordinators have fewer threads than declared"
}

// caveats are what to know of the numbers.
func (h heldSessions) caveats() string {
	out := ""
	if h.moreThanDeclared() && h.doubt != moreThanThreads {
		out = phrase.Join(out, fmt.Sprintf("The fullest coordinator held more sessions than the %d declared threads", h.Threads))
	}
	if h.overSafe() {
		out = phrase.Join(out, fmt.Sprintf("This may not repeat: with %s placement only %d fit in 99.9 of 100 cases", h.placement(), h.Safe))
	}
	if h.stalled() && !h.Entered && h.Cause == "" {
		out = phrase.Join(out, "The waiting session did not get in even after the others had left")
	}
	return out
}

// describeRefusal is which nodes turned sessions away, or what that may be.
func (h heldSessions) describeRefusal() string {
	for _, place := range []string{cause.PlaceNode, cause.PlaceScout} {
		if says := cause.Sentence(cause.At(place, h.causes)); says != "" {
			return "; " + says
		}
	}
	return ": a limit of the balancer, or a coordinator that is gone"
}

// describeFailures names what failed that should not have.
func (h heldSessions) describeFailures() string {
	n := 0
	for _, g := range h.failures {
		n += g.Count
	}
	classes := classNames(h.failures)
	if n == 0 {
		n, classes = 1, []string{h.StoppedBy.String()}
	}
	out := fmt.Sprintf("%s failed while %d %s held: %s", phrase.Count(n, "session"), h.Held, phrase.Agree(h.Held, "was", "were"), phrase.List(classes))
	if says := cause.Sentence(h.causes); says != "" {
		out += "; " + says
	}
	return out
}

// describeInconclusive tells why there is no verdict, and what to do.
func (h heldSessions) describeInconclusive() (message string, fixes scenarios.Fixes) {
	switch {
	case h.limitedHere():
		return fmt.Sprintf("this machine reached its own limit first (%s), with %s held", h.localClass(), h.heldOfGoal()),
			slices.Concat(phrase.Try("raise the limit of open files (ulimit -n)"), phrase.Set("load.local_addresses", "", "dial from several local addresses"))
	case h.cut && !h.stopped():
		return fmt.Sprintf("the run ended early, with %s held", h.heldOfGoal()), nil
	case h.partial != nil && !h.stopped() && h.Held < h.goal:
		return fmt.Sprintf("%s%s; %d of %s are known to have been open at the same time", endedEarly(*h.partial), h.partial.Text, h.Held, phrase.Count(h.goal, "session")), h.partial.Hint
	case h.mayHang():
		return fmt.Sprintf("%s got in; the next one got no answer (%s), not even after the others had left, and %d of %s held none: one may hang, rather than be full",
			phrase.Count(h.Held, "session"), h.StoppedBy, h.withoutSessions(), phrase.Count(h.fleet.Size(), "coordinator")), phrase.Try(runSmoke)
	case h.Target > 0 && h.Held >= h.Target:
		return fmt.Sprintf("%s held, and only %d of them answered, or were asked, at the end", phrase.Were(h.Held, "session"), h.Survived), nil
	}
	return fmt.Sprintf("%s got in; the run did not record why it stopped there", h.heldOfGoal()), nil
}

// localClass is the class that tells what was full on this machine.
func (h heldSessions) localClass() scenarios.Class {
	if len(h.local) > 0 {
		return h.local[0].Class
	}
	return h.StoppedBy
}
