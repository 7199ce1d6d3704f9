package judge

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balance"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// watchJudge asks how long new sessions failed.
func watchJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	f := scenarios.Finding{ID: scenarios.WatchOutage}
	if e.Watch == nil || e.Watch.Sessions == 0 {
		f.Status, f.Message = batch.NoSession(batch.Refusals(e))
		return []scenarios.Finding{f}, scenarios.NextLook{}
	}
	w := watchData{e.Watch, inSeconds(e.Scenario.Expect.MaxOutage), failedNew(e), e}
	f.Observed, f.Limit = phrase.Num(float64(w.Outage)), phrase.Num(float64(w.limit))
	f.Message, f.Explain = w.describe(), w.explain()
	f.Status, f.Note = w.verdict(e)
	if f.Status == scenarios.StatusFail {
		f.Fix = w.fix()
	}
	return []scenarios.Finding{f}, scenarios.NextLook{}
}

// unexpectedInWatch judges who answered where names were declared: during a watch a
// coordinator may be replaced by one of another name, so that a number says nothing.
func unexpectedInWatch(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	if len(e.Scenario.Expect.Coordinators.Names) == 0 {
		return nil, scenarios.NextLook{}
	}
	return balance.Unexpected(e)
}

// watchData is what was seen, what is allowed, and how new sessions failed.
type watchData struct {
	*scenarios.WatchSeen
	limit  scenarios.Seconds
	groups []scenarios.ErrorGroup
	e      scenarios.Measured
}

// verdict is the rule itself. What failed is held against the limit, whatever
// became of the command; that nothing failed says something only where
// something was done. A long session that did not open was a new one that failed: for
// how long others would have is not known, so that it fails where not one may.
func (w watchData) verdict(e scenarios.Measured) (scenarios.Status, string) {
	cut := len(e.Looks) > 0 && e.Looks[len(e.Looks)-1].Cut
	command := e.Scenario.Watch.OnEvent != ""
	unopened := len(w.unopened()) > 0
	switch {
	case unopened && w.limit == 0:
		return scenarios.StatusFail, w.eventNote()
	case w.Errors > 0 && (w.Outage > w.limit || w.limit == 0):
		return scenarios.StatusFail, w.eventNote()
	case command && w.EventText != "" && !w.anyEffect():
		return scenarios.StatusInconclusive, "The command failed, so possibly nothing was done: " + w.EventText
	case cut && w.endedBeforeEvent(e):
		return scenarios.StatusInconclusive, "The watch ended before the event was due"
	case cut && w.Errors > 0:
		return scenarios.StatusInconclusive, "The watch was cut short: sessions may have failed for longer"
	case command && w.Event == nil && w.EventText == "":
		return scenarios.StatusInconclusive, "The command was never started"
	case !w.anyEffect() && !unopened:
		return scenarios.StatusPass, w.noEffect(command)
	}
	return scenarios.StatusPass, w.eventNote()
}

// endedBeforeEvent reports whether the watch was over before the time to act.
func (w watchData) endedBeforeEvent(e scenarios.Measured) bool {
	return w.Event == nil && w.For < inSeconds(e.Scenario.Watch.EventAfter)
}

// eventNote says that the command failed, where it did and something happened nevertheless.
func (w watchData) eventNote() string {
	if w.EventText == "" {
		return ""
	}
	return "The command failed: " + w.EventText
}

// anyEffect reports whether something happened that a drain, a kill or a restart does.
func (w watchData) anyEffect() bool {
	if w.Errors > 0 || len(w.lost()) > 0 {
		return true
	}
	return w.anyChanged()
}

// lost are the long sessions that did not live through it.
func (w watchData) lost() []scenarios.LongSession {
	var out []scenarios.LongSession
	for _, f := range w.Long {
		if f.Outcome == scenarios.OutcomeFailed {
			out = append(out, f)
		}
	}
	return out
}

// unopened are the long sessions that failed to open, before the watch began. One that
// the end of the run cut short has no class.
func (w watchData) unopened() []scenarios.LongSession {
	return slices.DeleteFunc(slices.Clone(w.Long), func(l scenarios.LongSession) bool {
		return l.Outcome != scenarios.OutcomeUnknown || l.Class.IsZero()
	})
}

// failedNew are the errors of new sessions: all errors less those of the
// sessions that stayed open.
func failedNew(e scenarios.Measured) []scenarios.ErrorGroup {
	type key struct {
		class       scenarios.Class
		coordinator string
	}
	long := map[key]int{}
	for _, f := range e.Watch.Long {
		if !f.Class.IsZero() {
			long[key{f.Class, f.Coordinator}]++
		}
	}
	var out []scenarios.ErrorGroup
	for _, g := range batch.Errors(batch.Pool(e.Looks)) {
		if g.Count -= long[key{g.Class, g.Coordinator}]; g.Count > 0 {
			out = append(out, g)
		}
	}
	return out
}

// fix says what to look at, by how sessions failed.
func (w watchData) fix() scenarios.Fixes {
	if dead := w.deadNodes(); len(dead) > 0 {
		return cause.Fixes(dead)
	}
	if w.Errors == 0 { // long sessions did not open
		return cause.Fixes(cause.Of(w.e))
	}
	switch kinds := kindsOf(w.groups); {
	case kinds[vocab.KindShuttingDown]:
		return phrase.Try("take a coordinator out of the balancer before it is shut down: while it drains it refuses sessions, and its /healthz stays healthy")
	case kinds[vocab.KindTimeout]:
		return phrase.Try("sessions got no answer: the balancer kept sending them to a coordinator that was dead or hung. Let it check more often, by /healthz (a TCP check does not detect a hang), and use a shorter connect timeout")
	case kinds[vocab.KindRefused] || kinds[vocab.KindEOF] || kinds[vocab.KindReset]:
		return phrase.Try("to lose no sessions, take a coordinator out of the balancer before it is stopped; to lose fewer when one dies, let the balancer check more often, with a lower failure threshold, and retry on another")
	}
	return cause.Fixes(cause.Of(w.e))
}
