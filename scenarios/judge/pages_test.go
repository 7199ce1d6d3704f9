package judge

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// counted is a page with connections in use and ever.
func counted(c int, when scenarios.PageTime, inUse, total int) scenarios.Page {
	return scenarios.Page{Coordinator: coordName(c), When: when, Healthy: true, InUse: &inUse, Total: &total, Threads: 64, Version: "4.5.0"}
}

func TestPagesAgreeWithOurTally(t *testing.T) {
	t.Parallel()
	const before, after = scenarios.PageBefore, scenarios.PageAfter
	unread := func(c int, when scenarios.PageTime) scenarios.Page {
		return scenarios.Page{Coordinator: coordName(c), When: when, Err: "connection refused"}
	}
	with := func(p scenarios.Page, change func(*scenarios.Page)) scenarios.Page { change(&p); return p }
	good := []scenarios.Page{counted(0, before, 0, 100), counted(1, before, 0, 50), counted(0, after, 0, 121), counted(1, after, 0, 75)}
	swap := func(i int, p scenarios.Page) []scenarios.Page {
		out := append([]scenarios.Page{}, good...)
		out[i] = p
		return out
	}
	for name, tc := range map[string]struct {
		pages []scenarios.Page
		none  bool
		want  scenarios.Status
		says  string
	}{
		"no pages say nothing":                           {nil, true, 0, ""},
		"ours and those of others and the scout":         {good, false, scenarios.Pass, "2 coordinators of 2 counted at least the connections that we had there"},
		"fewer than ours is another cluster":             {swap(2, counted(0, after, 0, 119)), false, scenarios.Inconclusive, "coord-0.example.com:25000 counted 19 where we had 20"},
		"fewer than before is a restart":                 {swap(2, counted(0, after, 0, 3)), false, scenarios.Pass, "Started anew during the run, so their counts say nothing: coord-0"},
		"one that could not be read is a note":           {swap(2, unread(0, after)), false, scenarios.Pass, "Pages that could not be read: coord-0"},
		"one that could not be read before, too":         {swap(0, unread(0, before)), false, scenarios.Pass, "Without a count of connections before and after: coord-0"},
		"none could be read":                             {[]scenarios.Page{unread(0, before), unread(1, before)}, false, scenarios.Inconclusive, "coord-0.example.com:25000: connection refused"},
		"all were started anew":                          {[]scenarios.Page{counted(0, before, 0, 9), counted(0, after, 0, 1)}, false, scenarios.Skipped, "started anew"},
		"one that is being shut down is a note":          {swap(3, with(good[3], func(p *scenarios.Page) { p.Quiescing = true })), false, scenarios.Pass, "Being shut down, by their own page: coord-1"},
		"one that is not healthy is a note":              {swap(3, with(good[3], func(p *scenarios.Page) { p.Healthy = false })), false, scenarios.Pass, "Not healthy, by their own page: coord-1"},
		"numbers of threads that differ are a note":      {swap(3, with(good[3], func(p *scenarios.Page) { p.Threads = 128 })), false, scenarios.Pass, "fe_service_threads differ: 128 on coord-1.example.com:25000 and 64 on coord-0"},
		"versions that differ are a note":                {swap(3, with(good[3], func(p *scenarios.Page) { p.Version = "4.4.1" })), false, scenarios.Pass, "Versions differ: 4.4.1 on coord-1"},
		"a page without counts is one that did not read": {[]scenarios.Page{{Coordinator: coordName(0), When: before, Healthy: true}}, false, scenarios.Inconclusive, "no coordinator's pages say how many"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs, _ := pagesJudge(Evidence{Measured: scenarios.Measured{Scenario: declared(2), Pages: tc.pages, Looks: []scenarios.Look{lookOf(scenarios.First, 2, dealt([]int{20, 25}, 0))}}})
			if (len(fs) == 0) != tc.none {
				t.Fatalf("says %v", fs)
			}
			if !tc.none {
				check(t, Report{Findings: fs}, []one{{scenarios.PagesAgree, tc.want, tc.says}})
			}
		})
	}
}

func TestKeepaliveAgainstTheCut(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		keepalive, cut scenarios.Seconds
		want           scenarios.Status
		says           string
	}{
		"longer than the cut does not keep flows alive": {600, 355, scenarios.Pass, "Keepalive will not keep flows alive: 600 s is longer than the cut"},
		"shorter than the cut is not counted":           {30, 65, scenarios.Pass, "as a Classic ELB ignores TCP keepalive"},
		"no cut":                                        {600, 0, scenarios.Pass, "no idle connection was cut"},
		"no keepalive":                                  {0, 65, scenarios.Skipped, "switched off"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := declared(1)
			s.Kind = scenarios.KindIdle
			p := counted(0, scenarios.PageBefore, 0, 1)
			p.Keepalive = tc.keepalive
			fs, _ := pagesJudge(Evidence{Measured: scenarios.Measured{Scenario: s, Pages: []scenarios.Page{p}, Idle: &scenarios.IdleSeen{FirstDead: tc.cut}}})
			check(t, Report{Findings: fs}, []one{{scenarios.PagesKeepalive, tc.want, tc.says}})
		})
	}
}
