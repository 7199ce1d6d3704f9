package run

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// With the judges of production: what a run measures is what they need.
func TestRun_WithTheJudges(t *testing.T) {
	for name, c := range map[string]struct {
		answer  func(n Node, i int) fate
		verdict scenarios.Status
		failed  []string
		looks   int
	}{
		"a healthy rotation passes after one look": {answer: nil, verdict: scenarios.StatusPass, failed: nil, looks: 1},
		"one coordinator gets nothing": {answer: func(_ Node, i int) fate {
			if i%5 == 0 {
				return fate{coordinator: "coord-2:25000"}
			}
			return fate{}
		}, verdict: scenarios.StatusFail, failed: []string{scenarios.BalanceCoverage}, looks: 2},
		"one session fails, and never again": {answer: func(n Node, i int) fate {
			if n.Addr.Addr().String() == "127.0.0.3" && i == 3 {
				return fate{openErr: fault{"open.reset", ""}}
			}
			return fate{}
		}, verdict: scenarios.StatusPass, failed: nil, looks: 2},
		"every fifth session fails quickly": {answer: func(_ Node, i int) fate {
			if i%5 == 3 {
				return fate{openErr: fault{"open.eof", ""}}
			}
			return fate{}
		}, verdict: scenarios.StatusFail, failed: []string{scenarios.ErrorsRate}, looks: 1},
		"every fifth hangs, and two are enough": {answer: func(_ Node, i int) fate {
			if i%5 == 3 {
				return fate{takes: time.Second, openErr: fault{"open.timeout", ""}}
			}
			return fate{}
		}, verdict: scenarios.StatusFail, failed: []string{scenarios.ErrorsRate}, looks: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scenario(0)
				s.Load.Burst = 16
				s.Expect.Coordinators.Count = 5
				b := &balancer{coordinators: 5, takes: 5 * time.Millisecond, answer: c.answer}
				r, _ := watched(t.Context(), t, b, s, Options{judge: judge.Judge, plan: budget.Plan})
				var failed []string
				for _, f := range r.Findings {
					if f.Status == scenarios.StatusFail {
						failed = append(failed, f.ID)
					}
				}
				if r.Verdict != c.verdict || len(r.Looks) != c.looks || len(failed) != len(c.failed) || len(failed) > 0 && failed[0] != c.failed[0] {
					t.Errorf("verdict = %s after %d looks, failed: %v\n%+v", r.Verdict, len(r.Looks), failed, r.Findings)
				}
				if r.Detect == nil && r.Sessions.OK >= 5 { // fewer show nothing
					t.Error("nothing says what the run could have detected")
				}
				again := judge.Judge(r.Measured)
				if again.Verdict != r.Verdict {
					t.Errorf("judged again from the result it is %s", again.Verdict)
				}
			})
		})
	}
}
