package report

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// statusNames are the names of states.
func statusNames(all ...scenarios.Status) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = s.String()
	}
	return out
}

// fillFindings counts findings. An id has all states, so that a rule that asks for one
// of them finds it.
func fillFindings(v *values, r scenarios.Result, l metricLabels) {
	all := statusNames(scenarios.StatusPass, scenarios.StatusFail, scenarios.StatusInconclusive, scenarios.StatusSkipped)
	for _, f := range r.Findings {
		for _, status := range all {
			v.add(stats.Indicator(status == f.Status.String()), l.findings.of(f.ID), status)
		}
	}
}

// fillSessions counts the sessions of every pair of node and coordinator that met.
func fillSessions(v *values, r scenarios.Result, l metricLabels) {
	for _, c := range r.Pooled() {
		node, coordinator := l.nodes.of(c.Node), l.coordinator(c.Coordinator)
		for outcome, n := range map[scenarios.Outcome]int{
			scenarios.OutcomeOK: c.OK, scenarios.OutcomeFailed: c.Failed, scenarios.OutcomeUnknown: c.Unknown,
		} {
			v.add(float64(n), node, coordinator, outcome.String())
		}
	}
}

func fillFailures(v *values, r scenarios.Result, l metricLabels) {
	for _, e := range r.Errors {
		v.add(float64(e.Count), l.classes.of(e.Class), l.coordinator(e.Coordinator))
	}
}

func expectedShare(c scenarios.CoordTally) (float64, bool) {
	if c.Expected == nil {
		return 0, false
	}
	return *c.Expected, true
}

// coordinatorsReached is how many coordinators answered.
func coordinatorsReached(r scenarios.Result) float64 {
	return float64(len(slices.DeleteFunc(slices.Clone(r.Coords), func(c scenarios.CoordTally) bool { return c.Sessions == 0 })))
}

func fillOutage(v *values, r scenarios.Result, _ metricLabels) {
	if r.Watch != nil {
		v.add(float64(r.Watch.Outage))
	}
}

func fillOmitted(v *values, _ scenarios.Result, l metricLabels) {
	v.add(float64(l.coordinators.omitted), "coordinator")
	v.add(float64(l.nodes.omitted), "node")
	v.add(float64(l.classes.omitted), "class")
	v.add(float64(l.findings.omitted), "id")
}
