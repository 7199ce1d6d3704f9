package judge

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// parseAll reads a scenario's thresholds in the order of their metrics, and
// tells which of them needs the most samples.
func parseAll(s scenarios.Scenario) (all []Threshold, most Threshold, err error) {
	for _, metric := range slices.Sorted(maps.Keys(s.Thresholds)) {
		for _, expr := range s.Thresholds[metric] {
			t, err := ParseThreshold(metric, expr)
			if err != nil {
				return nil, Threshold{}, err
			}
			if t.Needs() > most.Needs() {
				most = t
			}
			all = append(all, t)
		}
	}
	return all, most, nil
}

// thresholdsJudge holds the run against the limits that the user set. No data fails.
func thresholdsJudge(e Evidence) ([]scenarios.Finding, Ask) {
	all, _, err := parseAll(e.Scenario)
	if err != nil {
		return []scenarios.Finding{{ID: scenarios.ThresholdPrefix + "unreadable", Message: err.Error()}}, Ask{}
	}
	looks := pool(e.Looks)
	var out []scenarios.Finding
	for _, t := range all {
		out = append(out, t.judge(e, looks))
	}
	return out, Ask{}
}

// judge measures one threshold.
func (t Threshold) judge(e Evidence, looks []look) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.ThresholdPrefix + t.Metric + ": " + t.Expr}
	sessions := 0
	for _, l := range looks {
		sessions += l.sessions()
	}
	failed := t.failures(looks)
	finished := sessions - failed
	if !t.Whole {
		finished = e.Phases.Count(t.Phase)
	}
	var v float64
	n := finished + failed
	switch t.Agg {
	case Count:
		v = float64(finished)
	case ErrorRate:
		v, n = float64(failed)/float64(sessions), sessions
	case Max:
		v = t.ranked(e, finished, n, n)
	default:
		rank := int(math.Ceil(t.Quantile*float64(n) - 1e-9))
		v = t.ranked(e, finished, rank, n)
		if n > 0 && n < t.Needs() {
			f.Note = fmt.Sprintf("%s stand for %d: the slowest is taken for p(%g)", count(n, "sample"), t.Needs(), t.Quantile*100)
		}
	}
	if n == 0 {
		f.Status, f.Message = scenarios.Fail, fmt.Sprintf("no session has %s: no data is no pass", t.Metric)
		return f
	}
	f.Status = scenarios.Fail
	if t.holds(v) {
		f.Status = scenarios.Pass
	}
	f.Observed, f.Limit = t.unit(v), t.unit(t.Limit)
	f.Message = fmt.Sprintf("%s over %s is %s", t.name(), count(n, "session"), t.format(v))
	if failed > 0 && t.Agg != ErrorRate {
		f.Explain = fmt.Sprintf("%s failed there and stand behind all that finished", count(failed, "session"))
	}
	return f
}

// ranked is the time of the sample of this rank (1 is the fastest) of n, of
// which the failed ones stand behind all that finished.
func (t Threshold) ranked(e Evidence, finished, rank, n int) float64 {
	switch {
	case n == 0:
		return 0
	case rank > finished:
		return math.Inf(1)
	case rank == finished:
		return float64(e.Phases.Max(t.Phase))
	}
	return float64(e.Phases.Quantile(t.Phase, (float64(rank)-.25)/float64(finished)))
}

// failures counts the sessions that failed in the threshold's phase.
func (t Threshold) failures(looks []look) int {
	n := 0
	for _, l := range looks {
		for _, g := range l.errors {
			if t.Whole || strings.HasPrefix(g.Class, t.Phase.String()+".") {
				n += g.Count
			}
		}
	}
	return n
}

// name is the left-hand side in words.
func (t Threshold) name() string {
	if t.Agg == P {
		return fmt.Sprintf("p(%g) of %s", t.Quantile*100, t.Metric)
	}
	return fmt.Sprintf("%s of %s", t.Agg, t.Metric)
}

// unit is a value as a finding holds it: milliseconds, sessions or a share. An
// endless time has none.
func (t Threshold) unit(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	if t.Agg == P || t.Agg == Max {
		v /= 1e6
	}
	return num(v)
}
