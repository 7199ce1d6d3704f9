package judge

import (
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/generator"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
)

// lagRules are what differs by kind.
type lagRules struct {
	dropsNeedThreshold bool // sessions that never started prove nothing unless a threshold counts them
	sequential         bool // a session waits for those before it, not for a free slot
	rateAsked          bool // that sessions come at a rate is what the run is for

	// blindFor is for how long no session may have started late for what the run is
	// for to be seen; 0: it does not depend on that.
	blindFor time.Duration
}

// depends reports whether what is judged depends on when sessions started: a rate
// does, and every threshold of a time.
func (r lagRules) depends(g generator.Generator, s scenarios.Scenario) bool {
	return g.Local > 0 || r.rateAsked || r.blindFor > 0 && g.Max > r.blindFor || threshold.Timed(s)
}

// lagJudge asks whether the generator kept up: where it did not, times say nothing of
// the service, and a run that is judged by them proves nothing. Errors, balance and
// certificates do not depend on it. A run without a pace promised nothing, and there is
// no finding.
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
	switch what, fixes := g.Cause(); {
	case g.Behind() && !rules.depends(g, s):
		f.Status, f.Message = scenarios.StatusPass, g.DescribeFailure()+": "+what
	case g.Behind():
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
	if g.Behind() && status == scenarios.StatusPass {
		note = "Times are longer by that; nothing that was judged depends on them"
	}
	if rules.blindFor > 0 && g.Behind() && g.Max > rules.blindFor {
		note = fmt.Sprintf("No session started for up to %s: an outage that short may have been missed", phrase.Precise(g.Max))
	}
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
