package report

import (
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeIdle shows what became of each idle session. Between which two of them
// connections are cut is the finding idle.cut.
func writeIdle(p *page, r scenarios.Result) {
	if r.Idle == nil {
		return
	}
	p.title("Idle connections")
	p.idleSteps(r.Idle.Steps)
	if s := r.Idle.Scale; s != 0 && s != 1 {
		p.say("The scenario's times were multiplied by %.6g.", s)
	}
}

func (p *page) idleSteps(steps []scenarios.IdleStep) {
	if len(steps) == 0 {
		return
	}
	cols := []column{
		{title: "idle", right: true}, {title: "then"}, {title: "detected"}, {title: "coordinator", min: 11}, {title: "error", min: 12, text: true},
	}
	var rows [][]string
	for _, s := range steps {
		rows = append(rows, []string{
			exactSeconds(s.After), idleOutcome(s.Outcome, s.Cut), detectedAt(s), orDash(p.names.of(s.Coordinator)), orDash(errorOf(s.Class, s.Text)),
		})
	}
	p.table(cols, rows)
	p.say("%s", p.names.legend())
}

// idleOutcome is one session's outcome in a word or two.
func idleOutcome(o scenarios.Outcome, c scenarios.Cut) string {
	switch o {
	case scenarios.OutcomeOK:
		return "alive"
	case scenarios.OutcomeFailed:
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

func detectedAt(s scenarios.IdleStep) string {
	switch {
	case s.Outcome == scenarios.OutcomeUnknown:
		return "-"
	case s.Outcome == scenarios.OutcomeFailed && s.At > 0:
		return "after " + exactSeconds(s.At)
	default:
		return "when asked"
	}
}

// errorOf is a class and the server's words.
func errorOf(class scenarios.Class, text string) string {
	return strings.TrimSuffix(strings.TrimSpace(name(class.String())+": "+message(text)), ":")
}
