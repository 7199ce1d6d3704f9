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
	e := judge.Evidence{
		Scenario: r.s, Certs: c.certs(), Nodes: r.nodes.addresses(), Phases: c.phases(), Tags: c.tags(),
		Capacity: r.capacitySeen, Queries: r.queriesSeen, Idle: r.idleSeen, Watch: r.watchSeen, Pages: r.pages,
	}
	if r.promised() {
		e.Load = c.load(r.needs)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e.Looks = slices.Clone(c.looks)
	return e
}

// promised reports whether sessions have times at which they are due.
func (r *run) promised() bool { return r.s.Kind == scenarios.KindStages || !r.unpaced() }

// end judges what was seen and writes the result.
func (r *run) end(ctx context.Context) scenarios.Result {
	if r.panic != nil {
		panic(r.panic)
	}
	if ctx.Err() != nil {
		r.collect.stop(scenarios.Stop{By: scenarios.StopInterrupted, Text: "interrupted"})
	}
	c, e := r.collect, r.evidence()
	out := scenarios.Result{
		Schema: scenarios.Schema, Run: r.id, Tool: r.opt.Tool, Scenario: r.s, Seed: r.seed,
		Started: r.started.UTC().Truncate(time.Millisecond), Seconds: r.since().Round(time.Millisecond).Seconds(),
		Stopped: c.stopping, Complete: c.stopping == nil,
		Policy: scenarios.PolicySeen{Declared: cmp.Or(r.s.Expect.Balance.Policy, scenarios.AutoPolicy)},
		Looks:  c.looks, Phases: e.Phases, Failures: c.failures, TLS: e.Certs, Sessions: c.counts(),
		Nodes: nodeTallies(r.nodes.members(), pooled(c.looks)), Coords: coordTallies(c.looks, judge.Expected(e)),
		Errors: pooledErrors(c.looks), Notes: c.notes, Load: e.Load, Tags: e.Tags, Series: c.series(),
		Capacity: r.capacitySeen, Queries: r.queriesSeen, Idle: r.idleSeen, Watch: r.watchSeen, Pages: r.pages,
	}
	slices.SortFunc(out.TLS, func(a, b scenarios.Cert) int {
		return cmp.Or(a.Node.Compare(b.Node), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	out.Sessions.Attempted, out.Sessions.OK, out.Sessions.Failed, out.Sessions.Unknown = pooled(c.looks).Total()
	r.judge(&out, e)
	return out
}

// judge adds what the judges say. Where the scout failed nothing was measured
// but certificates: of the rest there is one finding, inconclusive, that says why.
func (r *run) judge(out *scenarios.Result, e judge.Evidence) {
	j := r.opt.judge(e)
	out.Findings, out.Verdict, out.Detect = j.Findings, j.Verdict, j.Detect
	out.Policy.Inferred = j.Inferred
	if j.Capacity != nil {
		out.Capacity = j.Capacity
	}
	out.Notes = append(out.Notes, j.Notes...)
	if s := out.Stopped; s != nil && s.By == scenarios.StopGenerator {
		blameGenerator(out)
	}
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

// blameGenerator says that this machine, not the service, ended the run. What
// the sessions before showed stays.
func blameGenerator(out *scenarios.Result) {
	out.Findings = slices.DeleteFunc(out.Findings, func(f scenarios.Finding) bool { return f.ID == scenarios.LoadLag })
	out.Findings = append(out.Findings, scenarios.Finding{
		ID: scenarios.LoadLag, Message: "the generator could not go on: " + out.Stopped.Text, Fix: out.Stopped.Hint,
	})
	out.Verdict = worst(out.Findings)
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
func nodeTallies(m members, all scenarios.Tally) []scenarios.NodeTally {
	out := make([]scenarios.NodeTally, len(m.all))
	for i, n := range m.all {
		t := scenarios.NodeTally{
			Address: n.Addr, Coordinators: map[string]int{},
			Joined: scenarios.SecondsOf(m.joined[n.Addr]), Left: scenarios.SecondsOf(m.gone[n.Addr]),
		}
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
