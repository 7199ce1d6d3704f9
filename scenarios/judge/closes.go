package judge

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// closesJudge asks whether the coordinators closed the sessions when they were asked
// to: an HS2 session that is left open counts until Impala gives it up, by default
// after 15 minutes without a connection.
func closesJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	f := scenarios.Finding{ID: scenarios.SessionsClosed}
	all, tallies := closesOf(e)
	if all.Closes == 0 {
		f.Status, f.Message = noCloses(e)
		return []scenarios.Finding{f}, scenarios.NextLook{}
	}
	f.Observed, f.Expected, f.Limit = phrase.Num(all.Failed), phrase.Num(0), phrase.Num(closesFail*float64(all.Closes))
	worst := worstCloses(all, tallies)
	switch {
	case all.Failed == 0:
		f.Status, f.Message = scenarios.StatusPass, fmt.Sprintf("%s closed", phrase.Were(all.Closes, "session"))
		return []scenarios.Finding{f}, scenarios.NextLook{}
	case nearlyAllFailed(worst):
		f.Status, f.Subject = scenarios.StatusFail, worst.Coordinator
		f.Message = describeCloses(worst, all)
	default:
		f.Status, f.Message = scenarios.StatusPass, describeCloses(all, all)
		f.Note = fmt.Sprintf("%s may be left open on the server", phrase.Count(all.Failed, "session"))
	}
	f.Explain = fmt.Sprintf("It fails where at least %.0f %% of the closes of one coordinator, or of all, failed", closesFail*100)
	if worst.Example != "" {
		f.Explain += "; the first failure: " + worst.Example
	}
	if f.Fix = phrase.Try("find out why the coordinators do not answer CloseSession (their logs, port 25000 /sessions)", "let sessions that clients abandon end soon, by --disconnected_session_timeout"); worst.Class.Kind == vocab.KindForeignHandle {
		f.Fix = cause.Persistence(e.Scenario)
	}
	return []scenarios.Finding{f}, scenarios.NextLook{}
}

// noCloses says why there is no close to judge. A run records each; evidence of good
// sessions without any is of something that did not keep them.
func noCloses(e scenarios.Measured) (scenarios.Status, string) {
	_, good, _, _ := e.Pooled().Total()
	refused := batch.Refusals(e)
	switch {
	case good > 0:
		return scenarios.StatusSkipped, "it was not recorded how sessions were closed"
	case refused > 0:
		return batch.NoSession(refused)
	}
	return scenarios.StatusInconclusive, "no session was closed"
}

// closesFail is the share of closes that fails a coordinator: all, but for a few that
// a loaded server answered nevertheless. Fewer are a note.
const closesFail = .9

// minCloses is how many closes of one coordinator say something of it alone.
const minCloses = 3

func nearlyAllFailed(t scenarios.CloseTally) bool {
	return t.Failed > 1 && float64(t.Failed) >= closesFail*float64(t.Closes)
}

// worstCloses is all closes together where they fail, or else those of the
// coordinator of which the most failed, or else all of them.
func worstCloses(all scenarios.CloseTally, tallies []scenarios.CloseTally) scenarios.CloseTally {
	if nearlyAllFailed(all) {
		return all
	}
	worst := all
	for _, t := range tallies {
		if t.Coordinator != "" && t.Closes >= minCloses && nearlyAllFailed(t) && (worst.Coordinator == "" || t.Failed > worst.Failed) {
			worst = t
		}
	}
	return worst
}

// closesOf adds the closes up. A result of an earlier version has only the times of
// those that succeeded: they are all only where no session was left open.
func closesOf(e scenarios.Measured) (all scenarios.CloseTally, tallies []scenarios.CloseTally) {
	if len(e.Closes) == 0 {
		if e.Sessions.LeftOpen > 0 {
			return scenarios.CloseTally{}, nil
		}
		return scenarios.CloseTally{Closes: e.Phases.Count(scenarios.PhaseClose)}, nil
	}
	for _, t := range e.Closes {
		t.Coordinator = ""
		all = scenarios.MergeCloses([]scenarios.CloseTally{all}, t)[0]
	}
	return all, e.Closes
}

// describeCloses is "all 18 closes on coord-a2:25000 failed (close.timeout), none of
// 38 on the others".
func describeCloses(t, all scenarios.CloseTally) string {
	out := fmt.Sprintf("%d of %s", t.Failed, phrase.Count(t.Closes, "close"))
	if t.Failed == t.Closes {
		out = "all " + phrase.Count(t.Closes, "close")
	}
	if t.Coordinator != "" {
		out += " on " + t.Coordinator
	}
	out += " failed"
	if !t.Class.IsZero() {
		out += fmt.Sprintf(" (%s)", t.Class)
	}
	if t.Coordinator != "" {
		out += fmt.Sprintf(", %s of %d on the others", phrase.Number(all.Failed-t.Failed), all.Closes-t.Closes)
	}
	if t.Class.IsTimeout() {
		out += ": CloseSession got no answer, and the sessions may stay open on the server"
	}
	return out
}
