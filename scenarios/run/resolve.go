package run

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/nodes"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/limits"
)

// resolve finds the nodes and says what the run may cost; false where there are none.
func (r *run) resolve(ctx context.Context) bool {
	if err := r.s.Validate(); err != nil {
		r.refuse(err.Error())
		return false
	}
	found, err := r.firstLookup(ctx)
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		var e *nodes.Error
		errors.As(err, &e) // it is of no other type
		r.collect.stop(scenarios.Stop{By: scenarios.StopScout, Class: e.Class(), Text: e.Error(), Hint: e.Hint()})
		return false
	}
	r.nodes.Start(found)
	r.unpaceLoopback(found)
	r.needs = limits.Preflight(limits.Part(r.s, r.opt.Shard), len(found))
	r.collect.event(Event{Kind: EventResolved, Total: len(found), Text: nodes.List(found)})
	return true
}

// firstLookup returns the nodes that the endpoints' names lead to: names may be part
// of a service that has time to settle.
func (r *run) firstLookup(ctx context.Context) (found []Node, err error) {
	from := r.since()
	for at := from; r.wait(ctx, at); at = r.nextRound(at) {
		from = r.since()
		if found, err = r.lookup(ctx); err == nil || at >= r.settleEnd() {
			break
		}
		r.collect.event(Event{Kind: EventSettle, Text: err.Error()})
	}
	r.collect.recorded.Resolved(r.since() - from)
	return found, err
}

// lookup returns the nodes that the endpoints' names lead to now.
func (r *run) lookup(ctx context.Context) ([]Node, error) {
	resolver := nodes.Resolver{DNS: r.s.Target.DNS, Lookup: r.opt.Resolve, Routed: r.opt.routed}
	return resolver.Resolve(ctx, r.s.Target, time.Duration(r.s.Load.Timeout))
}

// Resolve returns every address behind a target's endpoints, as a run would dial them;
// never none. Its error says what of itself as an [OpenFunc]'s does.
func Resolve(ctx context.Context, t scenarios.Target, timeout time.Duration) ([]Node, error) {
	resolver := nodes.Resolver{DNS: t.DNS, Lookup: net.DefaultResolver.LookupNetIP, Routed: nodes.Routed}
	return resolver.Resolve(ctx, t, timeout)
}

// unpaceLoopback lifts a rate that is only the default where all nodes are this machine.
func (r *run) unpaceLoopback(found []Node) {
	elsewhere := slices.ContainsFunc(found, func(n Node) bool { return !n.Addr.Addr().IsLoopback() })
	if r.opt.RateIsDefault && !elsewhere {
		r.setRate(0)
	}
}

// refreshEvery is how often a run resolves its names again: a load balancer changes
// its addresses meanwhile. The system's resolver does not say how long an answer is
// valid; that of a load balancer's name is for this long, or 60 s.
const refreshEvery = 30 * time.Second

// maxChanges bounds the notes about nodes that joined and left.
const maxChanges = 32

// refreshNodes keeps the nodes those that the names lead to, until the function that
// it returns is called. Sessions that are open stay.
func (r *run) refreshNodes() (end func()) {
	if r.onlyAddresses() {
		return func() {}
	}
	ctx, cancel := context.WithCancel(r.startCtx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.catch()
		f := refresher{run: r}
		for at := r.since() + refreshEvery; r.wait(ctx, at); at += refreshEvery {
			f.refresh(ctx)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// onlyAddresses reports whether no endpoint is a name.
func (r *run) onlyAddresses() bool {
	return !slices.ContainsFunc(r.s.Target.Endpoints, func(endpoint string) bool {
		host, _, err := scenarios.SplitEndpoint(endpoint, r.s.Target.Protocol.Port())
		_, bad := netip.ParseAddr(host)
		return err == nil && bad != nil
	})
}

// refresher resolves the names again and notes what has changed.
type refresher struct {
	run    *run
	noted  int
	failed bool // the last time there was no answer
}

// refresh resolves once. Without an answer the nodes stay as they are.
func (f *refresher) refresh(ctx context.Context) {
	r := f.run
	found, err := r.lookup(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		if !f.failed {
			f.note(fmt.Sprintf("the names could not be resolved again after %s: %v", f.now(), err))
		}
		f.failed = true
		return
	}
	f.failed = false
	joined, left := r.nodes.Update(found, r.since())
	for _, n := range joined {
		f.note(fmt.Sprintf("node %s joined after %s", n.Addr, f.now()))
	}
	for _, n := range left {
		f.note(fmt.Sprintf("node %s left after %s", n.Addr, f.now()))
	}
}

func (f *refresher) now() time.Duration { return f.run.since().Round(time.Second) }

// note is an event, and a note of the result unless there are too many.
func (f *refresher) note(text string) {
	f.run.collect.event(Event{Kind: EventNodes, Total: len(f.run.nodes.Dialable()), Text: text})
	if f.noted++; f.noted <= maxChanges {
		f.run.collect.note(text)
	}
	if f.noted == maxChanges {
		f.run.collect.note("further changes of the nodes are not listed")
	}
}
