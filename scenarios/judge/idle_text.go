package judge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// describeCut is "idle connections are cut between 55 s and 65 s (seen at 60.0 s), by FIN".
func (l idleLadder) describeCut() string {
	if len(l.dead) == 0 {
		return fmt.Sprintf("no idle connection was cut: %s answered, the last after %s", phrase.Count(len(l.alive), "session"), phrase.Seconds(l.longest()))
	}
	s := l.decidingStep()
	out := "idle connections are cut within " + phrase.Seconds(s.After)
	if s.aliveFor > 0 {
		out = fmt.Sprintf("idle connections are cut between %s and %s", phrase.Seconds(s.aliveFor), phrase.Seconds(s.After))
	}
	if s.At > 0 {
		out += fmt.Sprintf(" (seen at %s)", phrase.MeasuredSeconds(s.At))
	}
	if l.contradictory() {
		out += " over " + s.Node.String()
	}
	return out + ", " + cutBy(s.Cut, s.Class)
}

// cutBy says how a connection was cut.
func cutBy(cut scenarios.Cut, class scenarios.Class) string {
	switch cut {
	case scenarios.CutFIN:
		return "by FIN"
	case scenarios.CutRST:
		return "by RST"
	case scenarios.CutSilent:
		return "silently"
	}
	return "with " + class.String()
}

// explain lists the steps.
func (l idleLadder) explain() string {
	all := slices.Concat(l.alive, l.dead, l.unknown)
	slices.SortStableFunc(all, func(a, b idleStep) int { return cmp.Compare(a.After, b.After) })
	var parts []string
	for _, s := range all {
		parts = append(parts, phrase.Seconds(s.After)+": "+s.describe()+s.place())
	}
	if l.missing > 0 {
		parts = append(parts, phrase.Were(l.missing, "step")+" not begun")
	}
	return strings.Join(parts, "; ")
}

func (s idleStep) describe() string {
	switch {
	case s.Outcome == scenarios.OutcomeOK:
		return "alive"
	case s.Outcome == scenarios.OutcomeUnknown && s.Class.IsZero():
		return "not known"
	case s.Outcome == scenarios.OutcomeUnknown:
		return "never opened, " + s.Class.String()
	case s.At > 0:
		return fmt.Sprintf("cut at %s %s", phrase.MeasuredSeconds(s.At), cutBy(s.Cut, s.Class))
	}
	return "dead when asked, " + cutBy(s.Cut, s.Class)
}

// place is where the session went.
func (s idleStep) place() string {
	switch {
	case !s.Node.IsValid():
		return ""
	case s.Coordinator == "":
		return fmt.Sprintf(" (%s)", s.Node)
	}
	return fmt.Sprintf(" (%s, %s)", s.Node, s.Coordinator)
}
