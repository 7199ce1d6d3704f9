package run

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// measured is what was seen so far.
func (r *run) measured() scenarios.Measured {
	c := r.collect
	m := scenarios.Measured{
		Scenario: r.s, TLS: c.certs(), Silent: r.silent, Phases: c.phases(), Tags: c.tags(), Series: c.series(),
		Capacity: r.capacitySeen, Queries: r.queriesSeen, Idle: r.idleSeen, Watch: r.watchSeen, Pages: r.pages,
		Sessions: c.counts(),
	}
	slices.SortFunc(m.TLS, func(a, b scenarios.Cert) int {
		return cmp.Or(a.Node.Compare(b.Node), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	if r.promised() {
		m.Load = c.load(r.needs)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m.Looks, m.Stopped, m.Remarks = slices.Clone(c.looks), c.stopping, slices.Clone(c.notes)
	all := m.Pooled()
	m.Sessions.Count(all)
	m.Nodes = nodeTallies(r.nodes.members(), all)
	return m
}

// promised reports whether sessions have times at which they are due.
func (r *run) promised() bool { return r.s.Kind == scenarios.KindStages || !r.unpaced() }

// end has the judges say what was seen, and writes the result.
func (r *run) end(ctx context.Context) scenarios.Result {
	if ctx.Err() != nil {
		r.collect.stop(scenarios.Stop{By: scenarios.StopInterrupted, Text: "interrupted"})
	}
	took := r.since()
	r.collect.handOver()
	if r.panic != nil {
		panic(r.panic)
	}
	out := scenarios.Result{
		Schema: scenarios.Schema, Run: r.id, Tool: r.opt.Tool, Seed: r.seed,
		Started: r.started.UTC().Truncate(time.Millisecond), Seconds: took.Round(time.Millisecond).Seconds(),
		Failures: r.collect.failures, Measured: r.measured(),
	}
	judge.Conclude(&out, r.opt.judge(judge.FromResult(out)))
	return out
}

// nodeTallies lists every node, also one without a session.
func nodeTallies(m members, all scenarios.Tally) []scenarios.NodeTally {
	out := make([]scenarios.NodeTally, len(m.all))
	for i, n := range m.all {
		out[i] = scenarios.NodeTallyOf(n.Addr, all)
		out[i].Joined, out[i].Left = scenarios.SecondsOf(m.joined[n.Addr]), scenarios.SecondsOf(m.gone[n.Addr])
	}
	return out
}
