package judge

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/account"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
)

// Rejudge judges a stored result once more.
func Rejudge(r scenarios.Result) scenarios.Result {
	Conclude(&r, Judge(r.Measured))
	return r
}

// RejudgeWith judges a stored result by the expectations of another scenario: expect,
// thresholds, strict_errors, inconclusive, tls.min_version, capacity.threads and audit
// are that scenario's; what was done stays as it was. It fails where the scenario
// is of another kind, or asks for what no run like the stored one can show. Times
// by a tag that the run did not record stay inconclusive.
func RejudgeWith(r scenarios.Result, by scenarios.Scenario) (scenarios.Result, error) {
	if had, asked := r.Scenario.Kind.OrLooks(), by.Kind.OrLooks(); had != asked {
		return r, fmt.Errorf("a run of kind %s cannot be judged by a scenario of kind %s", had, asked)
	}
	s := r.Scenario
	s.Expect, s.Thresholds, s.StrictErrors, s.Inconclusive = by.Expect, by.Thresholds, by.StrictErrors, by.Inconclusive
	s.TLS.MinVersion, s.Capacity.Threads, s.Audit = by.TLS.MinVersion, by.Capacity.Threads, by.Audit
	if r.Audit != nil && s.Audit.Balancer != "" {
		s, _ = account.Expect(s, *r.Audit)
	}
	if err := s.Validate(); err != nil {
		return r, err
	}
	if err := threshold.Check(s); err != nil {
		return r, err
	}
	r.Unrecorded = unrecorded(r.Measured, s)
	r.Scenario, r.Exit = s, 0 // the exit code is the new verdict's
	return Rejudge(r), nil
}

// unrecorded lists the times that s asks for and that the run, which had a
// scenario of its own, did not record.
func unrecorded(m scenarios.Measured, s scenarios.Scenario) []scenarios.TagName {
	var had []scenarios.TagName
	for _, t := range threshold.Wanted(m.Scenario) {
		if n := (scenarios.TagName{Metric: t.Metric, Tag: t.Tag}); !slices.Contains(m.Unrecorded, n) {
			had = append(had, n)
		}
	}
	for _, t := range m.Tags {
		had = append(had, scenarios.TagName{Metric: t.Metric, Tag: t.Tag})
	}
	var out []scenarios.TagName
	for _, t := range threshold.Wanted(s) {
		if n := (scenarios.TagName{Metric: t.Metric, Tag: t.Tag}); !slices.Contains(had, n) {
			out = append(out, n)
		}
	}
	return out
}
