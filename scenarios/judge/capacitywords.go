package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// words puts the verdict into words: what was held, what stopped it, and what
// would be if a coordinator were lost; what to know besides; what to do.
func (h heldSessions) words(status scenarios.Status) (message, note string, fixes scenarios.Fixes) {
	switch {
	case h.Lost > 0:
		return fmt.Sprintf("%d of %s no longer answered when asked after %s: they were cut while idle, or a coordinator went away",
			h.Lost, count(h.Held, "held session"), durationOf(h.For)), "", try("run scenario idle, which finds out when idle connections are cut, and how")
	case h.closedOnly():
		return fmt.Sprintf("%s; the next one was closed (%s) and not left waiting: by a limit of the balancer, or for a coordinator that is gone",
			h.describeHeld(), h.StoppedBy), "", fixesFor(h.failures, h.Held > 0)
	case h.failed():
		return h.describeFailures(), "", fixesFor(h.failures, h.Held > 0)
	case status == scenarios.Inconclusive:
		message, fixes = h.describeOpen()
		return message, "", fixes
	case h.Held == 0:
		return fmt.Sprintf("not one session got in: the first got no answer (%s)", h.StoppedBy), "", try(runSmoke)
	case status == scenarios.Fail:
		return h.describeHeld() + h.describeStall() + h.describeLoss(), h.caveats(), h.fixesForGoal()
	case h.stalled():
		return h.describeHeld() + h.describeStall() + h.describeLoss(), join(h.caveats(), queriesUntested), h.fixesForLimit()
	}
	return h.describeHeld() + h.describeLoss(), join(h.caveats(), queriesUntested), h.fixesForLoss()
}

// runSmoke is what to run where it is not about numbers.
const runSmoke = "run scenario smoke, which shows which coordinators answer"

// queriesUntested is what nobody should read into a capacity.
const queriesUntested = "Queries were not tested; use scenario query"

// describeHeld is what was seen: "400 sessions stayed logged in for 10m0s on 10
// coordinators, login p99 0.4 s, the fullest at 58 of 64".
func (h heldSessions) describeHeld() string {
	out := h.heldOfGoal()
	if h.For == 0 || h.Held < h.goal {
		out += " got in"
	} else {
		out += " stayed logged in for " + durationOf(h.For)
	}
	if h.holders > 0 {
		out += " on " + h.coordinatorsUsed()
	}
	if h.login != nil {
		out += ", login p99 " + shortTime(h.login.Quantile(.99))
	}
	if h.holders > 0 {
		out += fmt.Sprintf(", the fullest at %d of %s", h.fullest, h.threadsEach())
	}
	return out
}

// heldOfGoal is "400 sessions", or "24 of 40 sessions".
func (h heldSessions) heldOfGoal() string {
	if h.Held < h.goal {
		return fmt.Sprintf("%d of %s", h.Held, count(h.goal, "session"))
	}
	return count(h.Held, "session")
}

// coordinatorsUsed is how many coordinators held something, of how many.
func (h heldSessions) coordinatorsUsed() string {
	if k := h.fleet.size(); h.holders < k {
		return fmt.Sprintf("%d of %s", h.holders, count(k, "coordinator"))
	}
	return count(h.holders, "coordinator")
}

// threadsEach is the number of service threads, and where it comes from if
// nobody said it.
func (h heldSessions) threadsEach() string {
	if h.From == scenarios.ThreadsAssumed {
		return fmt.Sprintf("%d (as is assumed)", h.Threads)
	}
	return fmt.Sprint(h.Threads)
}

// describeStall is what became of the next session, and why.
func (h heldSessions) describeStall() string {
	out := fmt.Sprintf("; the next one got no answer (%s), ", h.StoppedBy)
	switch {
	case h.Cause == scenarios.CauseThreads:
		return out + "since a coordinator had no service thread left"
	case h.Cause == "":
		return out + "and whether a coordinator was full or something in front of it cannot be told"
	case h.roomEverywhere():
		return out + "though every coordinator had threads to spare: the balancer has a limit of its own, HAProxy's maxconn for one"
	case h.StoppedBy.Phase == scenarios.TCP:
		return out + "for its connection was not even accepted: something in front of the coordinators lets no more through"
	}
	return out + "though the fullest had room: the balancer has a limit of its own, HAProxy's maxconn for one, or the coordinators have fewer threads than declared"
}

// describeLoss is what would be with a coordinator less.
func (h heldSessions) describeLoss() string {
	switch {
	case h.fleet.size() == 0:
		return ""
	case h.stalled() && h.Cause == scenarios.CauseBalancer:
		return fmt.Sprintf("; with one coordinator lost %d fit", min(h.Held, h.SafeLost))
	case h.stalled() || h.untilFull:
		return fmt.Sprintf("; with one coordinator lost %d fit", h.SafeLost)
	case h.SafeLost >= h.goal:
		return fmt.Sprintf("; they still fit if one coordinator dies: then %d do", h.SafeLost)
	case h.fleet.size() == 1:
		return "; not if the coordinator dies: there is no other"
	}
	return fmt.Sprintf("; not if one coordinator dies: then %d", h.SafeLost)
}

// caveats are what to know of the numbers.
func (h heldSessions) caveats() string {
	out := ""
	if h.From == scenarios.ThreadsDeclared && h.fullest > h.Threads {
		out = join(out, fmt.Sprintf("The fullest coordinator held more sessions than the %d threads that are declared", h.Threads))
	}
	if h.overSafe() {
		out = join(out, fmt.Sprintf("They fit by luck: as %s places sessions %d do, in 99.9 of 100 cases", h.placement(), h.Safe))
	}
	if h.stalled() && !h.Entered && h.Cause == "" {
		out = join(out, "The one that waited did not get in when the others had left, either")
	}
	return out
}

// placement is who places sessions.
func (h heldSessions) placement() string {
	if h.Policy == scenarios.AutoPolicy {
		return "chance"
	}
	return string(h.Policy)
}

// fixesForLoss is what survives the loss of a coordinator.
func (h heldSessions) fixesForLoss() scenarios.Fixes {
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
	return append(try(ways...), h.otherPolicy()...)
}

// otherPolicy is what to set where the sessions fit only as chance had it, and the
// balancer may place them otherwise.
func (h heldSessions) otherPolicy() scenarios.Fixes {
	if !h.overSafe() || h.Policy != scenarios.AutoPolicy {
		return nil
	}
	return set("expect.balance.policy", "", "declare the policy, unless the balancer chooses at random")
}

// overSafe reports whether more sessions are held than the policy can be relied on for.
func (h heldSessions) overSafe() bool {
	return h.Safe > 0 && h.Held > h.Safe && h.Cause != scenarios.CauseBalancer
}

// fixesForGoal is what lets all sessions in.
func (h heldSessions) fixesForGoal() scenarios.Fixes {
	if h.Cause == scenarios.CauseBalancer {
		return try(fmt.Sprintf("%s, to %d at least", raiseLimit, h.goal))
	}
	var ways []string
	if need := Size(h.goal, h.Threads, h.Policy); need.Coordinators > h.fleet.size() {
		ways = append(ways, fmt.Sprintf("take %s of %d threads (%d to survive the loss of one)", count(need.Coordinators, "coordinator"), h.Threads, need.OneDown))
	}
	if threads := h.fleet.threadsFor(h.goal); threads > h.Threads {
		ways = append(ways, fmt.Sprintf("set fe_service_threads to %d", threads))
	}
	switch {
	case len(ways) == 0:
		return tellApart()
	case h.Cause == "":
		ways[0] = "if a coordinator was full: " + ways[0]
		return append(tellApart(), try(ways...)...)
	}
	return try(ways...)
}

// raiseLimit is what to do about a limit of the balancer.
const raiseLimit = "raise the balancer's limit (HAProxy: maxconn)"

// tellApart is what to do where it is not known whose limit it was.
func tellApart() scenarios.Fixes {
	return slices.Concat(set("capacity.threads", "", "give the number of service threads of a coordinator"),
		set("target.web_port", "25000", "let the coordinators' web pages be read"))
}

// fixesForLimit is what to do about the cause of an end that was looked for.
func (h heldSessions) fixesForLimit() scenarios.Fixes {
	switch h.Cause {
	case scenarios.CauseBalancer:
		return try(raiseLimit)
	case scenarios.CauseThreads:
		return nil
	}
	return tellApart()
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
	out := fmt.Sprintf("%s failed while %d were held: %s", count(n, "session"), h.Held, list(classes))
	if where := culprits(h.failures); len(where) > 0 {
		out += "; on " + list(where)
	}
	return out
}

// describeOpen tells why there is no verdict, and what to do.
func (h heldSessions) describeOpen() (message string, fixes scenarios.Fixes) {
	switch {
	case h.limitedHere():
		return fmt.Sprintf("this machine was full before the service was (%s), with %s held", h.localClass(), h.heldOfGoal()),
			slices.Concat(try("raise the limit of open files (ulimit -n)"), set("load.local_addresses", "", "dial from several local addresses"))
	case h.cut && !h.stopped():
		return fmt.Sprintf("the run ended early, with %s held", h.heldOfGoal()), nil
	case h.mayHang():
		return fmt.Sprintf("%s got in; the next one got no answer (%s), not even when these had left, and %d of %s held none: that may be one that hangs, and none that is full",
			count(h.Held, "session"), h.StoppedBy, h.withoutSessions(), count(h.fleet.size(), "coordinator")), try(runSmoke)
	case h.Target > 0 && h.Held >= h.Target:
		return fmt.Sprintf("%s held, and only %d of them answered or were asked at the end", were(h.Held, "session"), h.Survived), nil
	}
	return fmt.Sprintf("%s got in, and nothing says why not more", h.heldOfGoal()), nil
}

// localClass is the class that tells what was full on this machine.
func (h heldSessions) localClass() scenarios.Class {
	if len(h.local) > 0 {
		return h.local[0].Class
	}
	return h.StoppedBy
}

// explain is the arithmetic.
func (h heldSessions) explain() string {
	k := h.fleet.size()
	if k == 0 {
		return ""
	}
	return fmt.Sprintf("%s of %d threads (%s) hold %d at the most, %d with one lost; as %s places sessions %d fit, %d with one lost",
		count(k, "coordinator"), h.Threads, h.From, h.Nominal, h.NMinus1, h.placement(), h.Safe, h.SafeLost)
}

// durationOf writes how long something stayed.
func durationOf(s scenarios.Seconds) string {
	return s.Duration().Round(100 * time.Millisecond).String()
}

// shortTime writes a short time as people say it: "0.4 s", "41 ms".
func shortTime(d time.Duration) string {
	if d < 100*time.Millisecond {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
