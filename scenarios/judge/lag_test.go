package judge

import (
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

func TestLag(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	// late is n sessions, of which some started late by the generator's fault and
	// others since those before them took so long.
	late := func(n, owed, waited int) scenarios.LoadStats {
		return scenarios.LoadStats{
			Owed: judgetest.Joined(judgetest.Taken(n-owed, time.Microsecond), judgetest.Taken(owed, 80*ms)),
			Lag:  judgetest.Joined(judgetest.Taken(n-owed-waited, time.Microsecond), judgetest.Taken(owed, 80*ms), judgetest.Taken(waited, 900*ms)),
			Late: owed + waited, OfCores: 2, Cores: .4,
		}
	}
	with := func(l scenarios.LoadStats, change func(*scenarios.LoadStats)) *scenarios.LoadStats {
		change(&l)
		return &l
	}
	same := func(*scenarios.LoadStats) {}
	drop := func(n int) func(*scenarios.LoadStats) { return func(l *scenarios.LoadStats) { l.Dropped = n } }
	needs := func(name string, need, have int) func(*scenarios.LoadStats) {
		return func(l *scenarios.LoadStats) {
			l.Needs = []scenarios.Resource{{Name: name, Need: need, Have: have}}
		}
	}
	login := map[string][]string{"session.login": {"p(90) < 1s"}}
	for name, tc := range map[string]struct {
		kind   scenarios.Kind
		load   *scenarios.LoadStats
		limits map[string][]string
		own    string // class of a failed session
		none   bool   // no finding
		want   scenarios.Status
	}{
		"nothing was paced":                              {none: true},
		"nothing was due":                                {load: &scenarios.LoadStats{OfCores: 2}, none: true},
		"all on time":                                    {load: with(late(200, 0, 0), same), want: scenarios.StatusPass},
		"one of many late is one in a hundred":           {load: with(late(200, 2, 0), same), want: scenarios.StatusPass},
		"more than one in a hundred":                     {limits: login, load: with(late(200, 3, 0), same), want: scenarios.StatusInconclusive},
		"one late start of a few is no matter":           {load: with(late(40, 1, 0), same), want: scenarios.StatusPass},
		"two of a few are":                               {limits: login, load: with(late(40, 2, 0), same), want: scenarios.StatusInconclusive},
		"late, and no time was asked for":                {load: with(late(56, 2, 0), same), want: scenarios.StatusPass},
		"late, and errors alone were":                    {limits: map[string][]string{"session": {"error_rate < 1%"}}, load: with(late(56, 2, 0), same), want: scenarios.StatusPass},
		"late in a stage, whose rate is the question":    {kind: scenarios.KindStages, load: with(late(200, 9, 0), same), want: scenarios.StatusInconclusive},
		"late in a capacity":                             {kind: scenarios.KindCapacity, load: with(late(200, 9, 0), same), want: scenarios.StatusPass},
		"late in a capacity with a limit on a time":      {kind: scenarios.KindCapacity, limits: login, load: with(late(200, 9, 0), same), want: scenarios.StatusInconclusive},
		"a watch with a short pause":                     {kind: scenarios.KindWatch, load: with(late(155, 3, 0), same), want: scenarios.StatusPass},
		"a watch with a limit on a time":                 {kind: scenarios.KindWatch, limits: login, load: with(late(155, 3, 0), same), want: scenarios.StatusInconclusive},
		"a watch that saw nothing for two seconds":       {kind: scenarios.KindWatch, load: with(late(155, 3, 0), func(l *scenarios.LoadStats) { l.Owed.Record(2 * time.Second); l.Late++ }), want: scenarios.StatusInconclusive},
		"no core was left":                               {limits: login, load: with(late(200, 9, 0), func(l *scenarios.LoadStats) { l.Cores = 1.6 }), want: scenarios.StatusInconclusive},
		"a plan with too few descriptors":                {limits: login, load: with(late(200, 9, 0), needs("descriptors", 2000, 1024)), want: scenarios.StatusInconclusive},
		"a plan with too few ports":                      {limits: login, load: with(late(200, 9, 0), needs("ports", 30000, 28232)), want: scenarios.StatusInconclusive},
		"too few descriptors, and it went well":          {load: with(late(200, 0, 0), needs("descriptors", 2000, 1024)), want: scenarios.StatusPass},
		"descriptors ran out":                            {load: with(late(200, 0, 0), same), own: "tcp.local-nofile", want: scenarios.StatusInconclusive},
		"ports ran out of a run without a pace":          {own: "tcp.local-ports", want: scenarios.StatusInconclusive},
		"sessions of a look waited for those before":     {load: with(late(200, 0, 12), same), want: scenarios.StatusPass},
		"sessions of a stage waited for a place":         {kind: scenarios.KindStages, load: with(late(200, 0, 12), same), want: scenarios.StatusPass},
		"a stage that dropped sessions proves nothing":   {kind: scenarios.KindStages, load: with(late(20, 0, 12), drop(81)), want: scenarios.StatusInconclusive},
		"unless a threshold counts them":                 {kind: scenarios.KindStages, limits: login, load: with(late(20, 0, 12), drop(81)), want: scenarios.StatusPass},
		"a watch that dropped some counts the outage":    {kind: scenarios.KindWatch, load: with(late(200, 0, 12), drop(8)), want: scenarios.StatusPass},
		"a generator that was late and dropped some too": {kind: scenarios.KindStages, limits: login, load: with(late(200, 9, 0), drop(8)), want: scenarios.StatusInconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := judgetest.Declared(5)
			s.Kind, s.Load.Rate, s.Load.Concurrency, s.Thresholds = tc.kind, 10, 16, tc.limits
			if tc.kind == scenarios.KindStages {
				s.Load.Stages = []scenarios.Stage{{Rate: 10, For: scenarios.Duration(20 * time.Second)}}
			}
			l := judgetest.LookOf(scenarios.LookWhole, 2, evenLook)
			if tc.own != "" {
				o := judgetest.Observed(judgetest.NodeAddr(0), -1)
				o.Class = vocabtest.Class(tc.own)
				l.Add(o)
			}
			fs := lagFindings(scenarios.Measured{Scenario: s, Looks: []scenarios.Look{l}, Load: tc.load})
			if (len(fs) == 0) != tc.none {
				t.Fatalf("findings: %v", fs)
			}
			if tc.none {
				return
			}
			judgetest.Check(t, fs, judgetest.Want{scenarios.LoadLag: tc.want})
			judgetest.Prose(t, fs...)
			if fs[0].Status == scenarios.StatusInconclusive && len(fs[0].Fix) == 0 {
				t.Error("nothing is suggested")
			}
		})
	}
}

// What a machine lacks is not held against the service.
func TestErrorsRate_LocalFailures(t *testing.T) {
	t.Parallel()
	own := func(l *scenarios.Look, n int) {
		for range n {
			o := judgetest.Observed(judgetest.NodeAddr(0), -1)
			o.Class = vocabtest.Class("tcp.local-nofile")
			l.Add(o)
		}
	}
	l := judgetest.LookOf(scenarios.LookFirst, 2, evenLook)
	own(&l, 5)
	j := Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{l}})
	judgetest.Check(t, j.Findings, judgetest.Want{
		scenarios.ErrorsRate:       scenarios.StatusPass,
		scenarios.LoadLag:          scenarios.StatusInconclusive,
		scenarios.BalanceCoverage:  scenarios.StatusPass,
		scenarios.BalanceImbalance: scenarios.StatusPass,
	})
	judgetest.ProseOf(t, j.Findings, scenarios.ErrorsRate, scenarios.LoadLag)
	if j.Verdict != scenarios.StatusInconclusive {
		t.Errorf("the verdict is %v, want inconclusive", j.Verdict)
	}
	var nothing scenarios.Look
	own(&nothing, 5)
	judgetest.Check(t, Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{nothing}}).Findings, judgetest.Want{scenarios.ErrorsRate: scenarios.StatusInconclusive})
}

// lagFindings are what the judges of its kind say of a run's lag.
func lagFindings(e scenarios.Measured) (out []scenarios.Finding) {
	for _, judge := range kindOf(e).judges {
		fs, _ := judge(e)
		for _, f := range fs {
			if f.ID == scenarios.LoadLag {
				out = append(out, f)
			}
		}
	}
	return out
}
