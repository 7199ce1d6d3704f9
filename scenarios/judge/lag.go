package judge

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/generator"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
)

// lagRules are what differs by kind.
type lagRules struct {
	dropsNeedThreshold bool // sessions that never started prove nothing unless a threshold counts them
	sequential         bool // a session waits for those before it, not for a free slot
}

// lagJudge asks whether the generator kept up: where it did not, times say
// nothing of the service, and the run proves nothing. A run without a pace
// promised nothing, and there is no finding.
func lagJudge(rules lagRules) judgeFunc {
	return func(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
		g := generator.Of(e)
		if g.Paced+g.Dropped+g.Local == 0 {
			return nil, scenarios.NextLook{}
		}
		return []scenarios.Finding{lagFinding(g, e.Scenario, rules)}, scenarios.NextLook{}
	}
}

// lagFinding is the claim.
func lagFinding(p generator.Generator, s scenarios.Scenario, rules lagRules) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.LoadLag, Limit: phrase.Num(phrase.Milliseconds(scenarios.LateAfter))}
	if p.Paced > 0 {
		f.Observed = phrase.Num(phrase.Milliseconds(p.P99))
		f.Explain = fmt.Sprintf("Of %s, %d started more than %s late, and %d of them by the generator's fault; more than %d of those would be too many. p99 of what it owes: %s",
			phrase.Count(p.Paced, "session"), p.Late, scenarios.LateAfter, p.LateByGenerator, p.Allowed(), phrase.Precise(p.P99))
	}
	switch {
	case p.Behind():
		what, fixes := p.Cause()
		f.Message, f.Fix = p.DescribeFailure()+": "+what, fixes
	case p.Dropped > 0 && rules.dropsNeedThreshold && !threshold.CountsDropped(s):
		f.Message = p.DescribeDropped() + "; nothing declared says whether that is too slow"
		f.Fix = slices.Concat(phrase.Set("thresholds", "", "add a threshold on session.login, in which they count as infinite"), phrase.Set("load.concurrency", "", "raise the concurrency if the service is not at fault"))
	default:
		f.Status = scenarios.Pass
		f.Message = "the generator started every session in time"
		if p.Late > 0 {
			f.Message = "the generator kept up"
		}
	}
	f.Note = lagRemarks(p, s, rules, f.Status)
	return f
}

// lagRemarks are what to know though the generator kept up, or besides that it did not.
func lagRemarks(p generator.Generator, s scenarios.Scenario, rules lagRules, status scenarios.Status) string {
	note := ""
	if p.Dropped > 0 && status == scenarios.Pass {
		note = p.DescribeDropped() + "; that is the service's, and errors and thresholds say how bad it is"
	}
	if waited := p.Late - p.LateByGenerator; waited > 0 {
		why := fmt.Sprintf("%s waited for a free place: the service was slow, or load.concurrency, %d, is too low", phrase.Count(waited, "session"), s.Load.Concurrency)
		if rules.sequential {
			why = fmt.Sprintf("%s started late because those before had not ended: the service was slow for a pace of %s", phrase.Count(waited, "session"), s.Load.Rate)
		}
		note = phrase.Join(note, why)
	}
	for _, r := range p.Short {
		if status == scenarios.Pass {
			note = phrase.Join(note, fmt.Sprintf("The plan takes %d %s where this machine has %d", r.Need, r.Name, r.Have))
		}
	}
	return note
}
