package reconcile

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// conclude draws the verdict.
func (r *Reconciliation) conclude() {
	r.Verdict = scenarios.VerdictOf(r.Findings)
	first := slices.IndexFunc(r.Findings, func(f scenarios.Finding) bool { return f.Status == r.Verdict })
	joined := fmt.Sprintf("%d of %d sessions joined with the log", r.Sessions.Joined, r.Sessions.Total)
	switch r.Verdict {
	case scenarios.StatusPass:
		r.Summary = fmt.Sprintf("PASS: %s.", joined)
		if r.Log.Backends {
			r.Summary = fmt.Sprintf("PASS: %s, and backends and coordinators are one to one.", joined)
		}
	case scenarios.StatusFail:
		r.Exit = scenarios.ExitFail
		r.Summary = fmt.Sprintf("FAIL: %s (%s); %s.", r.Findings[first].Message, r.Findings[first].ID, joined)
	default:
		r.Exit = scenarios.ExitInconclusive
		r.Summary = fmt.Sprintf("INCONCLUSIVE: %s; %s.", r.explained(first), joined)
	}
}

func (r *Reconciliation) explained(finding int) string {
	if finding < 0 {
		return "nothing was judged"
	}
	return fmt.Sprintf("%s (%s)", r.Findings[finding].Message, r.Findings[finding].ID)
}
