package run

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// Whatever a run was, and however it ended, what it stores is all that its
// judgement rests on.
func TestRun_ResultOfEveryKindIsRejudgedAlike(t *testing.T) {
	for name, c := range endings() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if c.interruptedAfter > 0 {
					defer time.AfterFunc(c.interruptedAfter, cancel).Stop()
				}
				r := c.run(ctx)
				checkSums(t, r)
				if by := reasonOf(r); by != c.stopped {
					t.Errorf("stopped by %q, want %q", by, c.stopped)
				}
				if r.Verdict == scenarios.StatusPass && !r.Complete || r.Exit != r.ExitCode() {
					t.Errorf("verdict = %s, exit = %d, complete = %v", r.Verdict, r.Exit, r.Complete)
				}
				stored := encoded(t, r)
				read, err := scenarios.DecodeResult(stored)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(stored), string(encoded(t, judge.Rejudge(read)))); diff != "" {
					t.Errorf("-stored +judged again:\n%s", diff)
				}
			})
		})
	}
}

func reasonOf(r scenarios.Result) scenarios.StopReason {
	if r.Stopped == nil {
		return ""
	}
	return r.Stopped.By
}

func encoded(t *testing.T, r scenarios.Result) []byte {
	t.Helper()
	b, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ending is a run, and how it ends.
type ending struct {
	run              func(context.Context) scenarios.Result
	interruptedAfter time.Duration // 0: never
	stopped          scenarios.StopReason
}

// endings are runs of every kind.
func endings() map[string]ending {
	all := map[string]ending{
		"certificates":              {run: shaking(map[string]string{"127.0.0.2": "a", "127.0.0.3": "a"})},
		"certificates, one refused": {run: shaking(map[string]string{"127.0.0.2": "a", "127.0.0.3": "expired"})},
		"certificates, one silent":  {run: shaking(map[string]string{"127.0.0.2": "a"})},
		"certificates, all silent":  {run: shaking(nil), stopped: scenarios.StopScout},
		"certificates, interrupted before the second": {run: shaking(map[string]string{"127.0.0.2": "slow", "127.0.0.3": "a"}),
			interruptedAfter: time.Millisecond, stopped: scenarios.StopInterrupted},
	}
	looks := declaring(5, scenario(0))
	looks.Load.Burst = 16
	loaded := declaring(5, staged(scenarios.Stage{Rate: 20, For: seconds(3)}, scenarios.Stage{Hold: 8, For: seconds(1)}))
	loaded.Thresholds = map[string][]string{"session.open": {"p(90) < 1s"}, "session.login{node=*}": {"max < 1s"}}
	for name, s := range map[string]scenarios.Scenario{
		"looks": looks, "stages": loaded, "capacity": declaring(5, toHold(scenarios.CapacityConfig{Hold: 12, For: seconds(2)})),
		"query": declaring(5, querying()), "idle": ladder(1*time.Second, 2*time.Second, 3*time.Second, 4*time.Second, 5*time.Second, 6*time.Second, 7*time.Second, 8*time.Second), "watch": declaring(5, steady(20*time.Second)),
	} {
		for how, e := range spoiltEndings(s) {
			if s.Kind == scenarios.KindCapacity && e.stopped == scenarios.StopRejected {
				e.stopped = "" // the first that does not get in is what it is about
			}
			all[name+", "+how] = e
		}
	}
	return all
}

// spoiltEndings are the ways in which a run with sessions may end.
func spoiltEndings(s scenarios.Scenario) map[string]ending {
	with := func(answer func(Node, int) fate) func(context.Context) scenarios.Result {
		return func(ctx context.Context) scenarios.Result {
			b := &balancer{coordinators: 5, takes: 5 * time.Millisecond, answer: answer}
			return Run(ctx, b.dial, s, Options{})
		}
	}
	failing := func(f fate) func(Node, int) fate {
		return func(_ Node, i int) fate {
			if i < 2 {
				return fate{}
			}
			return f
		}
	}
	refused := func(n Node, _ int) fate { return fate{refused: n.Addr.Addr().String() == "127.0.0.3"} }
	everywhere := func(Node, int) fate { return fate{refused: true} }
	return map[string]ending{
		"all is well":                   {run: with(nil)},
		"interrupted":                   {run: with(nil), interruptedAfter: 25 * time.Millisecond, stopped: scenarios.StopInterrupted},
		"the scout failed":              {run: with(func(Node, int) fate { return fate{openErr: fault{"tcp.refused", "is it up?"}} }), stopped: scenarios.StopScout},
		"the generator could not go on": {run: with(failing(fate{openErr: fault{"tcp.local-ports", "free some"}})), stopped: scenarios.StopGenerator},
		"logins were rejected":          {run: with(failing(fate{openErr: fault{"sasl.rejected", ""}})), stopped: scenarios.StopRejected},
		"one certificate was refused":   {run: with(refused)},
		"every certificate was refused": {run: with(everywhere), stopped: scenarios.StopCertificate},
	}
}

// shaking shakes hands with two nodes; "slow" is a certificate that takes its time.
func shaking(fingerprints map[string]string) func(context.Context) scenarios.Result {
	return func(ctx context.Context) scenarios.Result {
		s := scenario(0)
		s.TLS.Enabled, s.Kind = true, scenarios.KindCertificates
		s.Load.Sessions = 0 // of looks alone
		shake := shaker(fingerprints)
		return Certificates(ctx, func(ctx context.Context, n Node, o *scenarios.Observation) error {
			if fingerprints[n.Addr.Addr().String()] == "slow" {
				time.Sleep(time.Second)
			}
			return shake(ctx, n, o)
		}, s, Options{})
	}
}

func declaring(k int, s scenarios.Scenario) scenarios.Scenario {
	s.Expect.Coordinators.Count = k
	return s
}
