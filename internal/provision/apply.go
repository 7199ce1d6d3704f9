package provision

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// Options is how Apply goes about it.
type Options struct {
	Progress func(Event)   // called from Apply's own goroutine; nil: nobody listens
	Wait     time.Duration // for all of it: every call, coordinators in service, the certificate; 0 is 15 minutes
}

// Apply plans, refuses with a [*StoppedError] before the first write where
// anything stops, and then brings one resource after the other to what the spec
// says. It may be cut off anywhere: the next one continues from what is there.
// The report is that of [Status] afterwards; with an error it is not complete. A
// [*WaitError] tells what did not come in time.
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
	report, err := Status(ctx, c, spec)
	report.Done = v.done
	return report, err
}
