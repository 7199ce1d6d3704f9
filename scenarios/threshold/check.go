package threshold

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Check reads all thresholds of a scenario. It fails on one that
// cannot be read, on one that a run of this kind has no data for, and on a p(q)
// for which the run, whatever it comes to, takes too few samples. Where that
// cannot be known before, as of a closed stage, it is seen at the end.
func Check(s scenarios.Scenario) error {
	all, err := parseAll(s)
	if err != nil {
		return err
	}
	var worst *Error
	most := 0
	for _, t := range all {
		if err := t.noData(s); err != nil {
			return err
		}
		if needs, err := t.tooFewSamples(s); err != nil && needs > most {
			most, worst = needs, err
		}
	}
	if worst == nil {
		return nil // and not a nil of that type
	}
	return worst
}

// Error is a threshold that a scenario cannot have data enough for.
type Error struct {
	Threshold Threshold
	Reason    string
	Fix       scenarios.Fixes // what to try; nil where the reason says it
}

// Error says which threshold, and why.
func (e *Error) Error() string {
	return fmt.Sprintf("threshold %q: %s", e.Threshold, e.Reason)
}

// refused makes the error of a threshold.
func (t Threshold) refused(fix scenarios.Fixes, reason string) *Error {
	return &Error{t, reason, fix}
}

// noData says why no run of the scenario can have data for the threshold.
func (t Threshold) noData(s scenarios.Scenario) *Error {
	passes := func(p scenarios.Phase) bool { return slices.Contains(t.Metric.phases(), p) }
	data, only := kindOf(s), t.Metric.Name != loginMetric
	switch {
	case data.refused != "":
		return t.refused(data.fix, data.refused)
	case t.Metric.fromDue() && !budget.Paced(s):
		return t.refused(phrase.Set("load.rate", "10/s", ""), "sessions have a time to start at only where there is a rate")
	case data.noStatement && (passes(scenarios.PhaseExecute) || passes(scenarios.PhaseFetch)):
		return t.refused(nil, "a held session runs no statement; use a scenario of kind query or stages")
	case only && passes(scenarios.PhaseTLS) && !s.TLS.Enabled:
		return t.refused(phrase.Set("tls.enabled", "true", ""), "no session has TLS")
	case only && passes(scenarios.PhaseSASL) && s.Target.Protocol == scenarios.ProtocolHS2HTTP:
		return t.refused(nil, "over HTTP a login has no time of its own: it is in session.open")
	case only && passes(scenarios.PhaseSASL) && !s.Auth.Mechanism.LogsIn():
		return t.refused(phrase.Set("auth.mechanism", "ldap", ""), "no session logs in")
	}
	return nil
}

// tooFewSamples says how many samples are missing, and how many sessions it would
// take in all; nil where there are enough, or their number is not known.
func (t Threshold) tooFewSamples(s scenarios.Scenario) (needs int, err *Error) {
	data := kindOf(s)
	all, known := data.samples(t.Metric, s)
	values := t.values(s)
	if !known || t.Needs() <= all/values {
		return 0, nil
	}
	needs = t.Needs() * values
	has := fmt.Sprintf("this run takes %d at most", all)
	if values > 1 {
		has = fmt.Sprintf("this run takes about %d on each %s", all/values, t.Metric.Tag)
	}
	return needs, t.refused(data.more(needs), fmt.Sprintf("needs %s, and %s", phrase.Count(t.Needs(), t.Metric.things()), has))
}

// values is how many coordinators or nodes share the samples, as far as declared.
func (t Threshold) values(s scenarios.Scenario) int {
	switch t.Metric.Tag {
	case byCoordinator:
		return max(1, s.Expect.Coordinators.K())
	case byNode:
		return max(1, s.Expect.Nodes)
	}
	return 1
}
