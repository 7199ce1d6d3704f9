package reconcile

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The failed sessions of a result join by the time when each had ended, or of one that
// timed out a limit before that; of the others nothing is claimed.
func TestFailedIn_JoinsWhatAResultHas(t *testing.T) {
	t.Parallel()
	shape := usual("haproxy")
	shape.broken = 2
	run := shape.make(rand.New(rand.NewPCG(1, 2)))
	var r scenarios.Result
	r.Scenario.Load.Timeout = scenarios.Duration(30 * time.Second)
	for _, s := range run.sessions {
		if s.Outcome == scenarios.OutcomeFailed {
			r.Failures = append(r.Failures, scenarios.Failure{Time: s.End, Local: s.Client, Node: s.Node, Class: s.Class})
		}
	}
	late := &r.Failures[len(r.Failures)-1]
	late.Time = late.Time.Add(30 * time.Second)
	if err := late.Class.UnmarshalText([]byte("open.timeout")); err != nil {
		t.Fatal(err)
	}
	run.sessions = FailedIn(r)
	got := run.join(Options{Lacking: "only the failed ones are here"}).Reconcile(run.file())
	text := prose(got)
	if got.Sessions.Total != len(r.Failures) || got.Sessions.Joined != got.Sessions.Total || got.Verdict != scenarios.StatusFail || !strings.Contains(text, "only the failed ones are here") || !strings.Contains(text, "10.0.1.2:21050") {
		t.Errorf("%d of %d joined\n%s", got.Sessions.Joined, got.Sessions.Total, text)
	}
}

// A session that failed once it had waited in a queue joins the line of when it began. One
// that fits lines of two connections of the run, as its port was used before, is ambiguous.
func TestFailedIn_JoinsWhatWaitedForLong(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"haproxy", "haproxy-tcplog", "haproxy-httplog", "classic"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			for waited, sessions := range map[time.Duration]int{60 * time.Second: 1, 61 * time.Second: 5, 4 * time.Minute: 5} {
				shape := usual(format)
				shape.sessions, shape.broken, shape.queue, shape.lost = sessions*backendsOfRun, 2, 0, 0
				shape.ports, shape.others, shape.offset = shape.sessions, 0, 0
				run := shape.make(rand.New(rand.NewPCG(1, 2)))
				r := scenarios.Result{Started: began}
				for _, s := range run.sessions {
					if s.Outcome == scenarios.OutcomeFailed {
						r.Failures = append(r.Failures, scenarios.Failure{Time: s.End.Add(waited), Local: s.Client, Node: s.Node, Class: s.Class})
					}
				}
				if len(r.Failures) != sessions {
					t.Fatalf("%d sessions fail", len(r.Failures))
				}
				run.sessions = FailedIn(r)
				if got := run.join(Options{}).Reconcile(run.file()); got.Sessions.Joined != sessions {
					t.Errorf("%s: %d of %d joined\n%s", waited, got.Sessions.Joined, sessions, prose(got))
				}
				before := run.lines[slices.IndexFunc(run.lines, func(l balancerlog.Record) bool { return l.Client == run.sessions[0].Client })]
				before.Accepted, before.Backend = before.Accepted.Add(2*time.Second), address("10.0.1.1:21050")
				run.lines = append(run.lines, before)
				if got := run.join(Options{}).Reconcile(run.file()); got.Sessions.Ambiguous != 1 || got.Sessions.Joined != sessions-1 {
					t.Errorf("%s: %d ambiguous, %d of %d joined\n%s", waited, got.Sessions.Ambiguous, got.Sessions.Joined, sessions, prose(got))
				}
			}
		})
	}
}
