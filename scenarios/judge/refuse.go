package judge

import (
	"errors"
	"fmt"
	"slices"
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
	var worst error
	most := 0
	for _, t := range all {
		if err := t.dataless(s); err != nil {
			return fmt.Errorf("threshold %q: %w", t, err)
		}
		if needs, err := t.underfilled(s); err != nil && needs > most {
			most, worst = needs, fmt.Errorf("threshold %q: %w", t, err)
		}
	}
	return worst
}

// dataless says why no run of the scenario can have data for the threshold.
func (t Threshold) dataless(s scenarios.Scenario) error {
	passes := func(p scenarios.Phase) bool { return slices.Contains(t.Metric.steps(), p) }
	only := t.Metric.Name != loginMetric
	switch {
	case s.Kind == scenarios.KindCertificates:
		return errors.New("a scenario of kind certificates has no session")
	case s.Kind == scenarios.KindIdle:
		return errors.New("a scenario of kind idle has a few sessions that do nothing, and no thresholds; use expect.min_idle")
	case t.Metric.fromDue() && !paced(s):
		return errors.New("sessions are due at a time only where there is a pace; give one (--rate 10/s)")
	case s.Kind == scenarios.KindCapacity && (passes(scenarios.Execute) || passes(scenarios.Fetch)):
		return errors.New("a held session runs no statement; use a scenario of kind query or stages")
	case only && passes(scenarios.TLS) && !s.TLS.Enabled:
		return errors.New("no session has TLS; add --tls")
	case only && passes(scenarios.SASL) && s.Auth.Mechanism != scenarios.LDAP:
		return errors.New("no session logs in by SASL; add --auth ldap")
	}
	return nil
}

// underfilled says how many samples are missing, and how many sessions it would
// take in all; nil where there are enough, or their number is not known.
func (t Threshold) underfilled(s scenarios.Scenario) (needs int, err error) {
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
	return needs, fmt.Errorf("needs %s, and %s: %s", count(t.Needs(), t.Metric.things()), has, t.remedy(s, needs))
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
func (t Threshold) remedy(s scenarios.Scenario, sessions int) string {
	switch s.Kind {
	case scenarios.KindStages:
		return fmt.Sprintf("make the stages longer, or their rates higher, for %d sessions", sessions)
	case scenarios.KindCapacity:
		return fmt.Sprintf("use --hold %d", sessions)
	case scenarios.KindWatch:
		return fmt.Sprintf("watch for longer, or at a higher rate, for %d sessions", sessions)
	case scenarios.KindQuery:
		return fmt.Sprintf("the statement runs %d times on each coordinator; use max or med", scenarios.RunsPerCoordinator)
	}
	return fmt.Sprintf("use --sessions %d", sessions)
}
