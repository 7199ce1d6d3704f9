package run

import (
	"context"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// ShakeFunc dials a node, shakes hands and closes, before a byte of login. It
// fills o as an [OpenFunc] does: Cert, and Refused where the certificate is not
// trusted. Its error is nil where the certificate is good.
type ShakeFunc func(ctx context.Context, n Node, o *scenarios.Observation) error

// Certificates shakes hands with every node once, one after the other. Its
// result is [Run]'s, without a look: certificates and the name's nodes are all
// that is judged, and none passes for a node that showed nothing.
func Certificates(ctx context.Context, shake ShakeFunc, s scenarios.Scenario, opt Options) scenarios.Result {
	s.Kind = scenarios.KindCertificates
	r, ctx := begin(ctx, s, opt)
	defer r.finish()
	r.open = func(ctx context.Context, n Node, o *scenarios.Observation) (Session, error) {
		return handshake{}, shake(ctx, n, o)
	}
	if r.resolve(ctx) {
		r.shakeAll(ctx)
	}
	return r.end(ctx)
}

// shakeAll keeps the nodes that showed no certificate; where none showed one,
// nothing was measured.
func (r *run) shakeAll(ctx context.Context) {
	nodes := r.nodes.all()
	total := len(nodes)
	r.collect.event(Event{
		Kind: EventBudget, Total: total, Done: total, For: r.pacer.Due(total),
		Text: fmt.Sprintf("%d handshakes, no login", total),
	})
	for i, n := range nodes {
		o, ran := r.session(ctx, job{node: n, part: scenarios.Scout, due: r.row(1)})
		if !ran || ctx.Err() != nil {
			return
		}
		if o.Cert == nil {
			r.silent = append(r.silent, scenarios.SilentNode{Node: o.Node, Phase: o.Failed, Class: o.Class, Text: o.Text, Hint: o.Hint})
		}
		r.collect.event(Event{Kind: EventSession, Done: i + 1, Total: total, Failed: len(r.silent)})
	}
	if len(r.silent) == total {
		first := r.silent[0]
		r.collect.stop(scenarios.Stop{By: scenarios.StopScout, Class: first.Class, Text: first.Text, Hint: first.Hint})
	}
}

// handshake is a session that ended with its handshake.
type handshake struct{}

func (handshake) Query(context.Context) error { return nil }
func (handshake) Close(context.Context) error { return nil }
func (handshake) Ping(context.Context) error  { return nil }

func (handshake) Wait(context.Context, time.Duration) error { return nil }
