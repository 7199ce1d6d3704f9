package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// stopped lays why a run ended before its time to the findings.
func stopped(e scenarios.Measured, findings []scenarios.Finding) []scenarios.Finding {
	switch s := e.Stopped; {
	case s == nil:
		return findings
	case s.By == scenarios.StopScout:
		return unmeasured(e, findings)
	case s.By == scenarios.StopGenerator:
		findings = blameGenerator(*s, findings)
	}
	return unfinished(e, findings)
}

// unmeasured is what remains where the scout failed: nothing was measured but
// certificates, and one finding, inconclusive, says why.
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

// blameGenerator says that this machine, not the service, ended the run. What
// the sessions before showed stays.
func blameGenerator(s scenarios.Stop, findings []scenarios.Finding) []scenarios.Finding {
	findings = slices.DeleteFunc(findings, func(f scenarios.Finding) bool { return f.ID == scenarios.LoadLag })
	return append(findings, scenarios.Finding{
		ID: scenarios.LoadLag, Message: "the generator could not go on: " + s.Text, Fix: s.Hint,
	})
}

// unfinished lets no run pass that was not finished, whatever it saw until then.
func unfinished(e scenarios.Measured, findings []scenarios.Finding) []scenarios.Finding {
	if scenarios.VerdictOf(findings) != scenarios.Pass {
		return findings
	}
	id := kindRules[e.Scenario.Kind.OrLooks()].main
	text := "the run ended before its time: " + e.Stopped.Text
	i := slices.IndexFunc(findings, func(f scenarios.Finding) bool { return f.ID == id && f.Status == scenarios.Pass })
	if i < 0 {
		return append(findings, scenarios.Finding{ID: id, Message: text, Fix: e.Stopped.Hint})
	}
	f := &findings[i]
	f.Status, f.Message = scenarios.Inconclusive, fmt.Sprintf("%s; until then: %s", text, f.Message)
	return findings
}
