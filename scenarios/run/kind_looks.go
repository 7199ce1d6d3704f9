package run

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/limits"
)

// settleAndLook is a run of looks.
func (r *run) settleAndLook(ctx context.Context) {
	r.settle(ctx)
	if r.opt.Shard.IsWhole() {
		r.looks(ctx)
	} else {
		r.shardLooks(ctx)
	}
}

// looks takes the first look and every further one that the judges ask for.
func (r *run) looks(ctx context.Context) {
	next := scenarios.NextLook{Kind: scenarios.LookFirst, Sessions: r.budget.Look}
	for next.Sessions > 0 && !r.stopped() && r.affordable(next) {
		if r.look(ctx, next); r.collect.stopped() {
			return
		}
		if len(r.nodes.Dialable()) == 0 {
			r.stopWithoutNodes()
			return
		}
		began := r.since()
		next = r.opt.judge(r.measured()).Next
		r.next += r.since() - began // nothing was due meanwhile
		if next.Sessions > 0 {
			r.collect.event(Event{Kind: EventFurtherLook, Total: next.Sessions, Text: next.Why + ": a further look of " + phrase.Count(next.Sessions, "session")})
		}
	}
}

// affordable reports whether a look keeps the run within its budget, and within the
// limits of a run that is not confirmed.
func (r *run) affordable(next scenarios.NextLook) bool {
	before := r.collect.recorded.Counts()
	if n := 1 + int(r.seq.Load()) - before.Scout - before.Settle + next.Sessions; n > r.budget.Ceiling { // it counts one scout
		r.collect.note(fmt.Sprintf("a further look of %s was not taken: it would pass the ceiling of %d", phrase.Count(next.Sessions, "session"), r.budget.Ceiling))
		return false
	}
	limit, tooLong := limits.TooLong(r.s, r.since()+r.pacer.Due(next.Sessions))
	if next.Kind != scenarios.LookFirst && tooLong {
		r.collect.note(fmt.Sprintf("a further look of %s was not taken: the run would last longer than %s, which target.confirm allows", phrase.Count(next.Sessions, "session"), limit))
		return false
	}
	return true
}

// look has next.Sessions sessions in order, those beyond the limit of a sequence in
// parallel, and a burst; of all three it has the run's share.
func (r *run) look(ctx context.Context, next scenarios.NextLook) {
	r.looked++
	all := next.Sessions
	next.Sessions = r.share(all)
	burst := min(r.budget.Burst, max(1, r.s.Load.Concurrency))
	r.collect.beginLook(next, r.share(burst))
	inOrder := min(all, cmp.Or(r.budget.Ordered, all))
	left := next.Sessions - r.ordered(ctx, inOrder)
	left -= r.parallel(ctx, left, all-inOrder)
	r.burst(ctx, burst)
	r.collect.endLook(left > 0 || r.stopped())
}

// ordered has the run's share of count sessions strictly one after the other, so that
// their order is the one in which the balancer gets them. Session i is due at a time of
// its own, whatever became of those before it. What is left for a node that is refused or
// silent is dealt to the others. It returns how many there were.
func (r *run) ordered(ctx context.Context, count int) int {
	nodes := r.nodes.Dialable()
	if count == 0 || len(nodes) == 0 {
		return 0
	}
	begin, done, silent := r.reserve(r.share(count)), 0, silence{}
	d := r.deal(nodes, count, dealtOrdered, 0)
	for n, ok := d.next(); ok && !r.stopped(); n, ok = d.next() {
		o, ran := r.session(ctx, job{node: n, part: scenarios.PartOrdered, due: begin + r.pacer.Due(done)})
		if ran && !o.Refused {
			d.done()
			done++
			if !silent.add(o) {
				continue
			}
			r.leaveOut(n)
		}
		left := r.nodes.Dialable()
		if len(left) == 0 {
			break
		}
		d.replace(left)
	}
	return done
}

// parallel has count sessions without order, as many at once as may be open; all are
// those of all shards. It returns how many there were.
func (r *run) parallel(ctx context.Context, count, all int) int {
	done := 0
	for again := 0; done < count && !r.stopped(); again++ {
		nodes := r.nodes.Dialable()
		if len(nodes) == 0 {
			break
		}
		if r.share(all) != count-done { // some are left, of this shard
			all = (count - done) * max(1, r.opt.Shard.Count)
		}
		done += r.spread(ctx, nodes, all, again)
	}
	return done
}

// spread deals the run's share of count sessions to the nodes, to as many workers as may
// be open at once; sessions of a node that was refused meanwhile are left out. again is how
// often it was called for this look before.
func (r *run) spread(ctx context.Context, nodes []Node, count, again int) int {
	d := r.deal(nodes, count, dealtParallel, again)
	begin := r.reserve(len(d.nodes))
	var all sync.WaitGroup
	var next, done atomic.Int64
	for range min(len(d.nodes), cap(r.slots)) {
		all.Go(func() {
			for i := int(next.Add(1) - 1); i < len(d.nodes) && !r.stopped(); i = int(next.Add(1) - 1) {
				o, ran := r.session(ctx, job{node: d.nodes[i], part: scenarios.PartParallel, due: begin + r.pacer.Due(i)})
				if ran && !o.Refused {
					done.Add(1)
				}
			}
		})
	}
	all.Wait()
	return int(done.Load())
}

// burst opens the run's share of count sessions together, dealt to the nodes; each stays
// for the scenario's time after it was opened.
func (r *run) burst(ctx context.Context, count int) {
	nodes := r.nodes.Dialable()
	if len(nodes) == 0 || r.stopped() {
		return
	}
	due := r.reserve(0)
	var all sync.WaitGroup
	d := r.deal(nodes, count, dealtBurst, 0)
	for _, n := range d.nodes {
		all.Go(func() {
			r.session(ctx, job{
				node: n, part: scenarios.PartBurst, due: due,
				hold: time.Duration(r.s.Load.BurstHold),
			})
		})
	}
	all.Go(func() { r.pagesDuring(ctx, max(due, r.since())+time.Duration(r.s.Load.BurstHold)/2) })
	all.Wait()
	if count > 0 || r.pagesWanted() {
		r.beginSchedule()
	}
}
