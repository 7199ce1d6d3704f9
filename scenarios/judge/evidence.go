package judge

import (
	"net/netip"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Evidence is everything that a verdict rests on.
type Evidence struct {
	Scenario scenarios.Scenario
	Looks    []scenarios.Look
	Certs    []scenarios.Cert
	Nodes    []netip.AddrPort // what the endpoints' names resolve to, at last
	Phases   scenarios.PhaseStats
	Load     *scenarios.LoadStats // nil: the run was not paced
	Tags     []scenarios.TagTimes
	Capacity *scenarios.Capacity // nil, as the next three: the run was not of that kind
	Queries  []scenarios.QueryTally
	Idle     *scenarios.IdleSeen
	Watch    *scenarios.WatchSeen
	Pages    []scenarios.Page
}

// Of is the evidence that a stored result holds.
func Of(r scenarios.Result) Evidence {
	e := Evidence{
		Scenario: r.Scenario, Looks: r.Looks, Certs: r.TLS, Phases: r.Phases, Load: r.Load, Tags: r.Tags,
		Capacity: r.Capacity, Queries: r.Queries, Idle: r.Idle, Watch: r.Watch, Pages: r.Pages,
	}
	for _, n := range r.Nodes {
		if n.Left == 0 {
			e.Nodes = append(e.Nodes, n.Address)
		}
	}
	return e
}

// Ask is a judge's wish for a further look; the zero Ask wishes for none. A
// finding that waits for a look is inconclusive, and stays so where the look
// cannot be had.
type Ask struct {
	Kind     scenarios.LookKind
	Sessions int
	Why      string // one clause for the progress line: "balance.coverage alarmed"
}

// Judge turns evidence into findings.
type Judge func(Evidence) ([]scenarios.Finding, Ask)

// Judgement is what all judges together say.
type Judgement struct {
	Findings []scenarios.Finding
	Verdict  scenarios.Status
	Ask      Ask
	Inferred scenarios.Policy // as the order of sessions tells it; "": it does not
	Detect   *scenarios.Detectable
	Notes    []string
	Capacity *scenarios.Capacity // the evidence's, completed; nil where it has none
}
