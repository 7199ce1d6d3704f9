package judge

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// logged is n logins of which all took about as long, and one in twenty longer.
func logged(n int, p50, p95 time.Duration) scenarios.Spread {
	return scenarios.Spread{Count: n, Min: scenarios.SecondsOf(p50 / 2), P50: scenarios.SecondsOf(p50), P95: scenarios.SecondsOf(p95), Max: scenarios.SecondsOf(2 * p95)}
}

func TestSlowLogins(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	usual, slow := logged(11, 20*ms, 40*ms), logged(11, 3*time.Second, 3100*ms)
	five := func(change ...scenarios.Spread) map[string]scenarios.Spread {
		out := map[string]scenarios.Spread{}
		for i := range 5 {
			out[judgetest.CoordName(i)] = usual
		}
		for i, s := range change {
			out[judgetest.CoordName(i)] = s
		}
		return out
	}
	for name, tc := range map[string]struct {
		all   scenarios.Spread
		by    map[string]scenarios.Spread
		nodes []scenarios.Spread
		want  string // in the note; "": there is none
	}{
		"one coordinator of five":          {by: five(slow), want: "Logins are slow on coord-0.example.com:25000 (median 3s of 11 logins; the others 20ms)"},
		"two of five":                      {by: five(slow, logged(9, 2*time.Second, 2*time.Second)), want: "Logins are slow on coord-0.example.com:25000 (median 3s of 11 logins; the others 20ms) and coord-1.example.com:25000 (median 2s"},
		"three of five are no exception":   {by: five(slow, slow, slow)},
		"all of them":                      {by: five(slow, slow, slow, slow, slow)},
		"one of two":                       {by: map[string]scenarios.Spread{"a": usual, "b": slow}, want: "Logins are slow on b"},
		"one alone":                        {by: map[string]scenarios.Spread{"b": slow}},
		"few logins":                       {by: five(logged(4, 3*time.Second, 3*time.Second))},
		"few logins of the others":         {by: map[string]scenarios.Spread{"a": logged(4, 20*ms, 40*ms), "b": slow}},
		"many times slower, and no matter": {by: five(logged(11, 400*ms, 450*ms))},
		"slower, of what is slow for all":  {by: map[string]scenarios.Spread{"a": logged(11, time.Second, time.Second), "b": logged(11, 2*time.Second, 2*time.Second)}},
		"only its slowest are slow":        {by: five(logged(11, 25*ms, 2*time.Second))},
		"one node of two":                  {by: five(), nodes: []scenarios.Spread{usual, slow}, want: "Logins are slow over 127.0.0.3:21050 (median 3s"},
		"a coordinator goes before a node": {by: five(slow), nodes: []scenarios.Spread{usual, slow}, want: "Logins are slow on coord-0"},
		"one in twenty waits":              {all: logged(56, 5*ms, 3*time.Second), by: five(), want: "One login in twenty took 3s or longer, and the median is 5ms"},
		"one in twenty of a few":           {all: logged(20, 5*ms, 3*time.Second), by: five()},
		"one in twenty, and not for long":  {all: logged(56, 5*ms, 900*ms), by: five()},
		"one in twenty of what takes long": {all: logged(56, 300*ms, 2*time.Second), by: five()},
		"a healthy run of a busy machine":  {all: logged(56, 60*ms, 700*ms), by: five(logged(11, 200*ms, 900*ms), logged(11, 90*ms, 900*ms))},
		"a healthy run":                    {all: logged(56, 20*ms, 40*ms), by: five()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			look := judgetest.LookOf(scenarios.LookFirst, 2, evenLook)
			e := scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{look}, Logins: &scenarios.Logins{All: tc.all, Coordinators: tc.by}}
			for i, s := range tc.nodes {
				e.Nodes = append(e.Nodes, scenarios.NodeTally{Address: netip.AddrPortFrom(judgetest.NodeAddr(i).Addr(), 21050), Login: &s})
			}
			f := judgetest.Find(t, decide(e).Findings, scenarios.ErrorsRate)[0]
			if f.Status != scenarios.StatusPass || !strings.Contains(f.Note, tc.want) || (tc.want == "") != !strings.Contains(f.Note, "ogin") {
				t.Errorf("%s, note: %s", f.Status, f.Note)
			}
		})
	}
	if note := slowLogins(scenarios.Measured{}); note != "" {
		t.Errorf("without logins: %s", note)
	}
}
