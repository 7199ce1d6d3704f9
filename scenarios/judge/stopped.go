package judge

import (
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// stopped adds to the findings why a run ended early.
func stopped(e scenarios.Measured, findings []scenarios.Finding) []scenarios.Finding {
	switch s := e.Stopped; {
	case s == nil:
		return findings
	case s.By == scenarios.StopScout:
		return unmeasured(e, findings)
	case s.By == scenarios.StopGenerator:
		findings = addGeneratorStop(*s, findings)
	}
	return unfinished(e, findings)
}

// unmeasured are the findings of a run of which the scout failed: those on
// certificates, and one, inconclusive, that says why nothing else was measured.
func unmeasured(e scenarios.Measured, findings []scenarios.Finding) []scenarios.Finding {
	out := []scenarios.Finding{{
		ID: scenarios.ErrorsRate, Message: "nothing was measured: " + e.Stopped.Text, Fix: e.Stopped.Hint,
	}}
	if len(e.TLS) == 0 {
		return out
	}
	return append(out, slices.DeleteFunc(findings, func(f scenarios.Finding) bool {
		return !strings.HasPrefix(f.ID, "tls.") && f.ID != scenarios.DNSNodes
	})...)
}

// addGeneratorStop says that this machine, not the service, ended the run. What
// the sessions before showed stays.
func addGeneratorStop(s scenarios.Stop, findings []scenarios.Finding) []scenarios.Finding {
	findings = slices.DeleteFunc(findings, func(f scenarios.Finding) bool { return f.ID == scenarios.LoadLag })
	return append(findings, scenarios.Finding{
		ID: scenarios.LoadLag, Message: "the generator could not continue: " + s.Text, Fix: s.Hint,
	})
}

// unfinished lets no run pass that was not finished, whatever it saw until then.
func unfinished(e scenarios.Measured, findings []scenarios.Finding) []scenarios.Finding {
	return withhold(findings, kindOf(e).main, "the run ended early: "+e.Stopped.Text, e.Stopped.Hint)
}
