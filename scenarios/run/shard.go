package run

import (
	"context"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// shard is the part of the scenario that the run does; nil: the whole.
func (r *run) shard() *scenarios.Shard {
	if r.opt.Shard.IsWhole() {
		return nil
	}
	s := r.opt.Shard
	return &s
}

// share is how many of n sessions are this run's.
func (r *run) share(n int) int { return r.opt.Shard.Of(n) }

// first reports whether the run does what must be done once, however many shards there
// are.
func (r *run) first() bool { return r.opt.Shard.Index <= 1 }

// budgetOver is what the run may cost over a number of nodes, with all other shards.
func (r *run) budgetOver(nodes int) budget.Budget {
	if r.opt.Shard.IsWhole() {
		return r.opt.plan(r.s, nodes)
	}
	return budget.OfShards(r.s, nodes, r.opt.Shard.Count)
}

// loadBegins notes when the load of a shard does: with the loads of the others it must be
// one.
func (r *run) loadBegins(at time.Duration) {
	if !r.opt.Shard.IsWhole() {
		began := scenarios.SecondsOf(at)
		r.loadBegan = &began
	}
}

// startLeeway is how late a shard may begin without a word.
const startLeeway = 100 * time.Millisecond

// awaitStart waits until the first session that counts may be due; false where the run
// is stopped. A run that is late begins at once, and says so.
func (r *run) awaitStart() bool {
	if r.opt.StartAt.IsZero() {
		return true
	}
	at := r.opt.StartAt.Sub(r.started.Round(0)) // by the wall clock
	if late := r.since() - at; late > startLeeway {
		r.collect.note(fmt.Sprintf("the load began %s after the time it was to start at", late.Round(10*time.Millisecond)))
		return true
	}
	if !r.wait(r.startCtx, at) {
		return false
	}
	r.next = at
	return true
}

// shardLooks takes the looks that all shards take: what the others saw, nobody knows
// before the results are merged.
func (r *run) shardLooks(ctx context.Context) {
	for _, next := range budget.ShardLooks(r.budget.Look) {
		if r.stopped() {
			return
		}
		if r.look(ctx, next); r.collect.stopped() {
			return
		}
		if len(r.nodes.Dialable()) == 0 {
			r.stopWithoutNodes()
			return
		}
	}
}
