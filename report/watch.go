package report

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeWatch lists what happened, by time, then counts sessions.
func writeWatch(p *page, r scenarios.Result) {
	w := r.Watch
	if w == nil {
		return
	}
	p.title("Events, in seconds since the start")
	all := p.events(*w)
	p.moments(all[:min(maxRows, len(all))])
	if beyond := len(all) - maxRows; beyond > 0 {
		p.say("... and %s in the JSON", count(beyond, "more event"))
	}
	p.say("%s", p.names.legend())
	p.fact("new", fmt.Sprintf("%s in %s, %d of them failed", count(w.Sessions, "session"), rounded(float64(w.For)), w.Errors))
	if w.Errors > 0 {
		p.fact("outage", fmt.Sprintf("%s, from when the first failed session was due to the first good one after the last failed", rounded(float64(w.Outage))))
	}
	p.fact("long", longSessions(w.Long))
}

// moments writes events, one after the other; a medium with a chart of them has their
// numbers in it.
func (p *page) moments(events []event) {
	if !p.collects {
		for _, e := range events {
			head := fmt.Sprintf("%s%8s  ", indent, tenths(e.at))
			p.para(head, len(head), e.text)
		}
		return
	}
	var rows [][]string
	for i, e := range events {
		rows = append(rows, []string{strconv.Itoa(i + 1), tenths(e.at), e.text})
	}
	p.table([]column{{title: "number", right: true}, {title: "seconds", right: true}, {title: "event", text: true}}, rows)
}

// event is one thing that happened.
type event struct {
	at   scenarios.Seconds
	text string
}

// events returns all of them by time, those of one time in the order of writing.
func (p *page) events(w scenarios.WatchSeen) []event {
	var all []event
	add := func(at *scenarios.Seconds, text string) {
		if at != nil {
			all = append(all, event{*at, text})
		}
	}
	add(w.Event, "the command starts")
	add(w.EventEnd, ended(w.EventText))
	add(w.Noticed, noticed(w))
	add(w.FirstErr, "the first new session that fails is due")
	if w.Errors > 1 {
		add(w.LastErr, "the last new session that fails is due")
	}
	for _, l := range w.Long {
		if l.Outcome == scenarios.OutcomeFailed {
			add(&l.At, p.lost(l))
		}
	}
	for _, c := range w.Coords {
		add(c.Gone, p.names.of(c.Name)+" answers for the last time")
		add(c.Back, p.names.of(c.Name)+" answers again"+returned(c))
		if c.Back == nil && len(c.PIDs) > 1 {
			add(&c.Last, p.names.of(c.Name)+" was restarted: pid "+strings.Join(pids(c.PIDs, 4), " then "))
		}
	}
	slices.SortStableFunc(all, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	return all
}

func ended(text string) string {
	if text == "" {
		return "the command ends"
	}
	return "the command fails: " + message(text)
}

func noticed(w scenarios.WatchSeen) string {
	if w.Event == nil || w.Noticed == nil || *w.Noticed < *w.Event {
		return "the first effect on a session"
	}
	return fmt.Sprintf("the first effect on a session, %s s after the command", tenths(*w.Noticed-*w.Event))
}

func (p *page) lost(l scenarios.LongSession) string {
	which := "a long session"
	if l.Coordinator != "" {
		which = "the long session on " + p.names.of(l.Coordinator)
	}
	text := which + " is lost: " + cut(l.Cut)
	if !l.Class.IsZero() {
		text += " (" + name(l.Class.String()) + ")"
	}
	return text
}

// returned describes the return of a coordinator.
func returned(c scenarios.Appearance) string {
	text := ""
	if len(c.PIDs) > 1 {
		text += ", restarted: pid " + strings.Join(pids(c.PIDs, 4), " then ")
	}
	if c.Peak > 0 {
		text += fmt.Sprintf("; in the %s after that it gets up to %s of new sessions", exactSeconds(scenarios.PeakWindow), percent(c.Peak))
	}
	return text
}

// longSessions counts their outcomes; "" where there were none.
func longSessions(long []scenarios.LongSession) string {
	if len(long) == 0 {
		return ""
	}
	n := map[scenarios.Outcome]int{}
	for _, l := range long {
		n[l.Outcome]++
	}
	text := fmt.Sprintf("%d of %s stayed open to the end", n[scenarios.OutcomeOK], count(len(long), "session"))
	if lost := n[scenarios.OutcomeFailed]; lost > 0 {
		text += fmt.Sprintf("; %d lost", lost)
	}
	if unknown := n[scenarios.OutcomeUnknown]; unknown > 0 {
		text += fmt.Sprintf("; %d never opened, or ended with the run", unknown)
	}
	return text
}
