package run

import (
	"context"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// HandshakeFunc dials a node, completes the TLS handshake and closes, before a byte
// of login. It fills o as an [OpenFunc] does: Cert, and Refused where the certificate
// is not trusted. Its error is nil where the certificate is good.
type HandshakeFunc func(ctx context.Context, n Node, o *scenarios.Observation) error

// Certificates carries out a scenario of kind certificates, and refuses any other: it
// has one handshake with every node, one after the other. Its result is that of [Run], without a look: certificates and the nodes of the name are all
// that is judged, and a node that showed no certificate does not pass.
func Certificates(ctx context.Context, handshake HandshakeFunc, s scenarios.Scenario, opt Options) scenarios.Result {
	r, ctx := begin(ctx, s, opt)
	defer r.finish()
	r.open = func(ctx context.Context, n Node, o *scenarios.Observation) (Session, error) {
		return handshaken{}, handshake(ctx, n, o)
	}
	if !r.kind.handshake {
		r.refuse(fmt.Sprintf("a scenario of kind %s has more than handshakes: use Run", s.Kind.OrLooks()))
		return r.end(ctx)
	}
	if r.resolve(ctx) {
		r.kind.loop(r, ctx)
	}
	return r.end(ctx)
}

// handshakeAll keeps the nodes that showed no certificate, or that ended the
// connection after it; where none showed one, nothing was measured.
func (r *run) handshakeAll(ctx context.Context) {
	nodes := r.nodes.All()
	total, shown := len(nodes), 0
	r.collect.event(Event{
		Kind: EventBudget, Total: total, Done: total, For: r.pacer.Due(total),
		Text: phrase.Count(total, "handshake") + ", no login",
	})
	r.beginSchedule()
	for i, n := range nodes {
		o, ran := r.session(ctx, job{node: n, part: scenarios.PartScout, due: r.reserve(1)})
		if !ran || ctx.Err() != nil {
			return
		}
		if o.Cert == nil || o.Outcome == scenarios.OutcomeFailed && !o.Refused {
			r.silent = append(r.silent, scenarios.SilentNode{Node: o.Node, Phase: o.Failed, Class: o.Class, Text: o.Text, Hint: o.Hint})
		}
		if o.Cert != nil {
			shown++
		}
		r.collect.event(Event{Kind: EventSession, Done: i + 1, Total: total, Failed: len(r.silent)})
	}
	if shown == 0 && len(r.silent) > 0 {
		first := r.silent[0]
		r.collect.stop(scenarios.Stop{By: scenarios.StopScout, Class: first.Class, Text: first.Text, Hint: first.Hint})
	}
}

// handshaken is a session that ended with its handshake.
type handshaken struct{}

func (handshaken) Identify(context.Context) error { return nil }

func (handshaken) Query(context.Context) error { return nil }
func (handshaken) Close(context.Context) error { return nil }
func (handshaken) Ping(context.Context) error  { return nil }

func (handshaken) Wait(context.Context, time.Duration) error { return nil }
