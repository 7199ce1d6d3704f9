package run

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/nodes"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/pace"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/threshold"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Options are what a run may be given besides its scenario. The zero value is
// usable.
type Options struct {
	// Resolve looks a host up; network is "ip", "ip4" or "ip6". nil is
	// that of net.DefaultResolver.
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
	// SoFar is called once, before anything is sent, with a function that says what the
	// run has seen: a result without findings, and without what only the end of a run
	// tells. That function may be called at any time, by several goroutines, also when Run
	// has returned; it copies what the run has recorded, and sessions wait meanwhile, so
	// it is to be called seldom. nil: it is not called.
	SoFar func(func() scenarios.Result)
	// Audit is what AWS says of the load balancer: the judges hold it against what Impala
	// needs, and the result has it. nil: AWS was not asked.
	Audit *scenarios.Audited
	// Remarks are what the result notes besides what the run notices.
	Remarks []string
	// Tool is the version that the result names.
	Tool string
	// Pages reads the web pages of coordinators, as they were declared, and
	// returns one view each; an error is in the view. nil: none are read.
	Pages func(ctx context.Context, coordinators []string) []scenarios.Page
	// Probe learns what speaks on a node, within the time of ctx, where no session was
	// good on any node; the run fills in Node. No connections: nothing was learned. It is
	// called once a run, at the most. nil: it is not.
	Probe func(ctx context.Context, n Node) scenarios.Probe
	// Remark says what is to be known before a run that is to end then, by this machine's
	// clock; "": nothing. It is called once, when a session was good. The result has what
	// it says as a remark. nil: there is nothing to say.
	Remark func(ends time.Time) string
	// OnEvent executes watch.on_event. nil: it is not executed, and the result
	// says so.
	OnEvent func(ctx context.Context, command string) error

	// Shard is the part of the scenario that this run does, beside others: its sessions,
	// at the times at which they are due in the whole. What it saw is judged once it is
	// merged with what they saw (package merge). The zero value is the whole.
	Shard scenarios.Shard
	// StartAt is when the first session is due that counts, by this machine's clock; the
	// scouts are before. Zero, or past: at once.
	StartAt time.Time

	// RateIsDefault is set when the user gave no rate: load.rate is then not kept
	// where every name leads to this machine.
	RateIsDefault bool

	judge    func(scenarios.Measured) judge.Judgement // nil is judge.Judge
	plan     func(scenarios.Scenario, int) budget.Budget
	tags     func(scenarios.Scenario) []scenarios.TagTimes
	routed   func(netip.AddrPort) bool
	ownAddrs func() []netip.Addr
	sleep    func(ctx context.Context, d time.Duration) // until ctx ends, at the longest
}

// withDefaults fills in what is not given.
func (o Options) withDefaults() Options {
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
		o.routed = nodes.Routed
	}
	if o.ownAddrs == nil {
		o.ownAddrs = ownAddrs
	}
	if o.sleep == nil {
		o.sleep = pace.Sleep
	}
	return o
}

// run is one run while it goes on.
type run struct {
	open OpenFunc
	s    scenarios.Scenario
	kind kindRules
	opt  Options

	id      string
	seed    uint64
	dealer  dealer // of sessions without an order
	looked  int    // looks begun
	started time.Time
	nodes   nodes.Set
	needs   []scenarios.Resource // of this machine
	budget  budget.Budget
	pacer   pace.Pacer
	gate    *pace.Gate
	next    time.Duration // when the next session of the schedule is due
	slots   pace.Slots
	seq     atomic.Int64
	collect *collector
	closing closing
	opened  atomic.Int64 // sessions that are open now

	onSessionEnd func(scenarios.Observation) // called with every session that ended, concurrently; nil: it is not

	callerCtx    context.Context // the caller's, which all others are made of
	startCtx     context.Context // ends when no further session may start
	cancelStarts context.CancelFunc

	panicked sync.Once
	panic    any

	// What the kinds other than looks see beside their sessions; nil: not of
	// that kind. Written by the goroutine of Run.
	capacitySeen *scenarios.Capacity
	queriesSeen  []scenarios.QueryTally
	idleSeen     *scenarios.IdleSeen
	watchSeen    *scenarios.WatchSeen
	handlesSeen  []scenarios.HandleTally
	loadBegan    *scenarios.Seconds // of a shard of kind stages or watch
	pages        []scenarios.Page
	scouts       []scenarios.Scout
	probe        *scenarios.Probe
	silent       []scenarios.SilentNode // of kind certificates
	leftOut      bool                   // some node is dialled no more, for it was silent
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
	r.open = r.counted(open)
	if why := r.kind.refused; why != "" {
		r.refuse(why)
		return r.end(ctx)
	}
	if r.resolve(ctx) && r.pagesAllow(ctx) {
		r.getInAndRun(ctx)
	}
	return r.end(ctx)
}

// getInAndRun does what the kind does, once a session was good.
func (r *run) getInAndRun(ctx context.Context) {
	defer r.refreshNodes()()
	if r.scout(ctx) && r.awaitStart() {
		r.beginSchedule()
		r.kind.loop(r, ctx)
		r.readPages(ctx, scenarios.PageAfter)
	}
}

// begin prepares a run; its clock starts here.
func begin(ctx context.Context, s scenarios.Scenario, opt Options) (*run, context.Context) {
	opt = opt.withDefaults()
	r := &run{
		s: s, opt: opt, kind: kindOf(s), started: time.Now(),
		seed:  cmp.Or(s.Seed, uint64(rand.Uint32())),
		slots: pace.NewSlots(max(1, opt.Shard.Of(s.Load.Concurrency))),
	}
	r.dealer.seed, r.dealer.shard = r.seed, opt.Shard
	r.id, r.closing.catch = newID(r.started), r.catch
	r.setRate(s.Load.Rate)
	r.callerCtx = ctx
	r.startCtx, r.cancelStarts = context.WithCancel(ctx)
	r.collect = newCollector(s, r.withCatch(opt), r.started, r.cancelStarts, &r.nodes)
	if opt.SoFar != nil {
		opt.SoFar(func() scenarios.Result { return r.soFar(s) })
	}
	return r, ctx
}

// withCatch has a panic of the caller's functions end the run, as one of a session does.
func (r *run) withCatch(opt Options) Options {
	if observe := opt.Observe; observe != nil {
		opt.Observe = func(o scenarios.Observation) { defer r.catch(); observe(o) }
	}
	if progress := opt.Progress; progress != nil {
		opt.Progress = func(e Event) { defer r.catch(); progress(e) }
	}
	return opt
}

// finish releases what begin took.
func (r *run) finish() {
	r.cancelStarts()
	r.closing.contexts.end()
	r.collect.handOver()
}

// catch keeps the first panic of a session for Run's own goroutine, where the
// caller can recover it; the run ends.
func (r *run) catch() {
	if p := recover(); p != nil {
		r.panicked.Do(func() { r.panic = p })
		r.cancelStarts()
	}
}

// stopped reports whether no further session may start. A context that ends has those that
// are made of it end one after the other, and a session may end before startCtx does.
func (r *run) stopped() bool { return r.callerCtx.Err() != nil || r.startCtx.Err() != nil }

// refuse stops a run before anything was sent.
func (r *run) refuse(text string) {
	class := vocab.Class{Phase: vocab.PhaseScenario, Kind: vocab.KindInvalid}
	r.collect.stop(scenarios.Stop{By: scenarios.StopScout, Class: class, Text: text})
}

// setRate paces the sessions that are yet to start.
func (r *run) setRate(rate scenarios.Rate) {
	r.s.Load.Rate, r.pacer = rate, pace.Pacer{Rate: rate, Shard: r.opt.Shard}
	r.gate = pace.NewGate(r.pacer)
}

// reserve reserves times of the schedule for n sessions and returns when the first is
// due: one interval after the last before it, also where that time is past because
// earlier sessions took long. Those that a stall kept from starting are late.
func (r *run) reserve(n int) time.Duration {
	begin := r.next
	r.next = begin + r.pacer.Lasts(n)
	return begin
}

// beginSchedule has the next session due now, or where the schedule is ahead, when
// it says. It is for what follows something that has no planned end, as a burst.
func (r *run) beginSchedule() { r.next = max(r.next, r.since()) }

func (r *run) unpaced() bool { return r.pacer.Rate <= 0 }

// since is the time on the run's own clock.
func (r *run) since() time.Duration { return time.Since(r.started) }

// wait returns true once the run's clock shows at, false where ctx ends before.
func (r *run) wait(ctx context.Context, at time.Duration) bool {
	d := at - r.since()
	if d > 0 && ctx.Err() == nil {
		r.opt.sleep(ctx, d)
	}
	return ctx.Err() == nil && r.callerCtx.Err() == nil
}

// until is a context that ends at a time of the run's clock, or with its starts.
func (r *run) until(at time.Duration) (context.Context, context.CancelFunc) {
	return context.WithDeadline(r.startCtx, r.started.Add(at))
}
