package judge

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// seenAs is a look of 40 sessions over these identities in turn.
func seenAs(ids ...scenarios.Identity) scenarios.Look {
	l := scenarios.Look{Planned: 40}
	for i := range 40 {
		l.Add(scenarios.Observation{Part: scenarios.Parallel, Node: nodeAddr(i % 2), Outcome: scenarios.OK, Who: ids[i*7/2%len(ids)]})
	}
	return l
}

func TestWhoAnswered(t *testing.T) {
	t.Parallel()
	id := func(name string, pid int32, version string, from scenarios.Source) scenarios.Identity {
		return scenarios.Identity{Coordinator: name, PID: pid, Version: version, Source: from}
	}
	strong := func(name string, pid int32, version string) scenarios.Identity {
		return id(name, pid, version, scenarios.FromPing)
	}
	weak := func(name string, pid int32) scenarios.Identity { return id(name, pid, "", scenarios.FromCoordinator) }
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
	here := []netip.AddrPort{nodeAddr(0), nodeAddr(1)}
	for name, tc := range map[string]struct {
		s     scenarios.Scenario
		look  scenarios.Look
		nodes []netip.AddrPort
		want  want
		quiet []string // ids that must be skipped
	}{
		"web addresses are sound":             {two(), seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here, want{scenarios.IdentitySound: scenarios.Pass}, nil},
		"two host names are sound":            {two(), seenAs(weak("a", 1), weak("b", 1)), here, want{scenarios.IdentitySound: scenarios.Pass}, nil},
		"one host name for two is not":        {two(), seenAs(weak("impala", 1)), here, want{scenarios.IdentitySound: scenarios.Inconclusive}, []string{scenarios.BalanceCoverage, scenarios.BalanceOrder, scenarios.BalanceImbalance}},
		"nobody said who answered":            {two(), seenAs(nothing), here, want{scenarios.IdentitySound: scenarios.Inconclusive}, []string{scenarios.BalanceCoverage}},
		"no session":                          {two(), scenarios.Look{}, here, want{scenarios.IdentitySound: scenarios.Skipped}, []string{scenarios.BalanceCoverage}},
		"two pids are a restart":              {two(), seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, ""), strong("a:25000", 2, "")), here, want{scenarios.IdentitySound: scenarios.Pass}, nil},
		"one version is the same":             {two(), seenAs(strong("a:25000", 1, "4.5.0"), strong("b:25000", 1, "4.5.0")), here, want{scenarios.VersionsSame: scenarios.Pass}, nil},
		"two versions are a note":             {two(), seenAs(strong("a:25000", 1, "4.5.0"), strong("b:25000", 1, "4.4.1")), here, want{scenarios.VersionsSame: scenarios.Pass}, nil},
		"two versions fail where one is due":  {version, seenAs(strong("a:25000", 1, "impalad 4.5.0 x"), strong("b:25000", 1, "impalad 4.4.1 x")), here, want{scenarios.VersionsSame: scenarios.Fail}, nil},
		"the declared version passes":         {version, seenAs(strong("a:25000", 1, "impalad 4.5.0 x"), strong("b:25000", 1, "impalad 4.5.0 x")), here, want{scenarios.VersionsSame: scenarios.Pass}, nil},
		"no version is skipped":               {two(), seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here, want{scenarios.VersionsSame: scenarios.Skipped}, nil},
		"no version where one is due is open": {version, seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here, want{scenarios.VersionsSame: scenarios.Inconclusive}, nil},
		"as many nodes as declared":           {nodes, seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here, want{scenarios.DNSNodes: scenarios.Pass}, nil},
		"fewer nodes than declared":           {nodes, seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here[:1], want{scenarios.DNSNodes: scenarios.Fail}, nil},
		"no number of nodes declared":         {two(), seenAs(strong("a:25000", 1, ""), strong("b:25000", 1, "")), here[:1], want{scenarios.DNSNodes: scenarios.Skipped}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := Judge(scenarios.Measured{Scenario: tc.s, Looks: []scenarios.Look{tc.look}, Nodes: tallied(tc.nodes)})
			check(t, j.Findings, tc.want)
			proseOf(t, j.Findings, tc.want.ids()...)
			for _, id := range tc.quiet {
				if f := find(t, j.Findings, id)[0]; f.Status != scenarios.Skipped || f.Message == "" {
					t.Errorf("%s is %v: %q, want it skipped with a reason", id, f.Status, f.Message)
				}
			}
		})
	}
}

func TestDeclaredNamesMeetSeenOnes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		declared, seen []string
		missing        string
		foreign        string
	}{
		"by host and port":                  {[]string{"a.example.com:25000"}, []string{"a.example.com:25000"}, "", ""},
		"by host, whatever the port":        {[]string{"a.example.com:21050"}, []string{"a.example.com:25000"}, "", ""},
		"case, scheme and dot left aside":   {[]string{"HTTP://A.example.com.:25000/"}, []string{"a.example.com:25000"}, "", ""},
		"a bare label by first label":       {[]string{"a"}, []string{"a.example.com:25000"}, "", ""},
		"a seen bare label too":             {[]string{"a.example.com"}, []string{"a"}, "", ""},
		"but not where two have it":         {[]string{"a", "b"}, []string{"a.one.example.com:25000", "a.two.example.com:25000", "b:25000"}, "a", "a.one.example.com:25000 a.two.example.com:25000"},
		"one host with two ports":           {[]string{"127.0.0.1:25000", "127.0.0.1:25001"}, []string{"127.0.0.1:25000", "127.0.0.1:25001"}, "", ""},
		"an address is no label":            {[]string{"10"}, []string{"10.0.0.1:25000"}, "10", "10.0.0.1:25000"},
		"IPv6 in brackets":                  {[]string{"[::1]:25000"}, []string{"[::1]:25000"}, "", ""},
		"a weak name joins its strong one":  {[]string{"a.example.com"}, []string{"a.example.com", "a.example.com:25000"}, "", ""},
		"one is missing and one is foreign": {[]string{"a.example.com", "b.example.com"}, []string{"a.example.com:25000", "x.example.com:25000"}, "b.example.com", "x.example.com:25000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s scenarios.Scenario
			s.Expect.Coordinators.Names = tc.declared
			l := scenarios.Look{}
			for _, n := range tc.seen {
				l.Add(scenarios.Observation{Part: scenarios.Ordered, Node: nodeAddr(0), Outcome: scenarios.OK, Who: scenarios.Identity{Coordinator: n}})
			}
			r := matchExpected(s, pool([]scenarios.Look{l}))
			if got := strings.Join(r.missing(), " "); got != tc.missing {
				t.Errorf("missing %q, want %q", got, tc.missing)
			}
			if got := strings.Join(r.undeclared, " "); got != tc.foreign {
				t.Errorf("foreign %q, want %q", got, tc.foreign)
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
