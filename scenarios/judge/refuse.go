package judge

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// CheckThresholds reads all thresholds of a scenario. It fails on one that
// cannot be read, on one that a run of this kind has no data for, and on a p(q)
// for which the run, whatever it comes to, takes too few samples. Where that
// cannot be known before, as of a closed stage, it is seen at the end.
func CheckThresholds(s scenarios.Scenario) error {
	all, err := parseAll(s)
	if err != nil {
		return err
	}
	var worst *ThresholdError
	most := 0
	for _, t := range all {
		if err := t.dataless(s); err != nil {
			return err
		}
		if needs, err := t.underfilled(s); err != nil && needs > most {
			most, worst = needs, err
		}
	}
	if worst == nil {
		return nil // and not a nil of that type
	}
	return worst
}

// ThresholdError is a threshold that a scenario cannot have data enough for.
type ThresholdError struct {
	Threshold Threshold
	Reason    string
	Fix       scenarios.Fixes // what to try; nil where the reason says it
}

// Error says which threshold, and why.
func (e *ThresholdError) Error() string {
	return fmt.Sprintf("threshold %q: %s", e.Threshold, e.Reason)
}

// refused makes the error of a threshold.
func (t Threshold) refused(fix scenarios.Fixes, reason string) *ThresholdError {
	return &ThresholdError{t, reason, fix}
}

// dataless says why no run of the scenario can have data for the threshold.
func (t Threshold) dataless(s scenarios.Scenario) *ThresholdError {
	passes := func(p scenarios.Phase) bool { return slices.Contains(t.Metric.steps(), p) }
	only := t.Metric.Name != loginMetric
	switch {
	case s.Kind == scenarios.KindCertificates:
		return t.refused(nil, "a scenario of kind certificates has no session")
	case s.Kind == scenarios.KindIdle:
		return t.refused(set("expect.min_idle", "", ""), "a scenario of kind idle has a few sessions that do nothing, and no thresholds")
	case t.Metric.fromDue() && !paced(s):
		return t.refused(set("load.rate", "10/s", ""), "sessions have a time to start at only where there is a rate")
	case s.Kind == scenarios.KindCapacity && (passes(scenarios.Execute) || passes(scenarios.Fetch)):
		return t.refused(nil, "a held session runs no statement; use a scenario of kind query or stages")
	case only && passes(scenarios.TLS) && !s.TLS.Enabled:
		return t.refused(set("tls.enabled", "true", ""), "no session has TLS")
	case only && passes(scenarios.SASL) && s.Auth.Mechanism != scenarios.LDAP:
		return t.refused(set("auth.mechanism", "ldap", ""), "no session logs in by SASL")
	}
	return nil
}

// underfilled says how many samples are missing, and how many sessions it would
// take in all; nil where there are enough, or their number is not known.
func (t Threshold) underfilled(s scenarios.Scenario) (needs int, err *ThresholdError) {
	all, known := t.supply(s)
	values := t.values(s)
	if !known || t.Needs() <= all/values {
		return 0, nil
	}
	needs = t.Needs() * values
	has := fmt.Sprintf("this run takes %d at most", all)
	if values > 1 {
		has = fmt.Sprintf("this run takes about %d on each %s", all/values, t.Metric.Tag)
	}
	return needs, t.refused(t.remedy(s, needs), fmt.Sprintf("needs %s, and %s", count(t.Needs(), t.Metric.things()), has))
}

// supply is how many samples of the metric a run takes at most, by kind; false
// where that is not known before.
func (t Threshold) supply(s scenarios.Scenario) (int, bool) {
	switch s.Kind {
	case scenarios.KindStages:
		return arrivalsBetween(s.Load, s.Load.WarmUp, forever), !slices.ContainsFunc(s.Load.Stages, func(st scenarios.Stage) bool { return st.Closed > 0 })
	case scenarios.KindCapacity:
		return s.Capacity.Hold - warmUp(s), s.Capacity.Hold > 0
	case scenarios.KindWatch:
		return Plan(s, 1).Look - s.Watch.Long - warmUp(s), true
	case scenarios.KindQuery:
		if steps := t.Metric.steps(); len(steps) > 0 && steps[0] >= scenarios.Execute {
			return Plan(s, 1).Look, expected(s) > 0
		}
		return Plan(s, 1).Ceiling, expected(s) > 0
	}
	return Plan(s, 1).Ceiling - warmUp(s), true
}

// warmUp is how many sessions are due before times count, where all are due at
// one pace.
func warmUp(s scenarios.Scenario) int {
	return int(float64(s.Load.Rate) * time.Duration(s.Load.WarmUp).Seconds())
}

// values is how many coordinators or nodes share the samples, as far as declared.
func (t Threshold) values(s scenarios.Scenario) int {
	switch t.Metric.Tag {
	case byCoordinator:
		return max(1, expected(s))
	case byNode:
		return max(1, s.Expect.Nodes)
	}
	return 1
}

// remedy says how to get so many.
func (t Threshold) remedy(s scenarios.Scenario, sessions int) scenarios.Fixes {
	switch s.Kind {
	case scenarios.KindStages:
		return set("load.stages", "", fmt.Sprintf("make the stages longer, or their rates higher, for %d sessions", sessions))
	case scenarios.KindCapacity:
		return set("capacity.hold", strconv.Itoa(sessions), "")
	case scenarios.KindWatch:
		return slices.Concat(set("watch.for", "", fmt.Sprintf("watch for longer, for %d sessions", sessions)), set("load.rate", "", "raise the rate"))
	case scenarios.KindQuery:
		return try(fmt.Sprintf("the statement runs %d times on each coordinator; use max or med", scenarios.RunsPerCoordinator))
	}
	return set("load.sessions", strconv.Itoa(sessions), "")
}
