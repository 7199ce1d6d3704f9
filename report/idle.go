package report

import (
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeIdle shows what became of each session of the ladder. Between which two the
// cut lies is for the finding to say.
func writeIdle(p *page, r scenarios.Result) {
	if r.Idle == nil {
		return
	}
	p.title("Idle connections")
	p.ladder(*r.Idle)
	if s := r.Idle.Scale; s != 0 && s != 1 {
		p.say("The scenario's times were multiplied by %.6g.", s)
	}
}

func (p *page) ladder(seen scenarios.IdleSeen) {
	if len(seen.Steps) == 0 {
		return
	}
	cols := []column{
		{title: "idle", right: true}, {title: "then"}, {title: "seen"}, {title: "coordinator", least: 11}, {title: "error", least: 12, text: true},
	}
	var rows [][]string
	for _, s := range seen.Steps {
		rows = append(rows, []string{
			elapsed(s.After), became(s.Outcome, s.Cut), whenSeen(s), orDash(p.names.of(s.Coordinator)), orDash(errorOf(s.Class, s.Text)),
		})
	}
	p.table(cols, rows)
	p.say("%s", p.names.legend())
}

// became is one session's fate in a word or two.
func became(o scenarios.Outcome, c scenarios.Cut) string {
	switch o {
	case scenarios.OK:
		return "alive"
	case scenarios.Failed:
		return cut(c)
	default:
		return "unknown"
	}
}

// cut is how a connection ended.
func cut(c scenarios.Cut) string {
	switch c {
	case scenarios.CutFIN:
		return "closed (FIN)"
	case scenarios.CutRST:
		return "reset (RST)"
	case scenarios.CutSilent:
		return "cut silently"
	default:
		return "dead"
	}
}

func whenSeen(s scenarios.IdleStep) string {
	switch {
	case s.Outcome == scenarios.Unknown:
		return "-"
	case s.Outcome == scenarios.Failed && s.At > 0:
		return "after " + elapsed(s.At)
	default:
		return "when asked"
	}
}

// errorOf is a class and server's text.
func errorOf(class scenarios.Class, text string) string {
	return strings.TrimSuffix(strings.TrimSpace(name(class.String())+": "+message(text)), ":")
}
