package run

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// balancer is a fake one: it hands sessions of each node to coordinators in
// turn, and answer says what becomes of each.
type balancer struct {
	coordinators int
	takes        time.Duration            // of opening
	answer       func(n Node, i int) fate // i counts the node's sessions; nil: all is well

	mu              sync.Mutex
	opened          map[netip.AddrPort]int
	open, maxOpen   int
	closed          int
	closeErr        error
	closeHangs      bool // until its context ends
	closeTakes      time.Duration
	limit           int  // sessions that it lets in at once; 0: any number
	closedUncancels bool // every Close had a live context
}

// fate is what becomes of one session. The zero value is good.
type fate struct {
	openErr, queryErr error
	lateErr           error // of opening, once it took its time
	pingErr           error
	cutAfter          time.Duration // of waiting; 0: never
	cutErr            error         // how Wait says so; nil: the cut is silent
	refused           bool
	takes             time.Duration
	hang              bool // until ctx ends
	panics            bool
	coordinator       string
	pid               int32
}

// fault is an error that says what it is.
type fault struct{ class, hint string }

func (f fault) Error() string          { return "the server said " + f.class }
func (f fault) Class() scenarios.Class { return vocabtest.Class(f.class) }
func (f fault) Hint() []vocab.Fix {
	if f.hint == "" {
		return nil
	}
	return []vocab.Fix{{Why: f.hint}}
}

func (b *balancer) dial(ctx context.Context, n Node, o *scenarios.Observation) (Session, error) {
	b.mu.Lock()
	if b.opened == nil {
		b.opened = map[netip.AddrPort]int{}
		b.closedUncancels = true
	}
	i := b.opened[n.Addr]
	b.opened[n.Addr]++
	var f fate
	if b.answer != nil {
		f = b.answer(n, i)
	}
	if f.panics {
		b.mu.Unlock()
		panic("a fault of ours")
	}
	if b.limit > 0 && b.open >= b.limit {
		f.openErr = fault{"open.reset", ""}
	}
	b.open++
	b.maxOpen = max(b.maxOpen, b.open)
	b.mu.Unlock()
	s, err := b.converse(ctx, f, i, o)
	if err != nil {
		b.mu.Lock()
		b.open--
		b.mu.Unlock()
		return nil, err
	}
	return s, nil
}

func (b *balancer) converse(ctx context.Context, f fate, i int, o *scenarios.Observation) (Session, error) {
	if f.hang {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if err := pause(ctx, max(b.takes, f.takes)); err != nil {
		return nil, err
	}
	if f.lateErr != nil {
		return nil, f.lateErr
	}
	o.Phases[scenarios.PhaseOpen] = max(b.takes, f.takes, time.Microsecond)
	o.Local = netip.MustParseAddrPort("127.0.0.1:40000")
	if f.refused {
		o.Refused = true
		o.Cert = &scenarios.Cert{Fingerprint: "bad"}
		return nil, fault{"tls.expired", ""}
	}
	if f.openErr != nil {
		return nil, f.openErr
	}
	o.Who = scenarios.Identity{
		Coordinator: fmt.Sprintf("coord-%d:25000", i%max(1, b.coordinators)+1), PID: max(f.pid, 1), Source: scenarios.SourcePing,
	}
	if f.coordinator != "" {
		o.Who.Coordinator = f.coordinator
	}
	return &conversation{b, f}, nil
}

type conversation struct {
	b *balancer
	f fate
}

func (c *conversation) Query(_ context.Context) error { return c.f.queryErr }
func (c *conversation) Ping(_ context.Context) error  { return c.f.pingErr }

func (c *conversation) Identify(context.Context) error { return nil }

func (c *conversation) Wait(ctx context.Context, d time.Duration) error {
	if c.f.cutAfter > 0 && c.f.cutErr != nil && c.f.cutAfter <= d {
		if err := pause(ctx, c.f.cutAfter); err != nil {
			return err
		}
		return c.f.cutErr
	}
	return pause(ctx, d)
}

func (c *conversation) Close(ctx context.Context) error {
	if c.b.closeHangs {
		<-ctx.Done()
	}
	_ = pause(ctx, c.b.closeTakes)
	c.b.mu.Lock()
	defer c.b.mu.Unlock()
	c.b.open--
	c.b.closed++
	c.b.closedUncancels = c.b.closedUncancels && ctx.Err() == nil
	return c.b.closeErr
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// scenario is smoke over two nodes, and a look of so many sessions.
func scenario(sessions int) scenarios.Scenario {
	s := scenarios.Default()
	s.Name = "test"
	s.Target.Endpoints = []string{"127.0.0.2:21050", "127.0.0.3:21050"}
	s.Load.Sessions = scenarios.Auto(sessions)
	s.Load.Burst = 0
	return s
}

// watched runs s and returns the observations beside the result. The judges
// are content with one look unless opt brings others.
func watched(ctx context.Context, t *testing.T, b *balancer, s scenarios.Scenario, opt Options) (scenarios.Result, []scenarios.Observation) {
	t.Helper()
	var seen []scenarios.Observation
	opt.Observe = func(o scenarios.Observation) { seen = append(seen, o) }
	if opt.judge == nil {
		opt.judge = content
	}
	if opt.plan == nil {
		opt.plan = plain
	}
	r := Run(ctx, b.dial, s, opt)
	checkSums(t, r)
	if b.open != 0 {
		t.Errorf("%d sessions are still open", b.open)
	}
	return r, seen
}

func content(scenarios.Measured) judge.Judgement {
	return judge.Judgement{Verdict: scenarios.StatusPass}
}

func plain(s scenarios.Scenario, nodes int) budget.Budget {
	n := int(s.Load.Sessions)
	switch {
	case s.Kind == scenarios.KindStages:
		n = budget.Plan(s, nodes).Look
	case !s.Kind.Has("load.sessions"):
		n = 40
	}
	return budget.Budget{Look: n, Burst: s.Load.Burst, Ceiling: 10_000, Typical: n, Ordered: scenarios.MaxOrdered}
}

// checkSums holds what is true of every result.
func checkSums(t *testing.T, r scenarios.Result) {
	t.Helper()
	n := r.Sessions
	if n.Attempted != n.OK+n.Failed+n.Unknown {
		t.Errorf("sessions do not add up: %+v", n)
	}
	cells, nodes, failed := 0, 0, 0
	for _, l := range r.Looks {
		for _, c := range l.All() {
			cells += c.Sessions()
		}
		for _, e := range l.Errors {
			failed += e.Count
		}
	}
	for _, node := range r.Nodes {
		nodes += node.Sessions
	}
	if err := r.CheckCounts(); err != nil {
		t.Error(err)
	}
	if r.Scenario.Load.WarmUp == 0 && n.OK > 0 && (r.Logins == nil || r.Logins.All.Count < n.OK) {
		t.Errorf("not all of %d good sessions were timed: %+v", n.OK, r.Logins)
	}
	if cells != n.Attempted || nodes != n.Attempted || failed != n.Failed {
		t.Errorf("%d sessions attempted, %d in cells, %d on nodes; %d failed, %d in errors", n.Attempted, cells, nodes, n.Failed, failed)
	}
	if r.Complete != (r.Stopped == nil) {
		t.Errorf("complete = %v, stopped = %+v", r.Complete, r.Stopped)
	}
}
