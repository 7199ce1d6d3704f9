package batch

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

func TestMatchExpected_Names(t *testing.T) {
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
				l.Add(scenarios.Observation{Part: scenarios.PartOrdered, Node: judgetest.NodeAddr(0), Outcome: scenarios.OutcomeOK, Who: scenarios.Identity{Coordinator: n}})
			}
			cs := MatchExpected(s, Pool([]scenarios.Look{l}))
			if got := strings.Join(cs.Missing(), " "); got != tc.missing {
				t.Errorf("missing %q, want %q", got, tc.missing)
			}
			if got := strings.Join(cs.Undeclared, " "); got != tc.foreign {
				t.Errorf("foreign %q, want %q", got, tc.foreign)
			}
		})
	}
}
