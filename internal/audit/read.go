package audit

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/impala-lbcheck/impala-lbcheck/internal/impalaweb"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Options say how to read.
type Options struct {
	Access     provision.Access                                      // Region "": that of the ARN or the host, or else of AWS's configuration
	LookupHost func(context.Context, string) ([]string, error)       // of a host that is an alias
	Pages      func(context.Context, string) (impalaweb.View, error) // the web pages of a target, by its address; nil: they are not read
	Now        func() time.Time                                      // nil: time.Now
}

// ErrNoRegion says that nothing names a region.
var ErrNoRegion = errors.New("no region: give one, or set AWS_REGION")

// NotFoundError is about a load balancer that is not there, or that cannot be told from
// another.
type NotFoundError struct{ Text string }

func (e *NotFoundError) Error() string { return e.Text }

// Read reads one load balancer. It fails with [*NotFoundError] where there is none, and
// with the first call's error where that had no answer. A load balancer of another type
// than Classic and network is only named.
func Read(ctx context.Context, asked string, o Options) (scenarios.Audited, error) {
	where, err := parse(asked)
	if err != nil {
		return scenarios.Audited{}, err
	}
	o.Access.Region = cmp.Or(o.Access.Region, where.region)
	cfg, err := provision.Config(ctx, o.Access)
	if err != nil {
		return scenarios.Audited{}, err
	}
	if cfg.Region == "" {
		return scenarios.Audited{}, ErrNoRegion
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	r := &reader{
		Options: o, ec2: ec2.NewFromConfig(cfg), classic: elb.NewFromConfig(cfg), v2: elbv2.NewFromConfig(cfg), acm: acm.NewFromConfig(cfg), iam: iam.NewFromConfig(cfg),
		arns: map[string]string{},
	}
	r.out = scenarios.Audited{Name: where.name(), Region: cfg.Region, At: o.Now().UTC().Truncate(time.Second), PagesAsked: o.Pages != nil}
	err = r.read(ctx, where)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return r.out, err
}

// reader collects what was read.
type reader struct {
	Options
	ec2     *ec2.Client
	classic *elb.Client
	v2      *elbv2.Client
	acm     *acm.Client
	iam     *iam.Client

	out     scenarios.Audited
	members map[string][]string // ids of security groups, by target
	arns    map[string]string   // of certificates, by their ids
}

// read finds the load balancer, and reads what belongs to it.
func (r *reader) read(ctx context.Context, where place) error {
	is, err := r.find(ctx, where)
	switch {
	case err != nil:
		return err
	case is.v2 != nil:
		r.describe(*is.v2)
		if r.out.Type == scenarios.BalancerNetwork {
			r.network(ctx, *is.v2)
		}
	case is.classic != nil:
		r.classicBalancer(ctx, *is.classic)
	}
	if len(r.out.Groups) > 0 {
		r.machines(ctx)
		r.firewalls(ctx)
		r.certificates(ctx)
		r.impala(ctx)
	}
	return nil
}
