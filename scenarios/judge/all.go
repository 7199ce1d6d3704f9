package judge

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// judges are asked in this order, and their findings keep it. Balance is judged
// where sessions are spread by the balancer alone, in good times.
func judges(kind scenarios.Kind) []judgeFunc {
	switch kind {
	case scenarios.KindCertificates:
		return []judgeFunc{tlsJudge, nodesJudge, silentJudge}
	case scenarios.KindStages:
		return []judgeFunc{errorsJudge, tlsJudge, whoJudge, balanceJudge, lagJudge, pagesJudge, thresholdsJudge}
	case scenarios.KindCapacity:
		return []judgeFunc{capacityJudge, tlsJudge, whoJudge, lagJudge, pagesJudge, thresholdsJudge}
	case scenarios.KindQuery:
		return []judgeFunc{queryJudge, tlsJudge, whoJudge, pagesJudge, thresholdsJudge}
	case scenarios.KindIdle:
		return []judgeFunc{idleJudge, tlsJudge, pagesJudge}
	case scenarios.KindWatch:
		return []judgeFunc{watchJudge, tlsJudge, lagJudge, pagesJudge, thresholdsJudge}
	}
	return []judgeFunc{errorsJudge, tlsJudge, whoJudge, balanceJudge, lagJudge, pagesJudge, thresholdsJudge}
}

// Judge asks every judge and draws the verdict. Of several wishes for a further
// look the largest is passed on, but a first look that must grow goes before
// all others; where the last look was cut, or the ceiling of [Plan] is reached,
// none is, and what waits for a look stays inconclusive.
func Judge(e Evidence) Report {
	j := decide(e)
	if j.Next.Sessions == 0 && balanced(e.Scenario.Kind) {
		j.Inferred = inferred(e)
		j.detect(e)
	}
	return j
}

// balanced reports whether balance is judged of a kind.
func balanced(kind scenarios.Kind) bool {
	switch kind {
	case scenarios.KindCertificates, scenarios.KindCapacity, scenarios.KindQuery, scenarios.KindIdle, scenarios.KindWatch:
		return false
	}
	return true
}

// decide is Judge without what only a last word needs: the policy that the order
// shows, and the power of the look, which takes longer than all the rest.
func decide(e Evidence) Report {
	var j Report
	for _, judge := range judges(e.Scenario.Kind) {
		findings, ask := judge(e)
		j.Findings = append(j.Findings, findings...)
		j.Next = larger(j.Next, ask)
	}
	if !affordable(e, j.Next) {
		j.Next = NextLook{}
	}
	j.Findings = stopped(e, j.Findings)
	j.Verdict = scenarios.VerdictOf(j.Findings)
	j.Notes = notes(e)
	j.Capacity = completed(e)
	return j
}

// larger is the wish that serves both.
func larger(a, b NextLook) NextLook {
	switch {
	case b.Sessions == 0:
		return a
	case a.Sessions == 0:
		return b
	case (a.Kind == scenarios.First) != (b.Kind == scenarios.First):
		if a.Kind == scenarios.First {
			return a
		}
		return b
	case b.Sessions > a.Sessions:
		return b
	}
	return a
}

// affordable says whether a look may still be asked for.
func affordable(e Evidence, ask NextLook) bool {
	if ask.Sessions == 0 || len(e.Looks) == 0 || e.Looks[len(e.Looks)-1].Cut || e.Looks[0].Kind == scenarios.Whole {
		return false
	}
	taken := 0
	for _, l := range e.Looks {
		taken += l.Planned
	}
	return taken+ask.Sessions <= ceilingN(e.Scenario) && len(e.Looks) < mostLooks
}

// notes are what to know of the run besides its findings.
func notes(e Evidence) []string {
	var out []string
	refused := 0
	for _, l := range e.Looks {
		refused += l.Refused
	}
	if refused > 0 {
		out = append(out, fmt.Sprintf("%s ended by us because of the certificate, and counted nowhere else", were(refused, "session")))
	}
	return out
}
