package judge

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// counted is a page with connections in use and ever.
func counted(c int, when scenarios.PageTime, inUse, total int) scenarios.Page {
	return scenarios.Page{Coordinator: judgetest.CoordName(c), When: when, Healthy: new(true), InUse: &inUse, Total: &total, Threads: 64, Version: "4.5.0"}
}

func TestPagesAgree(t *testing.T) {
	t.Parallel()
	const before, after = scenarios.PageBefore, scenarios.PageAfter
	unread := func(c int, when scenarios.PageTime) scenarios.Page {
		return scenarios.Page{Coordinator: judgetest.CoordName(c), When: when, Err: "connection refused"}
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
	}{
		"no pages say nothing":                           {nil, true, 0},
		"ours and those of others and the scout":         {good, false, scenarios.StatusPass},
		"fewer than ours is another cluster":             {swap(2, counted(0, after, 0, 119)), false, scenarios.StatusInconclusive},
		"fewer than before is a restart":                 {swap(2, counted(0, after, 0, 3)), false, scenarios.StatusPass},
		"one that could not be read is a note":           {swap(2, unread(0, after)), false, scenarios.StatusPass},
		"one that could not be read before, too":         {swap(0, unread(0, before)), false, scenarios.StatusPass},
		"none could be read":                             {[]scenarios.Page{unread(0, before), unread(1, before)}, false, scenarios.StatusInconclusive},
		"none could be read without HTTPS and a login":   {[]scenarios.Page{with(unread(0, before), func(p *scenarios.Page) { p.Needs = scenarios.PageNeedsHTTPS }), with(unread(1, before), func(p *scenarios.Page) { p.Needs = scenarios.PageNeedsLogin })}, false, scenarios.StatusInconclusive},
		"none could be read with HTTPS":                  {[]scenarios.Page{with(unread(0, before), func(p *scenarios.Page) { p.Needs = scenarios.PageNeedsHTTP })}, false, scenarios.StatusInconclusive},
		"one that does not say whether it is healthy":    {swap(3, with(good[3], func(p *scenarios.Page) { p.Healthy = nil })), false, scenarios.StatusPass},
		"all were started anew":                          {[]scenarios.Page{counted(0, before, 0, 9), counted(0, after, 0, 1)}, false, scenarios.StatusSkipped},
		"one that is being shut down is a note":          {swap(3, with(good[3], func(p *scenarios.Page) { p.Quiescing = true })), false, scenarios.StatusPass},
		"one that is not healthy is a note":              {swap(3, with(good[3], func(p *scenarios.Page) { p.Healthy = new(false) })), false, scenarios.StatusPass},
		"numbers of threads that differ are a note":      {swap(3, with(good[3], func(p *scenarios.Page) { p.Threads = 128 })), false, scenarios.StatusPass},
		"versions that differ are a note":                {swap(3, with(good[3], func(p *scenarios.Page) { p.Version = "4.4.1" })), false, scenarios.StatusPass},
		"a page without counts is one that did not read": {[]scenarios.Page{{Coordinator: judgetest.CoordName(0), When: before, Healthy: new(true)}}, false, scenarios.StatusInconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs, _ := pagesJudge(scenarios.Measured{Scenario: judgetest.Declared(2), Pages: tc.pages, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 2, judgetest.Dealt([]int{20, 25}, 0))}})
			if (len(fs) == 0) != tc.none {
				t.Fatalf("says %v", fs)
			}
			if !tc.none {
				judgetest.Check(t, fs, judgetest.Want{scenarios.PagesAgree: tc.want})
				judgetest.Prose(t, fs...)
			}
		})
	}
}

func TestKeepalive(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		keepalive, cut scenarios.Seconds
		want           scenarios.Status
	}{
		"longer than the cut does not keep flows alive": {600, 355, scenarios.StatusPass},
		"shorter than the cut is not counted":           {30, 65, scenarios.StatusPass},
		"no cut":                                        {600, 0, scenarios.StatusPass},
		"no keepalive":                                  {0, 65, scenarios.StatusSkipped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := judgetest.Declared(1)
			s.Kind = scenarios.KindIdle
			p := counted(0, scenarios.PageBefore, 0, 1)
			p.Keepalive = tc.keepalive
			fs, _ := keepaliveJudge(scenarios.Measured{Scenario: s, Pages: []scenarios.Page{p}, Idle: &scenarios.IdleSeen{FirstDead: tc.cut}})
			judgetest.Check(t, fs, judgetest.Want{scenarios.PagesKeepalive: tc.want})
			judgetest.ProseOf(t, fs, scenarios.PagesKeepalive)
		})
	}
}
