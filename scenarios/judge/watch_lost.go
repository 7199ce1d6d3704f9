package judge

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// lostJudge asks whether long sessions lived where their coordinator did. The one
// that was drained, killed or restarted may lose its own.
func lostJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	f := scenarios.Finding{ID: scenarios.WatchLost}
	if e.Watch == nil || e.Scenario.Watch.Long == 0 {
		f.Status, f.Message = scenarios.StatusSkipped, "no session was to stay open"
		return []scenarios.Finding{f}, scenarios.NextLook{}
	}
	w := watchData{WatchSeen: e.Watch, e: e}
	opened := slices.DeleteFunc(slices.Clone(w.Long), func(l scenarios.LongSession) bool { return l.Outcome == scenarios.OutcomeUnknown })
	if len(opened) == 0 {
		f.Message = "no long session was open until the end, or has an outcome"
		return []scenarios.Finding{f}, scenarios.NextLook{}
	}
	unopened := w.unopened()
	lost, stayed, limit := w.lost(), w.lostOnStayed(), e.Scenario.Expect.MaxLost
	f.Observed, f.Limit = phrase.Num(len(stayed)), phrase.Num(limit)
	f.Status = scenarios.StatusPass
	switch {
	case len(lost) == 0:
		f.Message = fmt.Sprintf("none of %s was lost", phrase.Count(len(opened), "long session"))
	case len(stayed) == 0:
		f.Message = w.describeLong() + "; only the coordinator that went away lost any"
		if !w.anyChanged() {
			f.Message = w.describeLong() + "; only one coordinator lost any, so it counts as the one that something was done to"
		}
	default:
		f.Message, f.Fix = w.describeStayed(opened, stayed)
	}
	switch {
	case len(stayed) > limit && onlyUnidentified(stayed):
		f.Status = scenarios.StatusInconclusive
	case len(stayed) > limit:
		f.Status = scenarios.StatusFail
	case len(stayed)+len(unopened) > limit && len(unopened) > 0:
		f.Status = scenarios.StatusInconclusive
		f.Message += "; " + describeUnopened(unopened) + ", and might have been lost"
	case len(stayed) > 0:
		f.Note = fmt.Sprintf("As many as expect.max_lost allows, %d, or fewer", limit)
	}
	return []scenarios.Finding{f}, scenarios.NextLook{}
}

// lostOnStayed are the lost sessions of coordinators that stayed. Where nothing
// shows which coordinator something was done to, one may lose its own; where several
// lost some, it was not done to one.
func (w watchData) lostOnStayed() []scenarios.LongSession {
	lost := w.lost()
	changed := map[string]bool{}
	for _, c := range w.Coords {
		changed[c.Name] = c.Gone != nil || w.restarted(c)
	}
	out := slices.DeleteFunc(lost, func(l scenarios.LongSession) bool { return changed[l.Coordinator] })
	var hosts []string
	shown := false
	for _, l := range w.lost() {
		hosts, shown = batch.Union(hosts, []string{l.Coordinator}), shown || changed[l.Coordinator]
	}
	if len(hosts) == 1 && hosts[0] != "" && !shown {
		return nil
	}
	return out
}

// restarted reports whether a coordinator came with another pid, and it was the only
// process of its name.
func (w watchData) restarted(c scenarios.Appearance) bool {
	if len(c.PIDs) < 2 {
		return false
	}
	return !slices.ContainsFunc(batch.SeenCoordinators(w.e), func(s scenarios.Seen) bool {
		return s.Coordinator == c.Name && s.SharedName()
	})
}

// anyChanged reports whether a coordinator is known to have gone or been restarted.
func (w watchData) anyChanged() bool {
	return slices.ContainsFunc(w.Coords, func(c scenarios.Appearance) bool { return c.Gone != nil || w.restarted(c) })
}

func onlyUnidentified(lost []scenarios.LongSession) bool {
	return !slices.ContainsFunc(lost, func(l scenarios.LongSession) bool { return l.Coordinator != "" })
}

// atOnce is how close together sessions are lost that one thing ended.
const atOnce = scenarios.Seconds(1)

// describeStayed names the balancer where it ended all sessions at once.
func (w watchData) describeStayed(opened, stayed []scenarios.LongSession) (string, scenarios.Fixes) {
	allow := phrase.Set("expect.max_lost", "", "allow that many")
	var hosts []string
	for _, l := range stayed {
		hosts = batch.Union(hosts, []string{l.Coordinator})
	}
	if onlyUnidentified(stayed) {
		return fmt.Sprintf("%s of %s %s lost, and it is not known on which coordinators", phrase.Number(len(stayed)), phrase.Count(len(opened), "long session"), phrase.Agree(len(stayed), "was", "were")),
			phrase.Set("identity_query", "", "give a statement that names the server")
	}
	times := func(a, b scenarios.LongSession) int { return cmp.Compare(a.At, b.At) }
	span := slices.MaxFunc(stayed, times).At - slices.MinFunc(stayed, times).At
	if len(stayed) == len(opened) && len(hosts) > 1 && span <= atOnce {
		return fmt.Sprintf("all %s were lost within %s, on %s that stayed: the balancer cut them", phrase.Count(len(stayed), "long session"), phrase.MeasuredSeconds(span), phrase.Count(len(hosts), "coordinator")),
			slices.Concat(phrase.Try("let the balancer keep open connections when it reloads or fails over (HAProxy: a longer hard-stop-after; nginx: worker_shutdown_timeout; AWS: a longer deregistration delay)"), allow)
	}
	slices.Sort(hosts)
	return fmt.Sprintf("%s of %s %s lost on %s, which stayed", phrase.Number(len(stayed)), phrase.Count(len(opened), "long session"), phrase.Agree(len(stayed), "was", "were"), phrase.List(hosts)),
		slices.Concat(phrase.Try("find out what ended them: the balancer's log at that time, its time limits, and the coordinators' logs"), allow)
}
