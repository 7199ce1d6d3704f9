package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// describe is what happened, in one sentence: "one of 600 new sessions failed,
// within 0.50 s: open.eof; noticed 0.80 s after the command; two of 5 long sessions
// were lost, both on coord-a2:25000, by RST; coord-a2:25000 was not met from 12.0 s
// to 64.0 s, then had 42 % of new sessions at its peak".
func (w watchData) describe() string {
	parts := []string{w.failures()}
	if w.Noticed != nil {
		parts = append(parts, "noticed "+w.relativeTime(*w.Noticed))
	}
	if len(w.Long) > 0 {
		parts = append(parts, w.describeLong())
	}
	return strings.Join(append(parts, w.absences()...), "; ")
}

// absences are what is to be said of each coordinator, as far as a sentence holds it.
func (w watchData) absences() []string {
	var out []string
	for _, c := range w.Coords {
		if said := w.absence(c); said != "" {
			out = append(out, said)
		}
	}
	if more := len(out) - phrase.MaxListed; more > 0 {
		return append(out[:phrase.MaxListed], fmt.Sprintf("and %d more", more))
	}
	return out
}

// failures is "one of 600 new sessions failed, within 0.50 s: open.eof".
func (w watchData) failures() string {
	out := fmt.Sprintf("%s of %s failed", phrase.Number(w.Errors), phrase.Count(w.Sessions, "new session"))
	if w.Errors == 0 {
		return out
	}
	out += fmt.Sprintf(", within %s", phrase.MeasuredSeconds(w.Outage))
	if w.limit > 0 {
		out += fmt.Sprintf(" (%s allowed)", phrase.Seconds(w.limit))
	}
	if names := classNames(w.groups); len(names) > 0 {
		out += ": " + phrase.List(names)
	}
	if dead := w.deadNodes(); len(dead) > 0 {
		out += "; " + cause.Sentence(dead)
	}
	return out
}

// deadNodes are the causes that name nodes of which no session got in: not what a
// coordinator that goes away leaves.
func (w watchData) deadNodes() []cause.Cause {
	return cause.At(cause.PlaceNode, cause.Of(w.e))
}

// relativeTime places a time of the watch by the command, where there was one.
func (w watchData) relativeTime(t scenarios.Seconds) string {
	switch {
	case w.Event == nil:
		return "at " + phrase.MeasuredSeconds(t)
	case t < *w.Event:
		return phrase.MeasuredSeconds(*w.Event-t) + " before the command"
	}
	return phrase.MeasuredSeconds(t-*w.Event) + " after the command"
}

// describeLong is "two of 5 long sessions were lost, both on coord-a2:25000, by RST".
func (w watchData) describeLong() string {
	lost, unopened, unknown := w.lost(), w.unopened(), 0
	for _, f := range w.Long {
		if f.Outcome == scenarios.OutcomeUnknown {
			unknown++
		}
	}
	out := fmt.Sprintf("%s of %s %s lost", phrase.Number(len(lost)), phrase.Count(len(w.Long), "long session"), phrase.Agree(max(1, len(lost)), "was", "were"))
	if len(lost) > 0 {
		var hosts, ways []string
		for _, f := range lost {
			hosts, ways = batch.Union(hosts, []string{f.Coordinator}), batch.Union(ways, []string{cutBy(f.Cut, f.Class)})
		}
		out += onHosts(hosts, len(lost)) + ", " + phrase.List(ways)
	}
	if len(unopened) > 0 {
		out += "; " + describeUnopened(unopened)
	}
	if unknown -= len(unopened); unknown > 0 {
		out += fmt.Sprintf(" (%d %s no outcome)", unknown, phrase.Agree(unknown, "has", "have"))
	}
	return out
}

// describeUnopened is "two never opened: open.reset".
func describeUnopened(unopened []scenarios.LongSession) string {
	var classes []scenarios.Class
	for _, l := range unopened {
		classes = batch.Union(classes, []scenarios.Class{l.Class})
	}
	return phrase.Number(len(unopened)) + " never opened: " + phrase.List(batch.Texts(classes))
}

// onHosts is ", both on coord-a2:25000".
func onHosts(hosts []string, lost int) string {
	hosts = slices.DeleteFunc(hosts, func(h string) bool { return h == "" })
	slices.Sort(hosts)
	switch {
	case len(hosts) == 0:
		return ""
	case len(hosts) == 1 && lost == 2:
		return ", both on " + hosts[0]
	case len(hosts) == 1 && lost > 2:
		return ", all on " + hosts[0]
	}
	return ", on " + phrase.List(hosts)
}

// absence is "coord-a2:25000 was not met from 12.0 s to 64.0 s, ..."; "" where
// there is nothing to say.
func (w watchData) absence(c scenarios.Appearance) string {
	var out string
	switch {
	case c.Gone == nil && w.restarted(c):
		return c.Name + " was restarted"
	case c.Gone == nil:
		return ""
	case c.Back == nil:
		return fmt.Sprintf("%s was absent from %s on", c.Name, phrase.MeasuredSeconds(*c.Gone))
	default:
		out = fmt.Sprintf("%s was absent from %s to %s", c.Name, phrase.MeasuredSeconds(*c.Gone), phrase.MeasuredSeconds(*c.Back))
	}
	if w.restarted(c) {
		out += " and was restarted"
	}
	if c.Peak > 0 {
		out += fmt.Sprintf(", then had %s of new sessions at its peak", phrase.Percent(c.Peak))
	}
	return out
}

// explain is the times behind the story, and every coordinator.
func (w watchData) explain() string {
	parts := []string{fmt.Sprintf("watched for %s; the outage lasts from the due time of the first failed session to that of the first successful one after the last failure", phrase.MeasuredSeconds(w.For))}
	if w.Event != nil {
		parts = append(parts, "command at "+phrase.MeasuredSeconds(*w.Event)+ending(w.EventEnd))
	}
	if w.FirstErr != nil && w.LastErr != nil {
		parts = append(parts, fmt.Sprintf("failed sessions were due from %s to %s", phrase.MeasuredSeconds(*w.FirstErr), phrase.MeasuredSeconds(*w.LastErr)))
	}
	for _, f := range w.lost() {
		parts = append(parts, fmt.Sprintf("a long session over %s on %s was lost at %s, %s", f.Node, f.Coordinator, phrase.MeasuredSeconds(f.At), f.Class))
	}
	for _, c := range w.Coords {
		parts = append(parts, fmt.Sprintf("%s: %s from %s to %s", c.Name, phrase.Count(c.Sessions, "session"), phrase.MeasuredSeconds(c.First), phrase.MeasuredSeconds(c.Last)))
	}
	if len(parts) > maxExplained {
		parts = append(parts[:maxExplained], fmt.Sprintf("and %d more", len(parts)-maxExplained))
	}
	return strings.Join(parts, "; ")
}

// maxExplained is how many clauses an explanation holds.
const maxExplained = 40

func ending(t *scenarios.Seconds) string {
	if t == nil {
		return ", which had not ended"
	}
	return ", ended at " + phrase.MeasuredSeconds(*t)
}

// kindsOf are the kinds of failure among groups.
func kindsOf(groups []scenarios.ErrorGroup) map[vocab.Kind]bool {
	out := map[vocab.Kind]bool{}
	for _, g := range groups {
		out[g.Class.Kind] = true
	}
	return out
}
