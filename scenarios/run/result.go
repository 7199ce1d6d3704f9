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
		Nodes: nodeTallies(r.nodes.all, pooled(c.looks)), Coords: coordTallies(r.s, c.looks),
		Errors: pooledErrors(c.looks), Notes: c.notes,
	}
	slices.SortFunc(out.TLS, func(a, b scenarios.Cert) int {
		return cmp.Or(a.Node.Compare(b.Node), cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	out.Sessions.Attempted, out.Sessions.OK, out.Sessions.Failed, out.Sessions.Unknown = pooled(c.looks).Total()
	r.judge(&out)
	return out
}

// judge adds what the judges say. Where nothing was measured there is one
// finding, inconclusive, that says why.
func (r *run) judge(out *scenarios.Result) {
	j := r.opt.judge(r.evidence())
	out.Findings, out.Verdict, out.Detect = j.Findings, j.Verdict, j.Detect
	out.Policy.Inferred = j.Inferred
	out.Notes = append(out.Notes, j.Notes...)
	if s := out.Stopped; s != nil && s.By == scenarios.StopScout {
		out.Verdict = scenarios.Inconclusive
		out.Findings = []scenarios.Finding{{
			ID: scenarios.ErrorsRate, Message: "Nothing was measured: " + s.Text, Fix: s.Hint,
		}}
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

// coordTallies lists every coordinator that was seen, sorted by name.
func coordTallies(s scenarios.Scenario, looks []scenarios.Look) []scenarios.CoordTally {
	all := pooled(looks)
	counts, total := all.ByCoordinator(), 0
	for _, n := range counts {
		total += n
	}
	out := []scenarios.CoordTally{}
	for _, name := range all.Coordinators() {
		t := scenarios.CoordTally{
			Name: name, Sessions: counts[name], Share: float64(counts[name]) / float64(total),
			Expected: fairShare(s), PIDs: []int32{},
		}
		for _, c := range all {
			if c.Coordinator == name {
				t.Failed += c.Failed
			}
		}
		for _, l := range looks {
			learn(&t, l.Seen)
		}
		out = append(out, t)
	}
	return out
}

// learn adds what a look knows of the coordinator besides its sessions. Every
// pid beyond the first is a restart.
func learn(t *scenarios.CoordTally, seen []scenarios.Seen) {
	for _, s := range seen {
		if s.Coordinator != t.Name {
			continue
		}
		for _, pid := range s.PIDs {
			if !slices.Contains(t.PIDs, pid) {
				t.PIDs = append(t.PIDs, pid)
			}
		}
		if len(s.Versions) > 0 {
			t.Version = s.Versions[len(s.Versions)-1]
		}
	}
	t.Restarts = max(0, len(t.PIDs)-1)
}

// fairShare is what each coordinator should get; nil where their number was not
// declared, or where weights make it a matter of which one it is.
func fairShare(s scenarios.Scenario) *float64 {
	k := s.Expect.Coordinators.K()
	if k == 0 || len(s.Expect.Balance.Weights) > 0 {
		return nil
	}
	share := 1 / float64(k)
	return &share
}

// pooledErrors adds up the looks' errors by class and coordinator, sorted by both.
func pooledErrors(looks []scenarios.Look) []scenarios.ErrorGroup {
	out := []scenarios.ErrorGroup{}
	for _, l := range looks {
		for _, e := range l.Errors {
			i := slices.IndexFunc(out, func(o scenarios.ErrorGroup) bool {
				return o.Class == e.Class && o.Coordinator == e.Coordinator
			})
			if i < 0 {
				out = append(out, e)
			} else {
				out[i].Count += e.Count
			}
		}
	}
	slices.SortFunc(out, func(a, b scenarios.ErrorGroup) int {
		return cmp.Or(cmp.Compare(a.Class, b.Class), cmp.Compare(a.Coordinator, b.Coordinator))
	})
	return out
}
