package run

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A run longer than followBeyond resolves its names again every followEvery: a
// load balancer changes its addresses meanwhile, and its names live that long
// at least.
const (
	followBeyond = 5 * time.Minute
	followEvery  = 30 * time.Second
)

// maxComings bounds the notes about nodes that came and went.
const maxComings = 32

// follow keeps the nodes those that the names lead to, where the run is long,
// until the function that it returns is called. Sessions that are open stay.
func (r *run) follow() (unfollow func()) {
	if asks := demandOf(r.s); !asks.follows || asks.lasts <= followBeyond && !asks.endless || r.literal() {
		return func() {}
	}
	ctx, cancel := context.WithCancel(r.starts)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer r.catch()
		f := follower{run: r}
		for at := r.since() + followEvery; r.wait(ctx, at); at += followEvery {
			f.look(ctx)
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// literal reports whether no endpoint is a name.
func (r *run) literal() bool {
	return !slices.ContainsFunc(r.s.Target.Endpoints, func(endpoint string) bool {
		host, _, err := scenarios.SplitEndpoint(endpoint, r.s.Target.Protocol.Port())
		_, bad := netip.ParseAddr(host)
		return err == nil && bad != nil
	})
}

// follower is what is known of the names' changes.
type follower struct {
	run   *run
	noted int
	lost  bool // the last time there was no answer
}

// look resolves once. Without an answer the nodes stay as they are.
func (f *follower) look(ctx context.Context) {
	r := f.run
	nodes, err := r.names(ctx)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		if !f.lost {
			f.say(fmt.Sprintf("the names could not be resolved again after %s: %v", f.now(), err))
		}
		f.lost = true
		return
	}
	f.lost = false
	came, went := r.nodes.renew(nodes, r.since())
	for _, n := range came {
		f.say(fmt.Sprintf("node %s joined after %s", n.Addr, f.now()))
	}
	for _, n := range went {
		f.say(fmt.Sprintf("node %s left after %s", n.Addr, f.now()))
	}
}

func (f *follower) now() time.Duration { return f.run.since().Round(time.Second) }

// say tells at once, and in the result unless there is too much of it.
func (f *follower) say(text string) {
	f.run.collect.event(Event{Kind: EventNodes, Total: len(f.run.nodes.left()), Text: text})
	if f.noted++; f.noted <= maxComings {
		f.run.collect.note(text)
	}
	if f.noted == maxComings {
		f.run.collect.note("further changes of the nodes are not listed")
	}
}
