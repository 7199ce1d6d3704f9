package provision

import (
	"context"
	"slices"
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
		report := s.partial()
		report.Unfinished = names(s.resources())
		return report, err
	}
	if stop := p.Stops(); len(stop) > 0 {
		report := s.compared(p)
		report.Complete = false
		return report, &StoppedError{Changes: stop}
	}
	steps := s.resources()
	for i, r := range steps {
		if err := v.reconcile(ctx, r); err != nil {
			report := s.partial()
			report.Done, report.Notes, report.Unfinished = v.done, p.Notes, names(steps[i:])
			return report, err
		}
	}
	after := newState(c, spec)
	after.quotas = s.quotas
	after.quotas.interested = false // nothing more is made
	report, err := after.status(ctx)
	report.Done = v.done
	if err != nil {
		report.Unfinished = []string{comparison}
	}
	return report, err
}

// comparison is the last step: whether AWS shows what was done.
const comparison = "comparison"

// names lists steps, each once.
func names(steps []resource) []string {
	var list []string
	for _, r := range steps {
		if !slices.Contains(list, r.name) {
			list = append(list, r.name)
		}
	}
	return list
}
