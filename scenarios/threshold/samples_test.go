package threshold

import (
	"slices"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// limited is a paced scenario with one threshold.
func limited(kind scenarios.Kind, metric, expr string) scenarios.Scenario {
	s := judgetest.Declared(2)
	s.Kind, s.Load.Rate, s.Load.Concurrency = kind, 10, 16
	s.Thresholds = map[string][]string{metric: {expr}}
	return s
}

func TestWanted(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		kind   scenarios.Kind
		limits map[string][]string
		want   []scenarios.TagTimes
	}{
		"none without a tag": {limits: map[string][]string{"session.open": {"max < 1s"}, "session": {"count > 3"}}},
		"each pair once, sorted": {limits: map[string][]string{
			"session.open{node=*}": {"max < 1s"}, "session.open{coordinator=*}": {"max < 1s", "med < 1s"},
			"session.open{coordinator=a}": {"max < 1s"}, "session.login{node=*}": {"p(90) < 1s"}},
			want: []scenarios.TagTimes{{Metric: "session.login", Tag: "node"}, {Metric: "session.open", Tag: "coordinator"}, {Metric: "session.open", Tag: "node"}}},
		"none for a rate of errors, which looks count": {limits: map[string][]string{"session.open{coordinator=*}": {"error_rate < 1%"}}},
		"none for sessions, which looks count":         {limits: map[string][]string{"session{node=*}": {"count > 1"}}},
		"a statement, which no single phase holds":     {limits: map[string][]string{"query": {"max < 1s"}}, want: []scenarios.TagTimes{{Metric: "query"}}},
		"none for a statement that a query scenario tallies": {kind: scenarios.KindQuery,
			limits: map[string][]string{"query": {"max < 1s"}, "query{coordinator=*}": {"max < 1s"}}},
		"none that cannot be read": {limits: map[string][]string{"session.open{coordinator=*}": {"max < 1s", "fast"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := scenarios.Scenario{Kind: tc.kind, Thresholds: tc.limits}
			if got := Wanted(s); !slices.Equal(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

// Two coordinators on two nodes: 30 and 10 sessions, of which some failed.
func TestJudge_ByTag(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	a, b := judgetest.CoordName(0), judgetest.CoordName(1)
	open := func(tag, value string, times scenarios.Times) scenarios.TagTimes {
		return scenarios.TagTimes{Metric: "session.open", Tag: tag, Value: value, Times: times}
	}
	even := []scenarios.TagTimes{open("coordinator", a, judgetest.Taken(30, 40*ms)), open("coordinator", b, judgetest.Taken(10, 90*ms)),
		open("node", judgetest.NodeAddr(0).String(), judgetest.Taken(20, 40*ms)), open("node", judgetest.NodeAddr(1).String(), judgetest.Taken(20, 90*ms))}
	for name, tc := range map[string]struct {
		metric, expr string
		tags         []scenarios.TagTimes
		lost         []string // classes of sessions that failed without a name, on the first node
		b            []string // classes of sessions that failed on b
		want         scenarios.Status
		subject      string
	}{
		"all values hold, and the worst is named":   {"session.open{coordinator=*}", "p(90) < 100ms", even, nil, nil, scenarios.StatusPass, b},
		"one that does not breaks it":               {"session.open{coordinator=*}", "p(90) < 50ms", even, nil, nil, scenarios.StatusFail, b},
		"the worst of a least is the lowest":        {"session.open{coordinator=*}", "count > 5", even, nil, nil, scenarios.StatusPass, b},
		"by node":                                   {"session.open{node=*}", "max < 50ms", even, nil, nil, scenarios.StatusFail, judgetest.NodeAddr(1).String()},
		"one coordinator, by its first label":       {"session.open{coordinator=coord-0}", "max < 50ms", even, nil, nil, scenarios.StatusPass, a},
		"one node, by its address alone":            {"session.open{node=127.0.0.2}", "max < 50ms", even, nil, nil, scenarios.StatusPass, judgetest.NodeAddr(0).String()},
		"the fastest":                               {"session.open{coordinator=*}", "min < 50ms", even, nil, nil, scenarios.StatusFail, b},
		"nobody of that name is no data":            {"session.open{coordinator=coord-7}", "max < 1s", even, nil, nil, scenarios.StatusFail, ""},
		"nothing recorded is no data":               {"session.fetch{coordinator=*}", "max < 1s", even, nil, nil, scenarios.StatusFail, ""},
		"one without times is no pass":              {"session.open{coordinator=*}", "max < 1s", even[:1], nil, nil, scenarios.StatusInconclusive, b},
		"a failure on it is endless":                {"session.open{coordinator=*}", "max < 1h", even, nil, []string{"open.reset"}, scenarios.StatusFail, b},
		"a failure in another phase is not":         {"session.open{coordinator=*}", "max < 1h", even, nil, []string{"execute.error"}, scenarios.StatusPass, b},
		"a failure that may be anybody's is open":   {"session.open{coordinator=*}", "max < 1h", even, []string{"open.reset"}, nil, scenarios.StatusInconclusive, b},
		"unless it does not matter":                 {"session.open{coordinator=*}", "med < 1h", even, []string{"open.reset"}, nil, scenarios.StatusPass, b},
		"a failure of this machine is nobody's":     {"session{coordinator=*}", "error_rate < 1%", nil, []string{"tcp.local-ports"}, nil, scenarios.StatusPass, a},
		"sessions by coordinator":                   {"session{coordinator=*}", "count > 5", nil, nil, nil, scenarios.StatusPass, b},
		"errors by coordinator":                     {"session{coordinator=*}", "error_rate < 5%", nil, nil, []string{"execute.error"}, scenarios.StatusFail, b},
		"errors of a phase by coordinator":          {"session.open{coordinator=*}", "error_rate < 5%", even, nil, []string{"execute.error"}, scenarios.StatusPass, a},
		"errors by node":                            {"session{node=*}", "error_rate < 4%", nil, []string{"open.reset"}, nil, scenarios.StatusFail, judgetest.NodeAddr(0).String()},
		"a node's failures in one phase":            {"session.open{node=*}", "max < 1h", even, []string{"open.reset"}, nil, scenarios.StatusFail, judgetest.NodeAddr(0).String()},
		"a node's failures in one phase or another": {"session.open{node=*}", "max < 1h", even, []string{"open.reset"}, []string{"execute.error"}, scenarios.StatusInconclusive, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := scenarios.Look{Kind: scenarios.LookWhole, Planned: 40}
			add := func(node, c int, class string) {
				o := judgetest.Observed(judgetest.NodeAddr(node), c)
				if class != "" {
					o.Outcome, o.Class = scenarios.OutcomeFailed, vocabtest.Class(class)
				}
				l.Add(o)
			}
			for i := range 40 {
				add(i%2, i/30, "")
			}
			for _, class := range tc.lost {
				add(0, -1, class)
			}
			for _, class := range tc.b {
				add(1, 1, class)
			}
			e := scenarios.Measured{Scenario: limited("", tc.metric, tc.expr), Looks: []scenarios.Look{l}, Tags: tc.tags}
			fs, _ := Judge(e)
			f := fs[0]
			if f.ID != "threshold."+tc.metric+": "+tc.expr {
				t.Errorf("the finding is %s", f.ID)
			}
			judgetest.Check(t, fs, judgetest.Want{f.ID: tc.want})
			judgetest.Prose(t, fs...)
			if tc.subject != "" && f.Subject != tc.subject {
				t.Errorf("it names %q, want %q: %s", f.Subject, tc.subject, f.Message)
			}
		})
	}
}

func TestJudge_Statement(t *testing.T) {
	t.Parallel()
	runs := func(ms ...int) (out []scenarios.Seconds) {
		for _, v := range ms {
			out = append(out, scenarios.SecondsOf(time.Duration(v)*time.Millisecond))
		}
		return out
	}
	queries := []scenarios.QueryTally{{Coordinator: judgetest.CoordName(0), Runs: 2, Times: runs(100, 120)}, {Coordinator: judgetest.CoordName(1), Runs: 2, Failed: 1, Class: vocabtest.Class("execute.error"), Times: runs(400)}}
	for name, tc := range map[string]struct {
		kind         scenarios.Kind
		metric, expr string
		want         scenarios.Status
	}{
		"all runs of a query scenario":       {scenarios.KindQuery, "query", "med < 200ms", scenarios.StatusPass},
		"a failed run is endless":            {scenarios.KindQuery, "query", "max < 1h", scenarios.StatusFail},
		"by coordinator":                     {scenarios.KindQuery, "query{coordinator=*}", "med < 200ms", scenarios.StatusFail},
		"errors of runs":                     {scenarios.KindQuery, "query", "error_rate < 10%", scenarios.StatusFail},
		"recorded runs of any other":         {scenarios.KindStages, "query", "max < 200ms", scenarios.StatusPass},
		"recorded runs by coordinator":       {scenarios.KindStages, "query{coordinator=*}", "count > 6", scenarios.StatusFail},
		"a run that nothing was recorded of": {scenarios.KindStages, "query{node=*}", "max < 1s", scenarios.StatusFail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := scenarios.Measured{Scenario: limited(tc.kind, tc.metric, tc.expr), Queries: queries, Tags: []scenarios.TagTimes{
				{Metric: "query", Times: judgetest.Taken(7, 50*time.Millisecond)},
				{Metric: "query", Tag: "coordinator", Value: judgetest.CoordName(0), Times: judgetest.Taken(7, 50*time.Millisecond)},
				{Metric: "query", Tag: "coordinator", Value: judgetest.CoordName(1), Times: judgetest.Taken(3, 50*time.Millisecond)},
			}}
			fs, _ := Judge(e)
			judgetest.Check(t, fs, judgetest.Want{fs[0].ID: tc.want})
			judgetest.Prose(t, fs...)
		})
	}
}

func TestJudge_LoginAndLag(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	steady := scenarios.LoadStats{Login: judgetest.Taken(200, 300*ms), Lag: judgetest.Taken(200, time.Microsecond), Owed: judgetest.Taken(200, time.Microsecond)}
	with := func(change func(*scenarios.LoadStats)) *scenarios.LoadStats {
		l := steady
		change(&l)
		return &l
	}
	stalled := with(func(l *scenarios.LoadStats) {
		l.Lag, l.Late = judgetest.Joined(judgetest.Taken(100, ms), judgetest.Taken(100, 900*ms)), 100
	})
	starved := with(func(l *scenarios.LoadStats) {
		l.Lag = judgetest.Joined(judgetest.Taken(100, ms), judgetest.Taken(100, 900*ms))
		l.Owed, l.Late, l.Cores, l.OfCores = l.Lag, 100, 1.9, 2
	})
	dropping := with(func(l *scenarios.LoadStats) { l.Dropped = 30 })
	for name, tc := range map[string]struct {
		load         *scenarios.LoadStats
		metric, expr string
		want         scenarios.Status
	}{
		"a login in time":                           {&steady, "session.login", "p(99) < 1s", scenarios.StatusPass},
		"a login too late":                          {&steady, "session.login", "p(99) < 100ms", scenarios.StatusFail},
		"a session that never started has no login": {dropping, "session.login", "p(90) < 1s", scenarios.StatusFail},
		"nor is it on time":                         {dropping, "session.lag", "p(90) < 1s", scenarios.StatusInconclusive},
		"a login too late of a generator that was":  {starved, "session.login", "p(99) < 100ms", scenarios.StatusInconclusive},
		"on time":                                          {&steady, "session.lag", "p(99) < 50ms", scenarios.StatusPass},
		"late since the service was slow":                  {stalled, "session.lag", "p(99) < 50ms", scenarios.StatusInconclusive},
		"late since the generator was":                     {starved, "session.lag", "p(99) < 50ms", scenarios.StatusInconclusive},
		"and what it lacked":                               {starved, "session.lag", "p(99) < 50ms", scenarios.StatusInconclusive},
		"without a pace there is no login":                 {nil, "session.login", "p(99) < 1s", scenarios.StatusFail},
		"errors of logins are those of all its phases":     {&steady, "session.login", "error_rate < 5%", scenarios.StatusFail},
		"a session that failed before it was open is late": {&steady, "session.login", "max < 1h", scenarios.StatusFail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := scenarios.Measured{Scenario: limited("", tc.metric, tc.expr), Load: tc.load}
			l := scenarios.Look{Planned: 20}
			for i := range 20 {
				o := judgetest.Observed(judgetest.NodeAddr(0), i%2)
				if tc.expr == "error_rate < 5%" || tc.expr == "max < 1h" {
					switch i {
					case 3:
						o.Outcome, o.Class = scenarios.OutcomeFailed, vocabtest.Class("sasl.eof")
					case 4:
						o.Outcome, o.Class = scenarios.OutcomeFailed, vocabtest.Class("open.timeout")
					case 5:
						o.Outcome, o.Class = scenarios.OutcomeFailed, vocabtest.Class("execute.error")
					}
				}
				l.Add(o)
			}
			e.Looks = []scenarios.Look{l}
			fs, _ := Judge(e)
			judgetest.Check(t, fs, judgetest.Want{fs[0].ID: tc.want})
			judgetest.Prose(t, fs...)
		})
	}
}
