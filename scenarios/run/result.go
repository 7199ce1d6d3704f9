package run

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// evidence is what the judges see so far.
func (r *run) evidence() judge.Evidence {
	c := r.collect
	c.mu.Lock()
	defer c.mu.Unlock()
	return judge.Evidence{
		Scenario: r.s, Looks: slices.Clone(c.looks), Certs: slices.Clone(c.certs),
		Nodes: r.nodes.addresses(), Phases: c.phases,
		Capacity: r.capacitySeen, Queries: r.queriesSeen, Idle: r.idleSeen, Watch: r.watchSeen, Pages: r.pages,
	}
}

// end judges what was seen and writes the result.
func (r *run) end(ctx context.Context) scenarios.Result {
	if r.panic != nil {
		panic(r.panic)
	}
	if ctx.Err() != nil {
		r.collect.stop(scenarios.Stop{By: scenarios.StopInterrupted, Text: "interrupted"})
	}
	c := r.collect
	out := scenarios.Result{
		Schema: scenarios.Schema, Run: r.id, Tool: r.opt.Tool, Scenario: r.s, Seed: r.seed,
		Started: r.started.UTC().Truncate(time.Millisecond), Seconds: r.since().Round(time.Millisecond).Seconds(),
		Stopped: c.stopping, Complete: c.stopping == nil,
		Policy: scenarios.PolicySeen{Declared: cmp.Or(r.s.Expect.Balance.Policy, scenarios.AutoPolicy)},
		Looks:  c.looks, Phases: c.phases, Failures: c.failures, TLS: c.certs, Sessions: c.counts,
		Nodes: nodeTallies(r.nodes.all, pooled(c.looks)), Coords: coordTallies(c.looks, judge.Expected(r.evidence())),
		Errors: pooledErrors(c.looks), Notes: c.notes,
		Capacity: r.capacitySeen, Queries: r.queriesSeen, Idle: r.idleSeen, Watch: r.watchSeen, Pages: r.pages,
	}
	slices.SortFunc(out.TLS, func(a, b scenarios.Cert) int {
		return cmp.Or(a.Node.Compare(b.Node), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	out.Sessions.Attempted, out.Sessions.OK, out.Sessions.Failed, out.Sessions.Unknown = pooled(c.looks).Total()
	r.judge(&out)
	return out
}

// judge adds what the judges say. Where the scout failed nothing was measured
// but certificates: of the rest there is one finding, inconclusive, that says why.
func (r *run) judge(out *scenarios.Result) {
	j := r.opt.judge(r.evidence())
	out.Findings, out.Verdict, out.Detect = j.Findings, j.Verdict, j.Detect
	out.Policy.Inferred = j.Inferred
	if j.Capacity != nil {
		out.Capacity = j.Capacity
	}
	out.Notes = append(out.Notes, j.Notes...)
	if s := out.Stopped; s != nil && s.By == scenarios.StopScout {
		seen := ofCertificates(out.Findings)
		if len(out.TLS) == 0 {
			seen = nil
		}
		out.Findings = append([]scenarios.Finding{{
			ID: scenarios.ErrorsRate, Message: "nothing was measured: " + s.Text, Fix: s.Hint,
		}}, seen...)
		out.Verdict = worst(out.Findings)
	}
}

// pooled is the tally of all looks, bursts included.
func pooled(looks []scenarios.Look) scenarios.Tally {
	var all scenarios.Tally
	for _, l := range looks {
		all.Merge(l.All())
	}
	return all
}

// nodeTallies lists every node, also one without a session.
func nodeTallies(nodes []Node, all scenarios.Tally) []scenarios.NodeTally {
	out := make([]scenarios.NodeTally, len(nodes))
	for i, n := range nodes {
		t := scenarios.NodeTally{Address: n.Addr, Coordinators: map[string]int{}}
		for _, c := range all {
			if c.Node != n.Addr {
				continue
			}
			t.Sessions += c.Sessions()
			t.Failed += c.Failed
			if c.Coordinator == "" {
				t.Unattributed += c.Sessions()
			} else {
				t.Coordinators[c.Coordinator] = c.Sessions()
			}
		}
		out[i] = t
	}
	return out
}

// pooledErrors adds up the looks' errors.
func pooledErrors(looks []scenarios.Look) []scenarios.ErrorGroup {
	out := []scenarios.ErrorGroup{}
	for _, l := range looks {
		out = scenarios.MergeErrors(out, l.Errors...)
	}
	return out
}
