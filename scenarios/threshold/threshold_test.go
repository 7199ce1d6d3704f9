package threshold

import (
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

func TestParse_Refused(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ metric, expr, says string }{
		"an unknown metric":                     {"statement", "p(99) < 2s", "no such metric"},
		"an unknown phase":                      {"session.warmup", "p(99) < 2s", "no such metric"},
		"resolve, which is not of a session":    {"session.resolve", "max < 2s", "no such metric"},
		"a sentence":                            {"session.open", "fast please", "not of the form"},
		"equality":                              {"session.open", "max == 2s", "not of the form"},
		"an unknown aggregation":                {"session.open", "avg < 2s", "no such aggregation"},
		"an aggregation with a number too many": {"session.open", "max(3) < 2s", "no such aggregation"},
		"p without a number":                    {"session.open", "p < 2s", "percentage"},
		"p of a hundred":                        {"session.open", "p(100) < 2s", "percentage"},
		"a time without a unit":                 {"session.open", "p(99) < 2", "no time"},
		"a negative time":                       {"session.open", "p(99) < -2s", "no time"},
		"a share above one":                     {"session.open", "error_rate < 101%", "no share"},
		"a count with a unit":                   {"session.open", "count > 3s", "no number"},
		"a time over all phases":                {"session", "p(99) < 2s", "by phase"},
		"errors of a lag":                       {"session.lag", "error_rate < 1%", "a late start is no error"},
		"errors of a phase by node":             {"session.open{node=*}", "error_rate < 1%", "use session{node=*} or session.open{coordinator=*}"},
		"an unknown tag":                        {"session.open{zone=*}", "max < 2s", "no such tag as zone"},
		"a tag without a value":                 {"session.open{node}", "max < 2s", "not of the form"},
		"a tag without an end":                  {"session.open{node=*", "max < 2s", "not of the form"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Parse(tc.metric, tc.expr); err == nil || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("error %v, want one that says %q", err, tc.says)
			}
		})
	}
}

func TestCheck_Quantile(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		expr     string
		refused  bool
		fix      string
		sessions scenarios.Auto
	}{
		"p(99) of smoke":           {"p(99) < 2s", false, "", 0},
		"p(99.9) of smoke":         {"p(99.9) < 2s", true, "load.sessions: 1000", 0},
		"p(99.9) of 1000 sessions": {"p(99.9) < 2s", false, "", 1000},
		"a sentence":               {"fast", true, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := judgetest.Declared(5)
			s.Load.Sessions = tc.sessions
			s.Thresholds = map[string][]string{"session.open": {"count > 3", tc.expr}}
			err := Check(s)
			if refused, fix := refusal(err); refused != tc.refused || fix != tc.fix {
				t.Errorf("error %v, fix %q, want %v, %q", err, fix, tc.refused, tc.fix)
			}
		})
	}
}

func TestJudge_Thresholds(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	times := func(slow, fast int) []time.Duration {
		var out []time.Duration
		for i := range slow + fast {
			d := 40 * ms
			if i < slow {
				d = 200 * ms
			}
			out = append(out, d)
		}
		return out
	}
	for name, tc := range map[string]struct {
		open   []time.Duration
		failed int // in open
		metric string
		expr   string
		want   scenarios.Status
	}{
		"one slow of 40 breaks p(99)":          {times(1, 39), 0, "session.open", "p(99) < 100ms", scenarios.StatusFail},
		"forty fast ones stand for a hundred":  {times(0, 40), 0, "session.open", "p(99) < 100ms", scenarios.StatusPass},
		"one slow of 200 does not":             {times(1, 199), 0, "session.open", "p(99) < 100ms", scenarios.StatusPass},
		"three slow of 200 do":                 {times(3, 197), 0, "session.open", "p(99) < 100ms", scenarios.StatusFail},
		"the median":                           {times(19, 21), 0, "session.open", "med < 100ms", scenarios.StatusPass},
		"the longest":                          {times(1, 39), 0, "session.open", "max <= 300ms", scenarios.StatusPass},
		"a failed one is slower than any":      {times(0, 39), 1, "session.open", "max < 1h", scenarios.StatusFail},
		"a count":                              {times(0, 39), 1, "session.open", "count >= 40", scenarios.StatusFail},
		"a rate of errors":                     {times(0, 39), 1, "session.open", "error_rate < 2%", scenarios.StatusFail},
		"a rate of errors in another phase":    {times(0, 39), 1, "session.fetch", "error_rate < 2%", scenarios.StatusPass},
		"a rate of errors in all":              {times(0, 39), 1, "session", "error_rate < 5%", scenarios.StatusPass},
		"seven of a thousand are 0.7 %":        {times(0, 993), 7, "session", "error_rate <= 0.7%", scenarios.StatusPass},
		"and are not less":                     {times(0, 993), 7, "session", "error_rate < 0.7%", scenarios.StatusFail},
		"eight are more":                       {times(0, 992), 8, "session", "error_rate <= 0.7%", scenarios.StatusFail},
		"a share without a per cent sign":      {times(0, 993), 7, "session", "error_rate <= 0.007", scenarios.StatusPass},
		"the longest, by a hair":               {[]time.Duration{ms, 1999900 * time.Microsecond}, 0, "session.open", "max < 2s", scenarios.StatusPass},
		"the longest, by no hair":              {[]time.Duration{ms, 2 * time.Second}, 0, "session.open", "max < 2s", scenarios.StatusFail},
		"the shortest, by a hair":              {[]time.Duration{1000100 * time.Microsecond, 2 * time.Second}, 0, "session.open", "min > 1s", scenarios.StatusPass},
		"the shortest, by no hair":             {[]time.Duration{time.Second, 2 * time.Second}, 0, "session.open", "min > 1s", scenarios.StatusFail},
		"a p that all of them have":            {[]time.Duration{1999900 * time.Microsecond, 1999900 * time.Microsecond}, 0, "session.open", "p(50) < 2s", scenarios.StatusPass},
		"no data is no pass":                   {nil, 0, "session.open", "p(99) < 1s", scenarios.StatusFail},
		"no data is no pass for a rate either": {nil, 0, "session", "error_rate < 1%", scenarios.StatusFail},
		"a phase that nobody had":              {times(0, 40), 0, "session.sasl", "p(99) < 1s", scenarios.StatusFail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := judgetest.Declared(5)
			s.Thresholds = map[string][]string{tc.metric: {tc.expr}}
			e := scenarios.Measured{Scenario: s}
			l := scenarios.Look{Planned: len(tc.open) + tc.failed}
			for i, d := range tc.open {
				o := judgetest.Observed(judgetest.NodeAddr(i%2), i*3%5)
				o.Phases[scenarios.PhaseOpen] = d
				e.Phases.Record(o.Phases)
				l.Add(o)
			}
			for range tc.failed {
				l.Add(judgetest.Observed(judgetest.NodeAddr(0), -1))
			}
			e.Looks = []scenarios.Look{l}
			fs, _ := Judge(e)
			judgetest.Check(t, fs, judgetest.Want{"threshold." + tc.metric + ": " + tc.expr: tc.want})
			judgetest.ProseOf(t, fs, "threshold."+tc.metric+": "+tc.expr)
		})
	}
}
