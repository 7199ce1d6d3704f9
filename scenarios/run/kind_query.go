package run

import (
	"context"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
)

// queries runs the scenario's statement several times on every coordinator. The
// balancer chooses; a session on a coordinator where the statement has run
// often enough is closed without running it. A statement that fails stops nothing.
func (r *run) queries(ctx context.Context) {
	r.collect.beginOpen(r.share(r.budget.Look), fmt.Sprintf("sessions until the statement has run %d times on every coordinator, %d at least", scenarios.RunsPerCoordinator, r.share(r.budget.Look)))
	q := &queryRuns{run: r, by: map[string]*coordinatorRuns{}}
	var all sync.WaitGroup
	for n := 0; n < r.share(r.budget.Ceiling-1) && !r.stopped() && !q.done(n); n++ {
		nodes := r.nodes.Dialable()
		if len(nodes) == 0 {
			break
		}
		j := job{node: nodes[r.opt.Shard.Number(n)%len(nodes)], part: scenarios.PartParallel, due: r.reserve(1)}
		o, ran := r.acquire(j)
		if !ran {
			continue // the run is stopped, or the node was refused meanwhile
		}
		if q.done(n) { // while it waited for a slot
			r.slots.Release()
			break
		}
		all.Go(func() {
			defer r.slots.Release()
			defer r.catch()
			r.endRecord(j, &o, q.session(ctx, j, &o))
		})
	}
	all.Wait()
	r.queriesSeen = q.tallies()
	r.collect.endLook(r.stopped())
	if len(r.nodes.Dialable()) == 0 {
		r.stopWithoutNodes()
	}
}

// queryRuns counts what the statement did on each coordinator.
type queryRuns struct {
	*run
	mu sync.Mutex
	by map[string]*coordinatorRuns // by the name that the coordinator gives itself; "": it gave none
	// timeouts counts statements that took their full time.
	timeouts int
}

// coordinatorRuns is one coordinator: how often the statement was started there,
// and what became of those that have ended.
type coordinatorRuns struct {
	started int
	tally   scenarios.QueryTally
}

// session opens, runs the statement where it is wanted, and closes.
func (q *queryRuns) session(ctx context.Context, j job, o *scenarios.Observation) (leftOpen bool) {
	s, err := q.open(ctx, j.node, o)
	if err != nil {
		return q.openFailed(ctx, o, err)
	}
	defer func() { leftOpen = q.closeAlone(ctx, s) }()
	o.Outcome = scenarios.OutcomeOK
	before := o.Who.Coordinator
	if !q.start(before) {
		return false
	}
	if err := s.Query(ctx); err != nil {
		record.Failure(ctx, o, err, scenarios.PhaseExecute)
	}
	q.count(before, *o)
	return false
}

// start reports whether the statement is to run on a coordinator, and then counts
// it as started there. The coordinator may be known only afterwards: then it runs.
func (q *queryRuns) start(name string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := q.at(name)
	if name != "" && c.started >= scenarios.RunsPerCoordinator {
		return false
	}
	c.started++
	return true
}

// at is what is known of a coordinator; q.mu is held.
func (q *queryRuns) at(name string) *coordinatorRuns {
	if q.by[name] == nil {
		q.by[name] = &coordinatorRuns{tally: scenarios.QueryTally{Coordinator: name}}
	}
	return q.by[name]
}

// count adds a statement that ended to the coordinator that ran it. One that
// took its full time is not asked for there again.
func (q *queryRuns) count(before string, o scenarios.Observation) {
	q.mu.Lock()
	defer q.mu.Unlock()
	c := q.at(o.Who.Coordinator)
	if before != o.Who.Coordinator {
		q.at(before).started--
		c.started++
	}
	switch o.Outcome {
	case scenarios.OutcomeOK:
		// Identifying the coordinator (SELECT pid()) is in it: some milliseconds on every
		// coordinator alike.
		c.tally.Times = append(c.tally.Times, scenarios.SecondsOf(o.Phases[scenarios.PhaseExecute]+o.Phases[scenarios.PhaseFetch]))
	case scenarios.OutcomeFailed:
		if c.tally.Failed == 0 {
			c.tally.Class, c.tally.Example = o.Class, o.Text
		}
		c.tally.Failed++
		if o.Class.IsTimeout() {
			q.timeouts++
			c.started = max(c.started, scenarios.RunsPerCoordinator)
		}
	default:
		return // the run cut it off
	}
	c.tally.Runs++
}

// done reports, once n sessions have started, whether every coordinator that
// must run the statement has started it often enough: those that were declared,
// or, where none was, as many as a look shows. It also does where as many
// statements timed out as were to be run: more would only time out, too.
func (q *queryRuns) done(n int) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	var seen scenarios.Look
	for name := range q.by {
		seen.Tally.Add(netip.AddrPort{}, name, scenarios.OutcomeOK)
	}
	names := seen.Tally.Coordinators()
	k := q.s.Expect.Coordinators.K()
	if q.timeouts >= scenarios.RunsPerCoordinator*max(k, len(names), 1) {
		return true
	}
	want := judge.ExpectedShares(scenarios.Measured{Scenario: q.s, Looks: []scenarios.Look{seen}})
	if k > 0 && max(len(want), len(names)) < k || k == 0 && n < q.share(q.budget.Look) {
		return false
	}
	for _, name := range names {
		if q.by[name].started < scenarios.RunsPerCoordinator {
			return false
		}
	}
	for name := range want {
		if q.by[name] == nil {
			return false // declared, and not met yet
		}
	}
	return true
}

// tallies lists the coordinators that ran the statement, sorted by name.
func (q *queryRuns) tallies() []scenarios.QueryTally {
	out := []scenarios.QueryTally{}
	for _, name := range slices.Sorted(maps.Keys(q.by)) {
		if t := q.by[name].tally; t.Runs > 0 {
			out = append(out, t)
		}
	}
	return out
}
