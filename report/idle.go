package report

import (
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeIdle shows what became of each session of the ladder, then between which
// two the cut lies.
func writeIdle(p *page, r scenarios.Result) {
	if r.Idle == nil {
		return
	}
	p.title("Idle connections")
	p.ladder(*r.Idle)
	p.say("%s", bracket(*r.Idle))
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
		return "cut in silence"
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

// errorOf is a class and the server's words.
func errorOf(class scenarios.Class, text string) string {
	return strings.TrimSuffix(strings.TrimSpace(name(class.String())+": "+message(text)), ":")
}

// bracket says between which idle times connections are cut.
func bracket(s scenarios.IdleSeen) string {
	switch {
	case s.FirstDead == 0 && s.LastAlive == 0:
		return "No session of the ladder tells."
	case s.FirstDead == 0:
		return fmt.Sprintf("Nothing is cut up to %s of idling.", elapsed(s.LastAlive))
	case s.LastAlive > s.FirstDead:
		return fmt.Sprintf("One was dead after %s though another lived for %s: not idling alone cuts them, or not on every way in.", elapsed(s.FirstDead), elapsed(s.LastAlive))
	}
	text := fmt.Sprintf("Dead after %s of idling", elapsed(s.FirstDead))
	if s.LastAlive > 0 {
		text += fmt.Sprintf(", alive after %s: the cut lies between the two", elapsed(s.LastAlive))
	}
	if s.At > 0 {
		text += fmt.Sprintf("; it was seen after %s", elapsed(s.At))
	}
	if s.Cut == scenarios.CutSilent {
		text += "; nobody is told, and who speaks again waits until a deadline of its own"
	}
	return text + "."
}
