package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// DestroyOptions configures Destroy.
type DestroyOptions struct {
	Progress  func(Event)   // nil: no progress
	Wait      time.Duration // limit for the whole run: calls, draining, release of network interfaces; 0 is 15 minutes
	PurgeLogs bool          // delete the bucket too, if it is ours and empty
}

// Leftover is a resource that still exists.
type Leftover struct {
	Resource string `json:"resource"`
	Name     string `json:"name"`
	Why      string `json:"why"`
	Kept     bool   `json:"kept"` // on purpose
}

// LeftError reports that Destroy did not remove everything. Another Destroy
// continues.
type LeftError struct {
	Left []Leftover // at least one
	Err  error      // the first failure
}

func (e *LeftError) Error() string {
	l := e.Left[0]
	msg := fmt.Sprintf("%s %s is left: %s", l.Resource, l.Name, l.Why)
	if n := len(e.Left) - 1; n > 0 {
		msg += fmt.Sprintf(" (and %d more)", n)
	}
	return msg + "; destroy again to continue"
}

func (e *LeftError) Unwrap() error { return e.Err }

// lastLook is the time for finding what is left after Wait has passed.
const lastLook = 10 * time.Second

// ListOwned returns what Destroy would do, as a plan of deletions. It changes nothing.
func ListOwned(ctx context.Context, c Cloud, spec lbfile.Spec, o DestroyOptions) (Plan, error) {
	return newState(c, spec).removalPlan(ctx, o)
}

func (s *state) removalPlan(ctx context.Context, o DestroyOptions) (Plan, error) {
	p := Plan{Schema: PlanSchema, Region: s.cloud.Region, Cluster: s.spec.Cluster}
	if err := s.readIdentity(ctx); err != nil {
		return p, explain(ctx, err)
	}
	p.Account = s.identity.account
	if err := s.readAll(ctx, s.removals(o.PurgeLogs), &p); err != nil {
		return p, err
	}
	for _, l := range s.retained(o) {
		p.Notes = append(p.Notes, fmt.Sprintf("Kept: %s %s: %s.", l.Resource, l.Name, l.Why))
	}
	return p, nil
}

// Destroy removes the resources with our tag, and what we added to others: rules,
// group memberships, a statement of a bucket policy. It returns a [*StoppedError]
// before the first write if something that is not ours depends on a resource of
// ours, or something is blocked. It may be interrupted anywhere; the next run
// continues. A [*LeftError] says what it could not remove and why.
func Destroy(ctx context.Context, c Cloud, spec lbfile.Spec, o DestroyOptions) (Report, error) {
	s := newState(c, spec)
	v := newReconciler(s, o.Progress, o.Wait)
	bounded, stop := v.bound(ctx)
	defer stop()
	after, stopAfter := context.WithTimeout(ctx, v.limit+lastLook)
	defer stopAfter()
	steps := s.removals(o.PurgeLogs)
	p, err := s.removalPlan(bounded, o)
	if err != nil {
		report := s.partial()
		report.Unfinished = names(steps)
		return report, err
	}
	if stop := p.Stops(); len(stop) > 0 {
		return s.removalReport(nil, s.retained(o)), &StoppedError{Changes: stop}
	}
	var left []Leftover
	var unfinished []string
	var first error
	for i, r := range steps {
		err := v.reconcile(bounded, r)
		if err == nil {
			continue
		}
		unfinished = append(unfinished, r.name)
		if ctx.Err() != nil {
			report := s.removalReport(v.done, left)
			report.Unfinished = append(unfinished, names(steps[i+1:])...)
			return report, ctx.Err()
		}
		first = cmp.Or(first, err)
		left = append(left, s.toLeftover(after, r, err))
		if r.prerequisite || bounded.Err() != nil {
			unfinished = append(unfinished, names(steps[i+1:])...)
			break
		}
	}
	if len(left) == 0 {
		left, first = s.lookAgain(after, o)
	} else {
		left = s.addUntried(after, o, left)
	}
	report := s.removalReport(v.done, append(slices.Clone(left), s.retained(o)...))
	if len(left) > 0 {
		if report.Unfinished = unfinished; len(unfinished) == 0 {
			report.Unfinished = []string{comparison}
		}
		return report, &LeftError{Left: left, Err: first}
	}
	report.Complete, report.Drift = true, []Change{}
	return report, nil
}

// lookAgain reads everything once more: an apply that runs at the same time builds
// again what was removed before.
func (s *state) lookAgain(ctx context.Context, o DestroyOptions) ([]Leftover, error) {
	p, err := s.removalPlan(ctx, o)
	if err != nil {
		return []Leftover{{Resource: comparison, Name: s.spec.Balancer(), Why: "everything was removed, and whether it stays so could not be read: " + err.Error()}}, err
	}
	var left []Leftover
	for _, c := range p.Changes {
		if c.Action != NoOp {
			left = append(left, Leftover{Resource: c.Resource, Name: c.Name, Why: "it appeared during this run: does an apply run at the same time?"})
		}
	}
	return left, nil
}

func (s *state) removalReport(done []Change, left []Leftover) Report {
	return Report{
		Schema: ReportSchema, Account: s.identity.account, Region: s.cloud.Region, Cluster: s.spec.Cluster,
		Done: done, Left: left,
	}
}

// toLeftover describes what a failure left, and why.
func (s *state) toLeftover(ctx context.Context, r resource, err error) Leftover {
	l := Leftover{Resource: r.name, Name: s.spec.Balancer(), Why: err.Error()}
	if waited, ok := errors.AsType[*WaitError](err); ok {
		l.Resource, l.Name = waited.Change.Resource, waited.Change.Name
		if code(waited.Err) == "DependencyViolation" {
			l.Why += ". " + s.groupUsers(ctx, waited.Change.Before)
		}
	}
	if stopped, ok := errors.AsType[*StoppedError](err); ok {
		l = Leftover{Resource: stopped.Changes[0].Resource, Name: stopped.Changes[0].Name, Why: stopped.Changes[0].Why}
	}
	if code(err) == "BucketNotEmpty" {
		l.Name, l.Why = s.spec.AccessLogs.Bucket, "it is not empty, and logs are not deleted: empty it yourself (aws s3 rm --recursive) and destroy again"
	}
	return l
}

// groupUsers lists what still uses a security group.
func (s *state) groupUsers(ctx context.Context, id string) string {
	var names []string
	interfaces, err := s.describeInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{Filters: []types.Filter{filter("group-id", id)}})
	for _, n := range interfaces {
		names = append(names, strings.TrimSpace(n.id+" "+n.instance))
	}
	for _, of := range []struct{ filter, what string }{{"ip-permission.group-id", "a rule of "}, {"egress.ip-permission.group-id", "an outbound rule of "}} {
		referring, err2 := s.describeGroups(ctx, filter(of.filter, id))
		for _, g := range referring {
			names = append(names, of.what+text(g.GroupId))
		}
		err = cmp.Or(err, err2)
	}
	if len(names) == 0 || err != nil {
		return "What uses it is unknown"
	}
	return "In use by " + commaList(names)
}

// addUntried adds what still exists and was not tried.
func (s *state) addUntried(ctx context.Context, o DestroyOptions, left []Leftover) []Leftover {
	if len(left) == 0 {
		return nil
	}
	rest, err := s.removalPlan(ctx, o)
	if err != nil {
		return left
	}
	for _, c := range rest.Changes {
		if !slices.ContainsFunc(left, func(l Leftover) bool { return l.Resource == c.Resource && l.Name == c.Name }) {
			left = append(left, Leftover{Resource: c.Resource, Name: c.Name, Why: "not tried"})
		}
	}
	return left
}

// retained lists what is kept on purpose: resources that are not ours, and the
// bucket, unless it is ours and to be purged.
func (s *state) retained(o DestroyOptions) []Leftover {
	left := s.unowned()
	why := ""
	switch b := s.bucket; {
	case s.spec.AccessLogs == nil:
		return left
	case !s.managesBucket():
		why = "access_logs.manage is false"
	case !b.exists:
		return left
	case b.inaccessible:
		why = "it belongs to another account, or the caller lacks the permission s3:ListBucket"
	case !s.ownsS3(b.tags) || s.spec.AccessLogs.Adopt:
		why = "it is not ours"
	case !o.PurgeLogs:
		why = "it holds access logs; purging deletes it only if it is empty"
	default:
		return left
	}
	return append(left, Leftover{Resource: "bucket", Name: s.spec.AccessLogs.Bucket, Why: why, Kept: true})
}
