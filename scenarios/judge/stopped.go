package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
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
	case s.By == scenarios.StopRejected:
		failRejected(e, findings)
	case s.By == scenarios.StopPartial:
		findings = stoppedSources(e, findings)
	}
	return unfinished(e, findings)
}

// stoppedSources adds why some of the runs of a sum ended early.
func stoppedSources(e scenarios.Measured, findings []scenarios.Finding) []scenarios.Finding {
	done := map[scenarios.StopReason]bool{}
	for _, s := range e.Sources {
		if s.Stopped == nil || done[s.Stopped.By] {
			continue
		}
		done[s.Stopped.By] = true
		switch s.Stopped.By {
		case scenarios.StopGenerator:
			findings = addGeneratorStop(*s.Stopped, findings)
		case scenarios.StopRejected:
			failRejected(e, findings)
		}
	}
	return findings
}

// unmeasured are the findings of a run of which the scout failed: those on
// certificates and on the load balancer's settings, and one, inconclusive, that says why nothing else was measured.
func unmeasured(e scenarios.Measured, findings []scenarios.Finding) []scenarios.Finding {
	out := []scenarios.Finding{nobodyGotIn(e)}
	return append(out, slices.DeleteFunc(findings, func(f scenarios.Finding) bool {
		shown := len(e.TLS) > 0 && (strings.HasPrefix(f.ID, "tls.") || f.ID == scenarios.DNSNodes)
		return !shown && !strings.HasPrefix(f.ID, scenarios.AuditPrefix)
	})...)
}

// failRejected fails a run that the second rejected login ended, whichever of its
// sessions the first was: a login that was accepted before was not, twice, and there
// is no fresh look to see whether it happens again.
func failRejected(e scenarios.Measured, findings []scenarios.Finding) {
	i := slices.IndexFunc(findings, func(f scenarios.Finding) bool { return f.ID == scenarios.ErrorsRate })
	if i < 0 || e.Sessions.Failed == 0 || findings[i].Status != scenarios.StatusInconclusive {
		return
	}
	findings[i].Status = scenarios.StatusFail
	findings[i].Note = "Another login was rejected before anything was counted"
}

// nobodyGotIn says why. Coordinators that have no thread free are a fault that was
// measured, on their own pages.
func nobodyGotIn(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.ErrorsRate, Message: "nothing was measured: " + e.Stopped.Text, Fix: e.Stopped.Hint}
	why, ok := cause.OfStop(e)
	switch {
	case ok && why.Place == cause.PlaceThreads:
		f.Status, f.Subject, f.Fix = scenarios.StatusFail, why.Subject, why.Fix
		f.Message, f.Explain = why.Says, e.Stopped.Text
	case ok:
		f.Message, f.Fix = fmt.Sprintf("nothing was measured: %s; %s", why.Says, e.Stopped.Text), why.Fix
	}
	return f
}

// WhyStopped says why nobody got in, where the attempts tell more than the failure
// that ended them; false where they do not.
func WhyStopped(e scenarios.Measured) (says string, fix scenarios.Fixes, ok bool) {
	why, ok := cause.OfStop(e)
	return why.Says, why.Fix, ok
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
	return withhold(findings, kindOf(e).main, endedEarly(*e.Stopped)+e.Stopped.Text, e.Stopped.Hint)
}

// endedEarly introduces why a run, or a sum of runs, is not whole.
func endedEarly(s scenarios.Stop) string {
	if s.By == scenarios.StopPartial {
		return "the sum is not whole: "
	}
	return "the run ended early: "
}
