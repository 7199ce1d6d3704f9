package reconcile

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

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
