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
	outcome  outcome
	verdict  scenarios.Status     // of a run that had a result
	metrics  prometheus.Collector // nil: there was no run
	rejected fingerprint          // of what the target's service did not accept; zero: it accepts, or nobody knows
}

// outcome is how an attempt ended.
type outcome string

// The outcomes.
const (
	ran        outcome = "run"            // there is a result
	withheld   outcome = "login_withheld" // nothing was sent: the login was rejected before, and is the same
	notStarted outcome = "error"          // nothing was sent: what it needs cannot be read, or the scenario must not run
)

// attempt runs a target's scenario, unless its login was rejected before.
func (e *Exporter) attempt(ctx context.Context, t Target, before attempt) (a attempt) {
	log := e.opt.Log.With("target", t.Name)
	defer func() {
		if p := recover(); p != nil {
			log.Error("internal error", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			a = attempt{outcome: notStarted, rejected: before.rejected}
		}
	}()
	with, err := e.opt.Login(ctx, t)
	if err != nil {
		log.Error("not run: what it logs in with, or what it trusts, cannot be read", "error", err)
		return attempt{outcome: notStarted, rejected: before.rejected}
	}
	login := e.seal.of(with)
	if before.rejected == login {
		log.Warn("not run: this login was rejected, and is sent again when the secret has changed")
		return attempt{outcome: withheld, rejected: login}
	}
	r, err := e.opt.Run(ctx, t.Scenario, with)
	if err != nil {
		log.Error("not run", "error", err)
		return attempt{outcome: notStarted, rejected: before.rejected}
	}
	r.Summary = report.Sentence(r)
	log.Info("run ended", "verdict", r.Verdict, "seconds", r.Seconds, "summary", r.Summary)
	a = attempt{outcome: ran, verdict: r.Verdict, metrics: report.Metrics(r)}
	if loginRejected(r) {
		a.rejected = login
	}
	return a
}

// loginRejected reports whether a run ended because a server refused its login, or
// whether a coordinator's web pages did.
func loginRejected(r scenarios.Result) bool {
	if r.Stopped != nil && r.Stopped.Class.IsAnsweredLogin() {
		return true
	}
	for _, p := range r.Pages {
		if p.Needs == scenarios.PageNeedsLogin && r.Scenario.Target.WebUser != "" {
			return true
		}
	}
	return false
}
