package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/generator"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
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
	f.Message = describeFailures(e, looks, groups, failed, sessions)
	f.Explain, f.Fix = explainFailures(groups), fixesFor(groups, sessions > failed)
	status, note, next := judgeFailures(e, looks)
	f.Status, f.Note = status, phrase.Join(note, f.Note)
	f.Confirmed = f.Status == scenarios.StatusFail && looksWithFailures(looks) > 1
	return []scenarios.Finding{f}, next
}

// stagesErrorsJudge leaves failed sessions to the threshold that the stages set
// themselves on them, and asks as errorsJudge does where there is none.
func stagesErrorsJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
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

// describeFailures is the sentence: "8 of 40 failed, as one broken of five would:
// open.timeout; never seen: coord-b1".
func describeFailures(e scenarios.Measured, looks []batch.Look, groups []scenarios.ErrorGroup, failed, sessions int) string {
	cs := batch.MatchExpected(e.Scenario, looks)
	unseen := cs.Unseen()
	out := fmt.Sprintf("%d of %d failed", failed, sessions)
	if k := len(cs.Slots); cs.Declared > 1 && failed > 1 && likelySawAll(sessions, k) && consistentWith(failed, sessions, max(1, unseen), k) {
		out += fmt.Sprintf(", consistent with %s broken of %s", phrase.Number(max(1, unseen)), phrase.Number(k))
	}
	out += ": " + phrase.List(classNames(groups))
	switch names := cs.Missing(); {
	case len(names) > 0:
		out += "; never seen: " + phrase.List(names)
	case cs.Declared > 0 && unseen > 0:
		out += fmt.Sprintf("; never seen: %d of %d", unseen, cs.Declared)
	}
	if where := failedCoordinators(groups); len(where) > 0 {
		out += "; on " + phrase.List(where)
	}
	return out
}

// likelySawAll reports whether this many sessions would hardly miss one of k: only then
// do those never seen tell who is broken.
func likelySawAll(sessions, k int) bool {
	return stats.MissProbability(1/float64(k), float64(sessions)) <= .05
}

// consistentWith reports whether the number of failures is what broken coordinators
// out of all would give: neither tail is below 2.5 %.
func consistentWith(failed, sessions, broken, of int) bool {
	p := float64(broken) / float64(of)
	return stats.BinomialAtLeast(failed, sessions, p) > .025 && stats.BinomialAtMost(failed, sessions, p) > .025
}

// classNames are the classes of groups as they are printed, each once.
func classNames(groups []scenarios.ErrorGroup) []string {
	var out []scenarios.Class
	for _, g := range groups {
		out = batch.Union(out, []scenarios.Class{g.Class})
	}
	return batch.Texts(out)
}

// failedCoordinators are the coordinators that failed sessions named.
func failedCoordinators(groups []scenarios.ErrorGroup) []string {
	var out []string
	for _, g := range groups {
		if g.Coordinator != "" && !slices.Contains(out, g.Coordinator) {
			out = append(out, g.Coordinator)
		}
	}
	return out
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

// fixesFor is what to try about the most frequent failure for which there is a fix.
// Where other sessions logged in with the same settings, the settings are not the
// cause, although the hint of a single session names them.
func fixesFor(groups []scenarios.ErrorGroup, othersGotIn bool) scenarios.Fixes {
	for _, g := range groups {
		if text := partialFailures[g.Class.Kind]; othersGotIn && text != "" && slices.Contains(loginPhases, g.Class.Phase) {
			return phrase.Try("other sessions succeeded with the same settings, so it is not the settings: " + text)
		}
		if len(g.Hint) > 0 {
			return g.Hint
		}
	}
	return nil
}

// loginPhases are the phases in which a mismatch of settings shows.
var loginPhases = []scenarios.Phase{scenarios.PhaseTLS, scenarios.PhaseSASL, scenarios.PhaseOpen}

// partialFailures is what a failed login means where others succeed.
var partialFailures = map[vocab.Kind]string{
	vocab.KindTimeout:   "a coordinator hangs, or all its service threads (--fe_service_threads) are busy",
	vocab.KindEOF:       "a coordinator behind the balancer is gone, or is configured unlike the others",
	vocab.KindReset:     "a coordinator behind the balancer is gone, or is configured unlike the others",
	vocab.KindRejected:  "a coordinator's login is configured unlike the others', or its directory server does not answer",
	vocab.KindMechanism: "a coordinator's login is configured unlike the others'",
	vocab.KindNeedsSASL: "a coordinator's login is configured unlike the others'",
	vocab.KindNeedsTLS:  "a coordinator has TLS and the others have not",
	vocab.KindNotTLS:    "a coordinator has no TLS and the others have",
	vocab.KindGarbage:   "something behind the balancer is not a coordinator",
	vocab.KindOversize:  "something behind the balancer is not a coordinator",
	vocab.KindMismatch:  "something behind the balancer is not a coordinator",
	vocab.KindHTTP:      "something behind the balancer is not a coordinator",
}
