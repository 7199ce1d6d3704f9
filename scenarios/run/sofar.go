package run

import (
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// soFar is what the run has recorded, of a scenario as it was given. It reads what is
// synchronised alone: not what the goroutine of Run keeps for itself.
func (r *run) soFar(s scenarios.Scenario) scenarios.Result {
	c := r.collect
	m := scenarios.Measured{
		Scenario: s, Audit: r.opt.Audit, TLS: sortedCerts(c.recorded.Certs()), Phases: c.recorded.Phases(), Tags: c.recorded.Tags(), Series: c.recorded.Series(),
		Closes: c.recorded.Closes(), Logins: c.recorded.Logins(), HTTP: c.recorded.HTTP(), Sessions: c.recorded.Counts(),
	}
	m.Shard = r.shard()
	if kindOf(s).scheduled || s.Load.Rate > 0 {
		m.Load = c.load(nil)
	}
	failures := c.soFar(&m)
	r.countSessions(&m)
	out := scenarios.Result{
		Schema: scenarios.Schema, Run: r.id, Tool: r.opt.Tool, Seed: r.seed, Started: startedAt(r.started), Seconds: tookSeconds(r.since()),
		Failures: failures, Measured: m,
	}
	judge.Conclude(&out, judge.Judgement{})
	// Nothing is found yet, nor that the counts disagree: sessions end while they are read.
	out.Complete, out.Findings = false, nil
	return out
}

// soFar adds the looks, the one being taken included, and what was noticed, and returns
// the sessions that failed.
func (c *collector) soFar(m *scenarios.Measured) []scenarios.Failure {
	c.mu.Lock()
	defer c.mu.Unlock()
	m.Looks, m.Remarks = slices.Clone(c.looks), slices.Clone(c.notes)
	look := scenarios.Look{Kind: c.current.Kind, Planned: c.current.Sessions}
	c.recorded.CopyLook(&look)
	if total, _, _, _ := look.All().Total(); total > 0 {
		m.Looks = append(m.Looks, look)
	}
	return slices.Clone(c.failures)
}

// countSessions fills in what follows from the looks.
func (r *run) countSessions(m *scenarios.Measured) {
	all := m.Pooled()
	m.Sessions.Count(all)
	m.Nodes = nodeTallies(r.nodes.Snapshot(), all)
	for i, n := range m.Nodes {
		m.Nodes[i].Login = m.Logins.Over(n.Address)
	}
}

// startedAt is when the run began, as a result has it.
func startedAt(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// tookSeconds is how long it took, as a result has it.
func tookSeconds(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }
