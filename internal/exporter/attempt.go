package exporter

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// attempt is what became of one try to run a target's scenario.
type attempt struct {
	outcome       outcome
	verdict       scenarios.Status     // of a run that had a result
	metrics       prometheus.Collector // nil: there was no result
	rejected      bool                 // the target's service does not accept the login
	pagesRejected bool                 // the coordinators' web pages do not accept theirs
}

// without is an attempt that had no result: of logins nothing new is known.
func (a attempt) without(why outcome) attempt {
	return attempt{outcome: why, rejected: a.rejected, pagesRejected: a.pagesRejected}
}

// outcome is how an attempt ended.
type outcome string

// The outcomes.
const (
	ran        outcome = "run"            // there is a result
	withheld   outcome = "login_withheld" // nothing was sent: the login was rejected before, and is the same
	notStarted outcome = "error"          // nothing was sent: what it needs cannot be read, or the scenario must not run
	faulted    outcome = "internal_error" // a fault of ours ended it; sessions may have been opened
	held       outcome = "held"           // nothing was sent: another run tries the same login just now
)

// attempt runs a target's scenario, unless its login was rejected before, or is being
// tried by another run.
func (e *Exporter) attempt(ctx context.Context, t Target, before attempt) (a attempt) {
	log := e.opt.Log.With("target", t.Name)
	defer func() {
		if p := recover(); p != nil {
			log.Error("internal error", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			a = before.without(faulted)
		}
	}()
	with, err := e.opt.Login(ctx, t)
	if err != nil {
		log.Error("not run: what it logs in with, or what it trusts, cannot be read", "error", err)
		return before.without(notStarted)
	}
	logins, service, pages := e.logins.begin(e.seal.ofService(t.Scenario.Auth, with), e.seal.ofPages(t.Scenario.Target, with))
	defer logins.end()
	switch {
	case service == rejectedBefore:
		log.Warn("not run: this login was rejected, and is sent again when the secret has changed")
		a = before.without(withheld)
		a.rejected = true
		return a
	case service == triedElsewhere || pages == triedElsewhere:
		return before.without(held)
	case pages == rejectedBefore:
		log.Warn("run without the login of the web pages: it was rejected, and is sent again when the secret has changed")
		t.Scenario.Target.WebUser, t.Scenario.Target.WebPasswordFile, with.WebPassword = "", "", ""
	}
	logins.watch(t.Scenario, &with)
	r, err := e.opt.Run(ctx, t.Scenario, with)
	if err != nil {
		log.Error("not run", "error", err)
		return before.without(notStarted)
	}
	r.Summary = report.Sentence(r)
	log.Info("run ended", "verdict", r.Verdict, "seconds", r.Seconds, "summary", r.Summary)
	a = attempt{outcome: ran, verdict: r.Verdict, metrics: report.Metrics(r)}
	a.rejected, a.pagesRejected = logins.settle(r)
	a.pagesRejected = a.pagesRejected || pages == rejectedBefore
	return a
}
