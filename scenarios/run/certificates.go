package run

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// ShakeFunc dials a node, shakes hands and closes, before a byte of login. It
// fills o as an [OpenFunc] does: Cert, and Refused where the certificate is not
// trusted. Its error is nil where the certificate is good.
type ShakeFunc func(ctx context.Context, n Node, o *scenarios.Observation) error

// Certificates shakes hands with every node once, one after the other. Its
// result is [Run]'s, without a look: only the findings on certificates and on
// the name's nodes are kept, and none passes for a node that showed nothing.
func Certificates(ctx context.Context, shake ShakeFunc, s scenarios.Scenario, opt Options) scenarios.Result {
	r, ctx := begin(ctx, s, opt)
	defer r.finish()
	r.open = func(ctx context.Context, n Node, o *scenarios.Observation) (Session, error) {
		return handshake{}, shake(ctx, n, o)
	}
	var silent []scenarios.Observation
	if r.resolve(ctx) {
		silent = r.shakeAll(ctx)
	}
	out := r.end(ctx)
	if out.Stopped == nil || out.Stopped.By != scenarios.StopScout {
		keepCertificates(&out, silent)
	}
	return out
}

// shakeAll returns the nodes that showed no certificate.
func (r *run) shakeAll(ctx context.Context) []scenarios.Observation {
	total := len(r.nodes.all())
	r.collect.event(Event{
		Kind: EventBudget, Total: total, Done: total, For: r.pacer.Due(total),
		Text: fmt.Sprintf("%d handshakes, no login", total),
	})
	var silent []scenarios.Observation
	for i, n := range r.nodes.all() {
		o, ran := r.session(ctx, job{node: n, part: scenarios.Scout, due: r.row(1)})
		if !ran || ctx.Err() != nil {
			return silent
		}
		if o.Cert == nil {
			silent = append(silent, o)
		}
		r.collect.event(Event{Kind: EventSession, Done: i + 1, Total: total, Failed: len(silent)})
	}
	if len(silent) == total {
		first := silent[0]
		r.collect.stop(scenarios.Stop{By: scenarios.StopScout, Class: first.Class, Text: first.Text, Hint: first.Hint})
	}
	return silent
}

// keepCertificates leaves out the findings that need sessions.
func keepCertificates(out *scenarios.Result, silent []scenarios.Observation) {
	out.Findings = ofCertificates(out.Findings)
	out.Detect, out.Policy.Inferred, out.Notes = nil, "", nil
	for _, o := range silent {
		out.Findings = append(out.Findings, scenarios.Finding{
			ID: scenarios.TLSSameOnAllNodes, Subject: o.Node.String(),
			Message: fmt.Sprintf("%s showed no certificate: %s", o.Node, o.Text), Fix: o.Hint,
		})
	}
	out.Verdict = worst(out.Findings)
}

// ofCertificates are the findings that a handshake alone can show.
func ofCertificates(findings []scenarios.Finding) []scenarios.Finding {
	return slices.DeleteFunc(findings, func(f scenarios.Finding) bool {
		return !strings.HasPrefix(f.ID, "tls.") && f.ID != scenarios.DNSNodes
	})
}

// worst is the verdict on findings: fail before inconclusive before pass, and
// inconclusive where nothing was judged.
func worst(findings []scenarios.Finding) scenarios.Status {
	for _, s := range []scenarios.Status{scenarios.Fail, scenarios.Inconclusive, scenarios.Pass} {
		if slices.ContainsFunc(findings, func(f scenarios.Finding) bool { return f.Status == s }) {
			return s
		}
	}
	return scenarios.Inconclusive
}

// handshake is a session that ended with its handshake.
type handshake struct{}

func (handshake) Query(context.Context) error { return nil }
func (handshake) Close(context.Context) error { return nil }
func (handshake) Ping(context.Context) error  { return nil }

func (handshake) Wait(context.Context, time.Duration) error { return nil }
