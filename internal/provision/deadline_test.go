package provision

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// deadlineIn are the two places in which the end of a run's time meets it while it waits.
var deadlineIn = map[string]func(context.Context, time.Duration) error{
	"a pause": func(ctx context.Context, _ time.Duration) error { return sleep(ctx, time.Hour) },
	"a read":  func(ctx context.Context, _ time.Duration) error { <-ctx.Done(); return nil },
}

// TestDestroy_DeadlineKeepsTheLastRefusal: the report has what AWS said last, and not that
// it was silent.
func TestDestroy_DeadlineKeepsTheLastRefusal(t *testing.T) {
	t.Parallel()
	for name, pause := range deadlineIn {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), plainFile(t)
			mustApply(t, c, spec)
			back := c.group(spec.BackGroup()).ID
			theirs := c.AddGroup(awssim.Group{Name: "theirs", VPC: c.vpc})
			cloud := c.cloudHere(t)
			cloud.Now, cloud.Sleep = time.Now, pause
			for wait := 2 * time.Second; ; wait *= 2 { // a slow machine comes to the group later
				c.SetGroup(theirs, func(g *awssim.Group) { g.Rules = nil })
				before := len(c.failedCalls())
				report, err := Destroy(t.Context(), cloud, spec, DestroyOptions{Wait: wait, Progress: func(e Event) {
					if e.Step == "security groups" { // after the look for dependents
						c.SetGroup(theirs, func(g *awssim.Group) { g.Rules = []awssim.Rule{{Protocol: "tcp", From: 1, To: 1, Group: back}} })
					}
				}})
				if !slices.Contains(c.failedCalls()[before:], "DeleteSecurityGroup: DependencyViolation") {
					continue
				}
				waited, ok := errors.AsType[*WaitError](err)
				if !ok || waited.Change.Resource != "security group" || waited.Change.Name != spec.BackGroup() || code(waited.Err) != "DependencyViolation" || waited.After != wait {
					t.Errorf("%v", err)
				}
				if why := report.Left[0].Why; !strings.Contains(why, "DependencyViolation") || !strings.Contains(why, "In use by a rule of "+theirs) || strings.Contains(why, "no answer") {
					t.Errorf("left because: %s", why)
				}
				return
			}
		})
	}
}

// TestApply_DeadlineSaysWhatIsWaitedFor: every read was answered, so that the network is
// not to blame.
func TestApply_DeadlineSaysWhatIsWaitedFor(t *testing.T) {
	t.Parallel()
	for name, pause := range deadlineIn {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), plainFile(t)
			c.SetInstanceHealth(c.instances[0], "Health checks failed")
			cloud := c.cloudHere(t)
			cloud.Now, cloud.Sleep = time.Now, pause
			for wait := 2 * time.Second; ; wait *= 2 { // as above
				waiting := false
				_, err := Apply(t.Context(), cloud, spec, Options{Wait: wait, Progress: func(e Event) { waiting = waiting || e.Action == Wait }})
				if !waiting {
					continue
				}
				waited, ok := errors.AsType[*WaitError](err)
				if !ok || waited.Change.Action != Wait || waited.Err != nil || !strings.Contains(err.Error(), c.instances[0]) {
					t.Errorf("%v", err)
				}
				return
			}
		})
	}
}
