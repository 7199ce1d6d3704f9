package run

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// signOfLife is how often a session that stays open is asked for one.
const signOfLife = time.Second

// openLong opens the sessions that stay, over the nodes in turn; nil stands for
// one that did not open.
func (r *run) openLong(ctx context.Context, w *watcher) []*stay {
	n := r.s.Watch.Long
	long, begin := make([]*stay, n), r.row(n)
	w.seen.Long = make([]scenarios.LongFate, n)
	for i := range long {
		nodes := r.nodes.left()
		if len(nodes) == 0 {
			break
		}
		k := r.stay(ctx, job{node: nodes[i%len(nodes)], part: scenarios.Held, due: begin + r.pacer.Due(i), mute: true})
		if k == nil {
			break
		}
		w.seen.Long[i] = scenarios.LongFate{Node: k.o.Node.String(), Coordinator: k.o.Who.Coordinator, Class: k.o.Class}
		if k.s != nil {
			long[i] = k
		}
	}
	return long
}

// attend asks one session for signs of life until it is lost or the watch ends.
// It is never opened again.
func (r *run) attend(ctx context.Context, w *watcher, i int, k *stay, end time.Duration) {
	defer r.catch()
	defer r.dismiss(ctx, k)
	var asked bool
	var err error
	for now := r.since(); err == nil && now < end; now = r.since() {
		asked, err = k.survive(r.starts, min(signOfLife, end-now))
	}
	r.decide(k, err)
	w.fate(i, k.o, asked)
}
