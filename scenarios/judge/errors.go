package judge

import (
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/generator"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
)

// errorsJudge asks whether sessions fail. Two in one look are enough; a lone
// one has to show again in a fresh look. What failed on this machine is load.lag's.
func errorsJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	looks := batch.Pool(e.Looks)
	f := scenarios.Finding{ID: scenarios.ErrorsRate}
	sessions := batch.Sessions(looks)
	failed, own := batch.Failures(looks), batch.LocalFailures(looks)
	if own > 0 {
		f.Note = generator.FailedHere(own) + "; not counted here, see load.lag"
	}
	if sessions == 0 {
		f.Status, f.Message = batch.NoSession(batch.Refusals(e))
		return []scenarios.Finding{f}, scenarios.NextLook{}
	}
	f.Observed, f.Expected, f.Limit = phrase.Num(failed), phrase.Num(0), phrase.Num(1)
	if failed == 0 && looks[0].Cut {
		f.Message = fmt.Sprintf("the first look ended early, of %d planned; none of %s failed", looks[0].Planned, phrase.Count(sessions, "session"))
		return []scenarios.Finding{f}, scenarios.NextLook{}
	}
	if failed == 0 {
		f.Status, f.Message = scenarios.StatusPass, fmt.Sprintf("none of %s failed", phrase.Count(sessions, "session"))
		return []scenarios.Finding{f}, scenarios.NextLook{}
	}
	groups := batch.ServiceErrors(looks)
	causes := cause.Of(e)
	f.Message, f.Subject = describeFailures(groups, causes, failed, sessions), cause.Subject(causes)
	f.Explain, f.Fix = explainFailures(groups), cause.Fixes(causes)
	status, note, next := judgeFailures(e, looks)
	f.Status, f.Note = status, phrase.Join(note, f.Note)
	f.Confirmed = f.Status == scenarios.StatusFail && looksWithFailures(looks) > 1
	return []scenarios.Finding{f}, next
}

// limitedErrorsJudge leaves failed sessions to the threshold that the scenario sets
// itself on them, and asks as errorsJudge does where there is none.
func limitedErrorsJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	looks := batch.Pool(e.Looks)
	sessions := batch.Sessions(looks)
	t, ok := threshold.ErrorLimit(e.Scenario)
	if !ok || sessions == 0 {
		return errorsJudge(e)
	}
	return []scenarios.Finding{{ID: scenarios.ErrorsRate, Status: scenarios.StatusSkipped,
		Message: fmt.Sprintf("%d of %s failed; judged by the threshold %q instead", batch.Failures(looks), phrase.Count(sessions, "session"), t)}}, scenarios.NextLook{}
}

// judgeFailures is the rule itself, on looks of which at least one has a failure.
func judgeFailures(e scenarios.Measured, looks []batch.Look) (scenarios.Status, string, scenarios.NextLook) {
	for i, l := range looks {
		switch failed := l.Failed(); {
		case failed >= 2, failed == 1 && e.Scenario.StrictErrors, failed == 1 && i > 0 && looks[i-1].Failed() == 1:
			return scenarios.StatusFail, "", scenarios.NextLook{}
		}
	}
	if last := looks[len(looks)-1]; last.Failed() == 1 {
		next := scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: looks[0].Planned, Why: "one session failed"}
		if last.Final() {
			return scenarios.StatusInconclusive, "No further look was possible to see whether it happens again", scenarios.NextLook{}
		}
		return scenarios.StatusInconclusive, fmt.Sprintf("A fresh look of %s is needed to see whether it happens again", phrase.Count(next.Sessions, "session")), next
	}
	return scenarios.StatusPass, "ONE SESSION FAILED and a fresh look had no failure: check the failed session, or set strict_errors", scenarios.NextLook{}
}

// looksWithFailures counts the looks in which a session failed.
func looksWithFailures(looks []batch.Look) int {
	n := 0
	for _, l := range looks {
		if l.Failed() > 0 {
			n++
		}
	}
	return n
}

// describeFailures is the sentence: "18 of 56 failed: tcp.refused; all 18 sessions to
// 127.0.1.13:21050 failed, none of 38 to the others".
func describeFailures(groups []scenarios.ErrorGroup, causes []cause.Cause, failed, sessions int) string {
	out := fmt.Sprintf("%d of %d failed: %s", failed, sessions, phrase.List(classNames(groups)))
	if says := cause.Sentence(causes); says != "" {
		out += "; " + says
	}
	return out
}

// classNames are the classes of groups as they are printed, each once.
func classNames(groups []scenarios.ErrorGroup) []string {
	var out []scenarios.Class
	for _, g := range groups {
		out = batch.Union(out, []scenarios.Class{g.Class})
	}
	return batch.Texts(out)
}

func explainFailures(groups []scenarios.ErrorGroup) string {
	var parts []string
	for _, g := range groups {
		who := g.Coordinator
		if who == "" {
			who = "unidentified"
		}
		parts = append(parts, fmt.Sprintf("%d %s (%s)", g.Count, g.Class, who))
	}
	return strings.Join(parts, ", ") + ". Two failed sessions in one look are a failure; a lone one must show again in a fresh look"
}
