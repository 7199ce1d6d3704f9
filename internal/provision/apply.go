package provision

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// Options configures Apply.
type Options struct {
	Progress func(Event)   // called from Apply's own goroutine; nil: no progress
	Wait     time.Duration // limit for the whole run: calls, coordinators in service, the certificate; 0 is 15 minutes
}

// Apply makes a plan, returns a [*StoppedError] before the first write if a change
// stops it, and then reconciles one resource after the other with the spec. It may
// be interrupted anywhere: the next run continues. The report is that of [Status]
// afterwards; with an error it is incomplete. A [*WaitError] says what did not
// happen in time.
func Apply(ctx context.Context, c Cloud, spec lbfile.Spec, o Options) (Report, error) {
	s := newState(c, spec)
	v := newReconciler(s, o.Progress, o.Wait)
	ctx, stop := v.bound(ctx)
	defer stop()
	p, err := s.plan(ctx)
	if err != nil {
		return s.partial(), err
	}
	if stop := p.Stops(); len(stop) > 0 {
		report := s.compared(p)
		report.Complete = false
		return report, &StoppedError{Changes: stop}
	}
	for _, r := range s.resources() {
		if err := v.reconcile(ctx, r); err != nil {
			report := s.partial()
			report.Done, report.Notes = v.done, p.Notes
			return report, err
		}
	}
	after := newState(c, spec)
	after.quotas = s.quotas
	after.quotas.interested = false // nothing more is made
	report, err := after.status(ctx)
	report.Done = v.done
	return report, err
}
