package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeWatch tells what happened, in the order of time, then what it cost.
func writeWatch(p *page, r scenarios.Result) {
	w := r.Watch
	if w == nil {
		return
	}
	p.title("What was seen, in seconds since the start")
	ms := p.moments(*w)
	for _, m := range ms[:min(maxRows, len(ms))] {
		head := fmt.Sprintf("%s%8.1f  ", indent, within(float64(m.at), 0, 1e9))
		p.para(head, len(head), m.text)
	}
	if beyond := len(ms) - maxRows; beyond > 0 {
		p.say("... and %s in the JSON", count(beyond, "more event"))
	}
	p.say("%s", p.names.legend())
	p.fact("new", fmt.Sprintf("%s in %s, %d of them failed", count(w.Sessions, "session"), seconds(float64(w.For)), w.Errors))
	if w.Errors > 0 {
		p.fact("outage", fmt.Sprintf("%s, from when the first that failed was due to the first good one after the last", seconds(float64(w.Outage))))
	}
	p.fact("long", fates(w.Long))
}

// moment is one thing that happened.
type moment struct {
	at   scenarios.Seconds
	text string
}

// moments are all of them, by time; what is written first comes first where two
// share one.
func (p *page) moments(w scenarios.WatchSeen) []moment {
	var ms []moment
	add := func(at *scenarios.Seconds, text string) {
		if at != nil {
			ms = append(ms, moment{*at, text})
		}
	}
	add(w.Event, "the command that was given is started")
	add(w.EventEnd, ended(w.EventText))
	add(w.Noticed, noticed(w))
	add(w.FirstErr, "due: the first new session that fails")
	if w.Errors > 1 {
		add(w.LastErr, "due: the last new session that fails")
	}
	for _, l := range w.Long {
		if l.Outcome == scenarios.Failed {
			add(&l.At, p.lost(l))
		}
	}
	for _, c := range w.Coords {
		add(c.Gone, p.names.of(c.Name)+" answers for the last time before it is gone")
		add(c.Back, p.names.of(c.Name)+" answers again"+returned(c))
		if c.Back == nil && len(c.PIDs) > 1 {
			add(&c.Last, p.names.of(c.Name)+" has been restarted: pid "+strings.Join(pids(c.PIDs, 4), " then "))
		}
	}
	slices.SortStableFunc(ms, func(a, b moment) int { return cmp.Compare(a.at, b.at) })
	return ms
}

func ended(text string) string {
	if text == "" {
		return "the command has ended"
	}
	return "the command has failed: " + message(text)
}

func noticed(w scenarios.WatchSeen) string {
	if w.Event == nil || w.Noticed == nil || *w.Noticed < *w.Event {
		return "noticed for the first time"
	}
	return fmt.Sprintf("noticed for the first time, %.1f s after the command", within(float64(*w.Noticed-*w.Event), 0, 1e9))
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

// returned says how a coordinator came back.
func returned(c scenarios.Appearance) string {
	text := ""
	if len(c.PIDs) > 1 {
		text += ", restarted: pid " + strings.Join(pids(c.PIDs, 4), " then ")
	}
	if c.Peak > 0 {
		text += fmt.Sprintf("; in %s after that it gets up to %s of the new sessions", elapsed(scenarios.PeakWindow), percent(c.Peak))
	}
	return text
}

// fates counts what became of the long sessions; "" where there were none.
func fates(long []scenarios.LongSession) string {
	if len(long) == 0 {
		return ""
	}
	n := map[scenarios.Outcome]int{}
	for _, l := range long {
		n[l.Outcome]++
	}
	text := fmt.Sprintf("%d of %s stayed open to the end", n[scenarios.OK], count(len(long), "session"))
	if lost := n[scenarios.Failed]; lost > 0 {
		text += fmt.Sprintf("; %d lost", lost)
	}
	if unknown := n[scenarios.Unknown]; unknown > 0 {
		text += fmt.Sprintf("; %d never opened, or the run ended first", unknown)
	}
	return text
}
