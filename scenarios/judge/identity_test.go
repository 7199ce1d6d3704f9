package judge

import (
	"net/netip"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// seenAs is a look of 40 sessions over these identities in turn.
func seenAs(ids ...scenarios.Identity) scenarios.Look {
	l := scenarios.Look{Planned: 40}
	for i := range 40 {
		l.Add(scenarios.Observation{Part: scenarios.PartParallel, Node: judgetest.NodeAddr(i % 2), Outcome: scenarios.OutcomeOK, Who: ids[i*7/2%len(ids)]})
	}
	return l
}

// restarted is a look in which one coordinator answered before and after a restart.
func restarted(before, after scenarios.Identity) scenarios.Look {
	l := scenarios.Look{Planned: 40}
	for i := range 40 {
		who := before
		if i >= 20 {
			who = after
		}
		l.Add(scenarios.Observation{Part: scenarios.PartParallel, Node: judgetest.NodeAddr(i % 2), Outcome: scenarios.OutcomeOK, Who: who})
	}
	return l
}

func TestIdentity(t *testing.T) {
	t.Parallel()
	id := func(name string, pid int32, version string, from scenarios.Source) scenarios.Identity {
		return scenarios.Identity{Coordinator: name, PID: pid, Version: version, Source: from}
	}
	strong := func(name string, pid int32, version string) scenarios.Identity {
		return id(name, pid, version, scenarios.SourcePing)
	}
	weak := func(name string, pid int32) scenarios.Identity { return id(name, pid, "", scenarios.SourceCoordinator) }
	two := func() scenarios.Scenario {
		var s scenarios.Scenario
		s.Expect.Coordinators.Count = 2
		return s
	}
	version := two()
	version.Expect.Version = "4.5.0"
	nodes := two()
	nodes.Expect.Nodes = 2
	var nothing scenarios.Identity
	here := []netip.AddrPort{judgetest.NodeAddr(0), judgetest.NodeAddr(1)}
	for name, tc := range map[string]struct {
		s     scenarios.Scenario
		look  scenarios.Look
		nodes []netip.AddrPort
		want  judgetest.Want
		quiet []string // ids that must be skipped
	}{
		"web addresses are sound":             {two(), seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here, judgetest.Want{scenarios.IdentitySound: scenarios.StatusPass}, nil},
		"two host names are sound":            {two(), seenAs(weak("a", 1), weak("b", 1)), here, judgetest.Want{scenarios.IdentitySound: scenarios.StatusPass}, nil},
		"one host name for two is not":        {two(), seenAs(weak("impala", 1)), here, judgetest.Want{scenarios.IdentitySound: scenarios.StatusInconclusive}, []string{scenarios.BalanceCoverage, scenarios.BalanceOrder, scenarios.BalanceImbalance}},
		"nobody said who answered":            {two(), seenAs(nothing), here, judgetest.Want{scenarios.IdentitySound: scenarios.StatusInconclusive}, []string{scenarios.BalanceCoverage}},
		"no session":                          {two(), scenarios.Look{}, here, judgetest.Want{scenarios.IdentitySound: scenarios.StatusSkipped}, []string{scenarios.BalanceCoverage}},
		"two pids are a restart":              {two(), restarted(strong("a:25000", 1, ""), strong("a:25000", 2, "")), here, judgetest.Want{scenarios.IdentitySound: scenarios.StatusPass}, nil},
		"pids that come back share a name":    {two(), seenAs(strong("localhost:25000", 1, ""), strong("localhost:25000", 2, ""), strong("localhost:25000", 3, ""), strong("localhost:25000", 4, "")), here, judgetest.Want{scenarios.IdentitySound: scenarios.StatusInconclusive}, []string{scenarios.BalanceCoverage, scenarios.BalanceOrder, scenarios.BalanceImbalance}},
		"one version is the same":             {two(), seenAs(strong("a:25000", 1, "4.5.0"), strong("b:25000", 1, "4.5.0")), here, judgetest.Want{scenarios.VersionsSame: scenarios.StatusPass}, nil},
		"two versions are a note":             {two(), seenAs(strong("a:25000", 1, "4.5.0"), strong("b:25000", 1, "4.4.1")), here, judgetest.Want{scenarios.VersionsSame: scenarios.StatusPass}, nil},
		"two versions fail where one is due":  {version, seenAs(strong("a:25000", 1, "impalad 4.5.0 x"), strong("b:25000", 1, "impalad 4.4.1 x")), here, judgetest.Want{scenarios.VersionsSame: scenarios.StatusFail}, nil},
		"the declared version passes":         {version, seenAs(strong("a:25000", 1, "impalad 4.5.0 x"), strong("b:25000", 1, "impalad 4.5.0 x")), here, judgetest.Want{scenarios.VersionsSame: scenarios.StatusPass}, nil},
		"no version is skipped":               {two(), seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here, judgetest.Want{scenarios.VersionsSame: scenarios.StatusSkipped}, nil},
		"no version where one is due is open": {version, seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here, judgetest.Want{scenarios.VersionsSame: scenarios.StatusInconclusive}, nil},
		"as many nodes as declared":           {nodes, seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here, judgetest.Want{scenarios.DNSNodes: scenarios.StatusPass}, nil},
		"fewer nodes than declared":           {nodes, seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here[:1], judgetest.Want{scenarios.DNSNodes: scenarios.StatusFail}, nil},
		"no number of nodes declared":         {two(), seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here[:1], judgetest.Want{scenarios.DNSNodes: scenarios.StatusSkipped}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := Judge(scenarios.Measured{Scenario: tc.s, Looks: []scenarios.Look{tc.look}, Nodes: tallied(tc.nodes)})
			judgetest.Check(t, j.Findings, tc.want)
			judgetest.ProseOf(t, j.Findings, tc.want.IDs()...)
			for _, id := range tc.quiet {
				if f := judgetest.Find(t, j.Findings, id)[0]; f.Status != scenarios.StatusSkipped || f.Message == "" {
					t.Errorf("%s is %v: %q, want it skipped with a reason", id, f.Status, f.Message)
				}
			}
		})
	}
}

// tallied are nodes that nobody counted sessions of.
func tallied(nodes []netip.AddrPort) []scenarios.NodeTally {
	var out []scenarios.NodeTally
	for _, n := range nodes {
		out = append(out, scenarios.NodeTally{Address: n})
	}
	return out
}
