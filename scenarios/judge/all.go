package judge

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Judge asks every judge and draws the verdict. Of several wishes for a further
// look the largest is passed on, but a first look that must grow goes before
// all others; where the last look was cut, or the ceiling of [Plan] is reached,
// none is, and what waits for a look stays inconclusive.
func Judge(e scenarios.Measured) Report {
	j := decide(e)
	if j.Next.Sessions == 0 && kindRules[e.Scenario.Kind.OrLooks()].balance {
		j.Inferred = inferred(e)
		j.Detect = detect(e, j.Findings)
	}
	return j
}

// decide is Judge without what only a last word needs: the policy that the order
// shows, and the power of the look, which takes longer than all the rest.
func decide(e scenarios.Measured) Report {
	var j Report
	for _, judge := range kindRules[e.Scenario.Kind.OrLooks()].judges {
		findings, ask := judge(e)
		j.Findings = append(j.Findings, findings...)
		j.Next = larger(j.Next, ask)
	}
	if !affordable(e, j.Next) {
		j.Next = scenarios.NextLook{}
	}
	j.Findings = stopped(e, j.Findings)
	j.Verdict = scenarios.VerdictOf(j.Findings)
	j.Notes = notes(e)
	j.Capacity = completed(e)
	return j
}

// larger is the wish that serves both.
func larger(a, b scenarios.NextLook) scenarios.NextLook {
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
func affordable(e scenarios.Measured, ask scenarios.NextLook) bool {
	if ask.Sessions == 0 || len(e.Looks) == 0 || e.Looks[len(e.Looks)-1].Cut || e.Looks[0].Kind == scenarios.Whole {
		return false
	}
	taken := 0
	for _, l := range e.Looks {
		taken += l.Planned
	}
	return taken+ask.Sessions <= ceilingN(e.Scenario) && len(e.Looks) < maxLooks
}

// notes are what to know of the run besides its findings.
func notes(e scenarios.Measured) []string {
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
