package run

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Options are what a run may be given besides its scenario. The zero value is
// a run that nobody watches.
type Options struct {
	// Resolve looks a host up; network is "ip", "ip4" or "ip6". nil is
	// net.DefaultResolver's LookupNetIP.
	Resolve func(ctx context.Context, network, host string) ([]netip.Addr, error)
	// Observe is called with every session that ended, in the order of ending,
	// from one goroutine. None is lost: once 1024 wait for an Observe that
	// stalls, sessions that end wait, too, so that fewer start; the generator
	// owes that time, and the result has a remark. nil: it is not called.
	Observe func(scenarios.Observation)
	// Progress is called with every event, from one goroutine, which is not
	// Observe's. One that stalls delays no session: once 1024 events wait, the
	// oldest count of sessions is dropped for a new event, or else the oldest
	// event. nil: it is not called.
	Progress func(Event)
	// Tool is the version that the result names.
	Tool string
	// Pages reads the web pages of coordinators, as they were declared, and
	// returns one view each; an error is in the view. nil: none are read.
	Pages func(ctx context.Context, coordinators []string) []scenarios.Page
	// OnEvent carries watch.on_event out. nil: there is none.
	OnEvent func(ctx context.Context, command string) error

	// RateByHabit says that load.rate is politeness alone and nobody's wish:
	// where every name leads to this machine, nobody is there to be spared, and
	// nothing is paced.
	RateByHabit bool

	judge  func(judge.Evidence) judge.Report // nil is judge.Judge
	plan   func(scenarios.Scenario, int) budget.Budget
	tags   func(scenarios.Scenario) []scenarios.TagTimes
	routed func(netip.AddrPort) bool
	sleep  func(ctx context.Context, d time.Duration) // until ctx ends, at the longest
}

// orReal fills in what a test may take the place of.
func (o Options) orReal() Options {
	if o.Resolve == nil {
		o.Resolve = net.DefaultResolver.LookupNetIP
	}
	if o.judge == nil {
		o.judge = judge.Judge
	}
	if o.plan == nil {
		o.plan = budget.Plan
	}
	if o.tags == nil {
		o.tags = threshold.Wanted
	}
	if o.routed == nil {
		o.routed = routed
	}
	if o.sleep == nil {
		o.sleep = sleep
	}
	return o
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
	needs   []scenarios.Resource // of this machine
	budget  budget.Budget
	pacer   Pacer
	free    time.Duration // when the next row of sessions may begin
	slots   slots
	seq     atomic.Int64
	collect *collector
	closing closing

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
	silent       []scenarios.SilentNode // of kind certificates
}

// Run carries a scenario out and judges it. It always returns a result, of which
// Summary alone is the caller's to fill, and returns when everything that it
// started has ended. Where ctx ends, no session starts any more, those that are
// open are closed within five seconds, and the result says that it is partial.
// A scenario that is not valid is stopped before anything is sent; s is not to
// be changed meanwhile, and the result shares it.
func Run(ctx context.Context, open OpenFunc, s scenarios.Scenario, opt Options) scenarios.Result {
	r, ctx := begin(ctx, s, opt)
	defer r.finish()
	r.open = open
	if r.resolve(ctx) && r.pagesAllow(ctx) && r.scout(ctx) {
		unfollow := r.follow()
		r.loop()(ctx)
		unfollow()
		r.readPages(ctx, scenarios.PageAfter)
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
	opt = opt.orReal()
	r := &run{
		s: s, opt: opt, started: time.Now(), pacer: Pacer{Rate: s.Load.Rate},
		seed:  cmp.Or(s.Seed, uint64(rand.Uint32())),
		slots: newSlots(max(1, s.Load.Concurrency)),
	}
	r.id = newID(r.started)
	r.starts, r.halt = context.WithCancel(ctx)
	r.collect = newCollector(s, r.guarded(opt), r.started, r.halt)
	return r, ctx
}

// resolve finds the nodes and says what the run may cost; false where there are none.
func (r *run) resolve(ctx context.Context) bool {
	if err := r.s.Validate(); err != nil {
		r.collect.stop(scenarios.Stop{By: scenarios.StopScout, Class: vocab.Class{Phase: vocab.PhaseScenario, Kind: vocab.KindInvalid}, Text: err.Error()})
		return false
	}
	from := r.since()
	nodes, err := r.names(ctx)
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
	r.nodes.set(nodes)
	r.spare(nodes)
	r.needs = Preflight(r.s, len(nodes))
	r.collect.event(Event{Kind: EventResolved, Total: len(nodes), Text: nodeList(nodes)})
	return true
}

// names are the nodes that the endpoints' names lead to now.
func (r *run) names(ctx context.Context) ([]Node, error) {
	names := resolver{r.s.Target.DNS, r.opt.Resolve, r.opt.routed}
	return names.nodes(ctx, r.s.Target, time.Duration(r.s.Load.Timeout))
}

// spare lifts a pace of mere habit where all nodes are this machine.
func (r *run) spare(nodes []Node) {
	elsewhere := slices.ContainsFunc(nodes, func(n Node) bool { return !n.Addr.Addr().IsLoopback() })
	if r.opt.RateByHabit && !elsewhere {
		r.s.Load.Rate, r.pacer.Rate = 0, 0
	}
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

// guarded has a panic of the caller's functions end the run, as one of a session does.
func (r *run) guarded(opt Options) Options {
	if observe := opt.Observe; observe != nil {
		opt.Observe = func(o scenarios.Observation) { defer r.catch(); observe(o) }
	}
	if progress := opt.Progress; progress != nil {
		opt.Progress = func(e Event) { defer r.catch(); progress(e) }
	}
	return opt
}

// finish lets go of what begin took.
func (r *run) finish() {
	r.halt()
	r.closing.end()
	r.collect.handOver()
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
