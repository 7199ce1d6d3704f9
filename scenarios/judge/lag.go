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
func lagFinding(g generator.Generator, s scenarios.Scenario, rules lagRules) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.LoadLag, Limit: phrase.Num(phrase.Milliseconds(scenarios.LateAfter))}
	if g.Paced > 0 {
		f.Observed = phrase.Num(phrase.Milliseconds(g.P99))
		f.Explain = fmt.Sprintf("%s; %d started more than %s late, %d of them because of the generator (allowed: %d). p99 of the generator's lateness: %s",
			phrase.Count(g.Paced, "session"), g.Late, scenarios.LateAfter, g.LateByGenerator, g.Allowed(), phrase.Precise(g.P99))
	}
	switch {
	case g.Behind():
		what, fixes := g.Cause()
		f.Message, f.Fix = g.DescribeFailure()+": "+what, fixes
	case g.Dropped > 0 && rules.dropsNeedThreshold && !threshold.CountsDropped(s):
		f.Message = g.DescribeDropped() + "; no threshold says whether that is too slow"
		f.Fix = slices.Concat(phrase.Set("thresholds", "", "add a threshold on session.login, in which they count as infinite"), phrase.Set("load.concurrency", "", "raise the concurrency if the service is not at fault"))
	default:
		f.Status = scenarios.StatusPass
		f.Message = "the generator started every session in time"
		if g.Late > 0 {
			f.Message = "the generator kept up"
		}
	}
	f.Note = lagRemarks(g, s, rules, f.Status)
	return f
}

// lagRemarks are what to know though the generator kept up, or besides that it did not.
func lagRemarks(g generator.Generator, s scenarios.Scenario, rules lagRules, status scenarios.Status) string {
	note := ""
	if g.Dropped > 0 && status == scenarios.StatusPass {
		note = g.DescribeDropped() + "; the service caused it; see the errors and thresholds"
	}
	if waited := g.Late - g.LateByGenerator; waited > 0 {
		why := fmt.Sprintf("%s waited for a free slot: the service was slow, or load.concurrency (%d) is too low", phrase.Count(waited, "session"), s.Load.Concurrency)
		if rules.sequential {
			why = fmt.Sprintf("%s started late because earlier ones had not ended: the service was too slow for a rate of %s", phrase.Count(waited, "session"), s.Load.Rate)
		}
		note = phrase.Join(note, why)
	}
	for _, r := range g.Short {
		if status == scenarios.StatusPass {
			note = phrase.Join(note, fmt.Sprintf("The plan needs %d %s; this machine has %d", r.Need, r.Name, r.Have))
		}
	}
	return note
}
