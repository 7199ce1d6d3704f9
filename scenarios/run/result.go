package run

import (
	"cmp"
	"context"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/nodes"
)

// measured is what was seen so far.
func (r *run) measured() scenarios.Measured {
	c := r.collect
	m := scenarios.Measured{
		Scenario: r.s, TLS: sortedCerts(c.recorded.Certs()), Scouts: r.scouts, Probe: r.probe, Silent: r.silent, Phases: c.recorded.Phases(), Tags: c.recorded.Tags(), Series: c.recorded.Series(),
		Capacity: r.capacitySeen, Queries: r.queriesSeen, Idle: r.idleSeen, Watch: r.watchSeen, Handles: r.handlesSeen, Pages: r.pages, Audit: r.opt.Audit,
		Closes: c.recorded.Closes(), Logins: c.recorded.Logins(), HTTP: c.recorded.HTTP(),
		Sessions: c.recorded.Counts(),
	}
	m.Shard, m.LoadBegan = r.shard(), r.loadBegan
	if r.hasDueTimes() {
		m.Load = c.load(r.needs)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m.Looks, m.Stopped, m.Remarks = slices.Clone(c.looks), c.stopping, slices.Concat(r.opt.Remarks, c.notes)
	r.countSessions(&m)
	return m
}

// sortedCerts sorts by node.
func sortedCerts(certs []scenarios.Cert) []scenarios.Cert {
	slices.SortFunc(certs, func(a, b scenarios.Cert) int {
		return cmp.Or(a.Node.Compare(b.Node), cmp.Compare(a.Fingerprint, b.Fingerprint), cmp.Compare(a.ChainFingerprint, b.ChainFingerprint))
	})
	return certs
}

// hasDueTimes reports whether sessions have times at which they are due.
func (r *run) hasDueTimes() bool { return kindOf(r.s).scheduled || !r.unpaced() }

// end has the judges say what was seen, and writes the result.
func (r *run) end(ctx context.Context) scenarios.Result {
	if ctx.Err() != nil {
		r.collect.stop(scenarios.Stop{By: scenarios.StopInterrupted, Text: "interrupted"})
	}
	r.closing.wait()
	took := r.since()
	onThisMachine := r.onThisMachine(ctx, r.collect.looks)
	r.collect.handOver()
	if r.panic != nil {
		panic(r.panic)
	}
	out := scenarios.Result{
		Schema: scenarios.Schema, Run: r.id, Tool: r.opt.Tool, Seed: r.seed,
		Started: startedAt(r.started), Seconds: tookSeconds(took),
		Failures: r.collect.failures, Measured: r.measured(),
	}
	out.OnThisMachine = onThisMachine
	judge.Conclude(&out, r.opt.judge(out.Measured))
	return out
}

// nodeTallies lists every node, also one without a session.
func nodeTallies(m nodes.Snapshot, all scenarios.Tally) []scenarios.NodeTally {
	out := make([]scenarios.NodeTally, len(m.All))
	for i, n := range m.All {
		out[i] = scenarios.NodeTallyOf(n.Addr, all)
		out[i].Joined, out[i].Left = scenarios.SecondsOf(m.Joined[n.Addr]), scenarios.SecondsOf(m.Left[n.Addr])
	}
	return out
}
