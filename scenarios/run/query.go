package run

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// mostLooksOfQueries bounds the sessions of a query scenario, in looks of the
// plan: a coordinator that gets a third of its share is still met.
const mostLooksOfQueries = 3

// queries runs the scenario's statement so many times on every coordinator. The
// balancer chooses; a session that lands where the statement has run often
// enough leaves without running it. A statement that fails stops nothing.
func (r *run) queries(ctx context.Context) {
	r.collect.begin(judge.NextLook{Kind: scenarios.Whole, Sessions: r.budget.Look}, 0)
	a := &asker{run: r, of: map[string]*asked{}}
	var all sync.WaitGroup
	for n := 0; n < mostLooksOfQueries*r.budget.Look && !r.stopped() && !a.done(n); n++ {
		nodes := r.nodes.left()
		if len(nodes) == 0 {
			break
		}
		j := job{node: nodes[n%len(nodes)], part: scenarios.Parallel, due: r.row(1)}
		o, ran := r.await(j)
		if !ran {
			continue // the run is stopped, or the node was dropped meanwhile
		}
		if a.done(n) { // while it waited for a slot
			r.slots.give()
			break
		}
		all.Go(func() {
			defer r.slots.give()
			defer r.catch()
			r.over(j, &o, a.session(ctx, j, &o))
		})
	}
	all.Wait()
	r.queriesSeen = a.tallies()
	r.collect.close(r.stopped())
	if len(r.nodes.left()) == 0 {
		r.noNodes()
	}
}

// asker counts what the statement did on each coordinator.
type asker struct {
	*run
	mu sync.Mutex
	of map[string]*asked // by the name that the coordinator gives itself; "": it gave none
	// hung counts statements that took their full time.
	hung int
}

// asked is one coordinator: how often the statement was started there, and what
// became of those that have ended.
type asked struct {
	started int
	tally   scenarios.QueryTally
}

// session opens, runs the statement where it is wanted, and closes.
func (a *asker) session(ctx context.Context, j job, o *scenarios.Observation) (leftOpen bool) {
	s, err := a.open(ctx, j.node, o)
	if err != nil {
		return a.unopened(ctx, o, err)
	}
	defer func() { leftOpen = leave(ctx, s) }()
	o.Outcome = scenarios.OK
	before := o.Who.Coordinator
	if !a.wanted(before) {
		return false
	}
	if err := s.Query(ctx); err != nil {
		blame(ctx, o, err, scenarios.Execute)
	}
	a.count(before, *o)
	return false
}

// wanted reports whether the statement is to run on a coordinator, and then
// counts it as started there. Who answered may show only afterwards: then it runs.
func (a *asker) wanted(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.at(name)
	if name != "" && c.started >= scenarios.RunsPerCoordinator {
		return false
	}
	c.started++
	return true
}

// at is what is known of a coordinator; a.mu is held.
func (a *asker) at(name string) *asked {
	if a.of[name] == nil {
		a.of[name] = &asked{tally: scenarios.QueryTally{Coordinator: name}}
	}
	return a.of[name]
}

// count adds a statement that ended to the coordinator that ran it. One that
// took its full time is not asked for there again.
func (a *asker) count(before string, o scenarios.Observation) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.at(o.Who.Coordinator)
	if before != o.Who.Coordinator {
		a.at(before).started--
		c.started++
	}
	switch o.Outcome {
	case scenarios.OK:
		// Asking who answered (SELECT pid()) is in it: some milliseconds on every
		// coordinator alike.
		c.tally.Times = append(c.tally.Times, scenarios.SecondsOf(o.Phases[scenarios.Execute]+o.Phases[scenarios.Fetch]))
	case scenarios.Failed:
		if c.tally.Failed == 0 {
			c.tally.Class, c.tally.Example = o.Class, o.Text
		}
		c.tally.Failed++
		if o.Class.IsTimeout() {
			a.hung++
			c.started = max(c.started, scenarios.RunsPerCoordinator)
		}
	default:
		return // we cut it off
	}
	c.tally.Runs++
}

// done reports, once n sessions have started, whether every coordinator that
// must run the statement has started it often enough: those that were declared,
// or, where none was, as many as a look shows. So it does where as many
// statements have hung as were to be run: more would only hang, too.
func (a *asker) done(n int) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	var seen scenarios.Look
	for name := range a.of {
		seen.Tally.Add(netip.AddrPort{}, name, scenarios.OK)
	}
	names := seen.Tally.Coordinators()
	k := a.s.Expect.Coordinators.K()
	if a.hung >= scenarios.RunsPerCoordinator*max(k, len(names), 1) {
		return true
	}
	want := judge.ExpectedShares(judge.Evidence{Measured: scenarios.Measured{Scenario: a.s, Looks: []scenarios.Look{seen}}})
	if k > 0 && max(len(want), len(names)) < k || k == 0 && n < a.budget.Look {
		return false
	}
	for _, name := range names {
		if a.of[name].started < scenarios.RunsPerCoordinator {
			return false
		}
	}
	for name := range want {
		if a.of[name] == nil {
			return false // declared, and not met yet
		}
	}
	return true
}

// tallies lists the coordinators that ran the statement, sorted by name.
func (a *asker) tallies() []scenarios.QueryTally {
	out := []scenarios.QueryTally{}
	for _, name := range slices.Sorted(maps.Keys(a.of)) {
		if t := a.of[name].tally; t.Runs > 0 {
			out = append(out, t)
		}
	}
	return out
}
