package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/compare"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balance"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Judge asks every judge and draws the verdict. Of several requests for a further
// look the largest is passed on, but a first look that must grow goes before
// all others; where some finding has failed, the last look was cut, or the most that
// the run may cost is reached, none is, and what waits for a look stays inconclusive.
//
// Of a shard they are not asked: see ofShard.
func Judge(e scenarios.Measured) Judgement {
	if e.Shard != nil {
		return ofShard(e)
	}
	e, note := byAccount(e)
	j := decide(e)
	if note != "" {
		j.Notes = append(j.Notes, note)
	}
	if j.Next.Sessions == 0 && kindOf(e).balance {
		j.Inferred = balance.Inferred(e)
		j.Detect = balance.Detect(e, j.Findings)
	}
	return j
}

// decide is Judge without what only a last word needs: the policy that the order
// shows, and the power of the look, which takes longer than all the rest.
func decide(e scenarios.Measured) Judgement {
	var j Judgement
	for _, judge := range kindOf(e).judges {
		findings, next := judge(e)
		j.Findings = append(j.Findings, findings...)
		j.Next = larger(j.Next, next)
	}
	j.Findings = append(j.Findings, compare.Judge(e)...)
	j.Findings = proven(e, stopped(e, withSlowLogins(e, j.Findings)))
	j.Verdict = scenarios.VerdictOf(j.Findings)
	if failedForGood(j.Findings) || !affordable(e) {
		j.Next = scenarios.NextLook{}
	}
	j.Notes = notes(e)
	j.Capacity = completed(e)
	return j
}

// larger is the request that serves both.
func larger(a, b scenarios.NextLook) scenarios.NextLook {
	switch {
	case b.Sessions == 0:
		return a
	case a.Sessions == 0:
		return b
	case (a.Kind == scenarios.LookFirst) != (b.Kind == scenarios.LookFirst):
		if a.Kind == scenarios.LookFirst {
			return a
		}
		return b
	case b.Sessions > a.Sessions:
		return b
	}
	return a
}

// failedForGood reports whether some finding has failed, so that no further look is
// worth its sessions. A coordinator that was not declared is left aside: it mostly
// stands in for one that is missing, and further looks say which. So are settings on
// AWS: they were known before the first session.
func failedForGood(findings []scenarios.Finding) bool {
	return slices.ContainsFunc(findings, func(f scenarios.Finding) bool {
		return f.Status == scenarios.StatusFail && f.ID != scenarios.BalanceUnexpected && !strings.HasPrefix(f.ID, scenarios.AuditPrefix)
	})
}

// affordable says whether a look may still be asked for.
func affordable(e scenarios.Measured) bool {
	return len(e.Looks) > 0 && !e.Looks[len(e.Looks)-1].Cut && e.Looks[0].Kind != scenarios.LookWhole &&
		len(batch.Pool(e.Looks)) < budget.MaxLooks
}

// notes are what to know of the run besides its findings.
func notes(e scenarios.Measured) []string {
	var out []string
	if text := sumOf(e.Sources); text != "" {
		out = append(out, text)
	}
	if refused := batch.Refusals(e); refused > 0 {
		out = append(out, fmt.Sprintf("%s ended because of the certificate, and not counted", phrase.Were(refused, "session")))
	}
	if text := onlyTogether(e); text != "" {
		out = append(out, text)
	}
	return out
}

// Judgement is what all judges together say.
type Judgement struct {
	Findings []scenarios.Finding
	Verdict  scenarios.Status
	Next     scenarios.NextLook
	Inferred scenarios.Policy // as the order of sessions tells it; "": it does not
	Detect   *scenarios.Detectable
	Notes    []string
	Capacity *scenarios.Capacity // the evidence's, completed; nil where it has none
}
