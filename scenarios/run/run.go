package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// Options are what a run may be given besides its scenario. The zero value is
// a run that nobody watches.
type Options struct {
	// Resolve looks a host up; network is "ip", "ip4" or "ip6". nil is
	// net.DefaultResolver's LookupNetIP.
	Resolve func(ctx context.Context, network, host string) ([]netip.Addr, error)
	// Observe is told of every session that ended, in the order of ending,
	// never concurrently; it must not block. nil is nobody.
	Observe func(scenarios.Observation)
	// Progress is told of every step, never concurrently; it must not block.
	// nil is nobody.
	Progress func(Event)
	// Tool is the version that the result names.
	Tool string
	// Pages reads the web pages of coordinators, as they were declared, and
	// returns one view each; an error is in the view. nil: none are read.
	Pages func(ctx context.Context, coordinators []string) []scenarios.Page
	// OnEvent carries watch.on_event out. nil: there is none.
	OnEvent func(ctx context.Context, command string) error

	judge  func(judge.Evidence) judge.Judgement // nil is judge.All
	plan   func(scenarios.Scenario, int) judge.Budget
	routed func(netip.AddrPort) bool
}

// run is one run while it goes on.
type run struct {
	open OpenFunc
	s    scenarios.Scenario
	opt  Options

	id      string
	seed    uint64
	started time.Time
	nodes   roster
	budget  judge.Budget
	pacer   Pacer
	free    time.Duration // when the next row of sessions may begin
	slots   slots
	seq     atomic.Int64
	collect *collector

	hear func(scenarios.Observation) // told of every session that ended, concurrently; nil: nobody listens

	starts context.Context // ends where no further session may start
	halt   context.CancelFunc

	panicked sync.Once
	panic    any

	// What the kinds other than looks see beside their sessions; nil: not of
	// that kind. Written by the run's own goroutine.
	capacitySeen *scenarios.Capacity
	queriesSeen  []scenarios.QueryTally
	idleSeen     *scenarios.IdleSeen
	watchSeen    *scenarios.WatchSeen
	pages        []scenarios.Page
}

// Run carries a scenario out and judges it. It always returns a result, whose
// Exit and Summary are the caller's to fill, and returns when everything that it
// started has ended. Where ctx ends, no session starts any more, those that are
// open are closed within five seconds, and the result says that it is partial.
// A scenario that is not valid is stopped before anything is sent; s is not to
// be changed meanwhile, and the result shares it.
func Run(ctx context.Context, open OpenFunc, s scenarios.Scenario, opt Options) scenarios.Result {
	r, ctx := begin(ctx, s, opt)
	defer r.halt()
	r.open = open
	if r.resolve(ctx) && r.scout(ctx) {
		r.loop()(ctx)
	}
	return r.end(ctx)
}

// loop is what a run of this kind does once the scout is back.
func (r *run) loop() func(context.Context) {
	switch r.s.Kind {
	case scenarios.KindStages:
		return r.stages
	case scenarios.KindCapacity:
		return r.capacity
	case scenarios.KindQuery:
		return r.queries
	case scenarios.KindIdle:
		return r.idle
	case scenarios.KindWatch:
		return r.watch
	}
	return func(ctx context.Context) {
		r.settle(ctx)
		r.looks(ctx)
	}
}

// begin readies a run; its clock starts here.
func begin(ctx context.Context, s scenarios.Scenario, opt Options) (*run, context.Context) {
	if opt.Resolve == nil {
		opt.Resolve = net.DefaultResolver.LookupNetIP
	}
	if opt.judge == nil {
		opt.judge = judge.All
	}
	if opt.plan == nil {
		opt.plan = judge.Plan
	}
	if opt.routed == nil {
		opt.routed = routed
	}
	r := &run{
		s: s, opt: opt, started: time.Now(), pacer: Pacer{Rate: s.Load.Rate},
		seed:  cmp.Or(s.Seed, uint64(rand.Uint32())),
		slots: make(slots, max(1, s.Load.Concurrency)),
	}
	r.id = newID(r.started)
	r.starts, r.halt = context.WithCancel(ctx)
	r.collect = &collector{opt: opt, halt: r.halt, looks: []scenarios.Look{}, breaker: breaker{kind: s.Kind}}
	return r, ctx
}

// resolve finds the nodes and says what the run may cost; false where there are none.
func (r *run) resolve(ctx context.Context) bool {
	if err := r.s.Validate(); err != nil {
		r.collect.stop(scenarios.Stop{By: scenarios.StopScout, Class: "scenario.invalid", Text: err.Error()})
		return false
	}
	from := r.since()
	names := resolver{r.s.Target.DNS, r.opt.Resolve, r.opt.routed}
	nodes, err := names.nodes(ctx, r.s.Target, time.Duration(r.s.Load.Timeout))
	r.collect.resolved(r.since() - from)
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		var e *resolveError
		errors.As(err, &e) // it is of no other type
		r.collect.stop(scenarios.Stop{By: scenarios.StopScout, Class: e.Class(), Text: e.Error(), Hint: e.Hint()})
		return false
	}
	r.nodes.all = nodes
	r.collect.event(Event{Kind: EventResolved, Total: len(nodes), Text: nodeList(nodes)})
	return true
}

func nodeList(nodes []Node) string {
	const most = 8
	text := ""
	for i, n := range nodes {
		if i == most {
			return text + fmt.Sprintf(", and %d more", len(nodes)-most)
		}
		if i > 0 {
			text += ", "
		}
		text += n.Addr.String()
	}
	return text
}

// catch keeps the first panic of a session for Run's own goroutine, where the
// caller can recover it; the run ends.
func (r *run) catch() {
	if p := recover(); p != nil {
		r.panicked.Do(func() { r.panic = p })
		r.halt()
	}
}

// stopped reports whether no further session may start.
func (r *run) stopped() bool { return r.starts.Err() != nil }
