package exporter

import (
	"context"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// trials are the logins of one run, to the service and to the coordinators' web pages.
type trials struct{ service, pages *trial }

// end lets others send the logins.
func (t trials) end() {
	t.service.end()
	t.pages.end()
}

// watch has the run of a scenario end each trial as soon as its login was accepted.
func (t trials) watch(s scenarios.Scenario, with *lbcheck.Options) {
	with.Run.Observe = func(o scenarios.Observation) {
		if o.LoggedIn() {
			t.service.end()
		}
	}
	read := with.Pages(s)
	with.Run.Pages = func(ctx context.Context, names []string) []scenarios.Page {
		out := read(ctx, names)
		if slices.ContainsFunc(out, func(p scenarios.Page) bool { return p.Err == "" }) {
			t.pages.end()
		}
		return out
	}
}

// settle says which logins a result shows to be rejected. Nobody sends these any more.
func (t trials) settle(r scenarios.Result) (service, pages bool) {
	if r.Stopped != nil && r.Stopped.Class.IsAnsweredLogin() {
		service = t.service.reject()
	}
	if slices.ContainsFunc(r.Pages, func(p scenarios.Page) bool { return p.Needs == scenarios.PageNeedsLogin }) {
		pages = t.pages.reject()
	}
	return service, pages
}
