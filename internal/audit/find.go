package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
)

// found is a load balancer of one of the two APIs; neither is set where the caller may
// not describe any.
type found struct {
	classic *elbtypes.LoadBalancerDescription
	v2      *v2types.LoadBalancer
}

func (f *found) add(more found) {
	if f.classic == nil {
		f.classic = more.classic
	}
	if f.v2 == nil {
		f.v2 = more.v2
	}
}

// find asks both APIs, but for an ARN, which tells them apart.
func (r *reader) find(ctx context.Context, p place) (found, error) {
	var is found
	var err error
	switch {
	case p.arn != "":
		is, err = r.named(ctx, p.label, p.arn, p.v2, !p.v2)
	case p.label != "":
		is, err = r.named(ctx, p.label, "", true, true)
	default:
		is, err = r.atHost(ctx, p.host)
	}
	switch {
	case err != nil:
		return is, err
	case is.classic != nil && is.v2 != nil:
		return is, &NotFoundError{fmt.Sprintf("there are a Classic load balancer and another one that are named %s: give the ARN or the host", p.name())}
	case is.classic == nil && is.v2 == nil && len(r.out.Unread) == 0:
		return is, &NotFoundError{fmt.Sprintf("there is no load balancer %s in %s of this account", p.name(), r.out.Region)}
	}
	return is, nil
}

// named looks for a load balancer by its name, or of the newer API by its ARN.
func (r *reader) named(ctx context.Context, label, arn string, v2, classic bool) (found, error) {
	var is found
	if v2 {
		in := &elbv2.DescribeLoadBalancersInput{Names: []string{label}}
		if arn != "" {
			in = &elbv2.DescribeLoadBalancersInput{LoadBalancerArns: []string{arn}}
		}
		out, err := r.v2.DescribeLoadBalancers(ctx, in)
		if err := r.unlessMissing(err); err != nil {
			return is, err
		}
		if err == nil && len(out.LoadBalancers) > 0 {
			is.v2 = &out.LoadBalancers[0]
		}
	}
	if classic {
		out, err := r.classic.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerNames: []string{label}})
		if err := r.unlessMissing(err); err != nil {
			return is, err
		}
		if err == nil && len(out.LoadBalancerDescriptions) > 0 {
			is.classic = &out.LoadBalancerDescriptions[0]
		}
	}
	return is, nil
}

// unlessMissing notes a missing permission, and returns an error that no other call
// would be spared. That there is none of that name is no error.
func (r *reader) unlessMissing(err error) error {
	if err == nil || codeOf(err) == "LoadBalancerNotFound" {
		return nil
	}
	if call, is := provision.CallErrorOf(err); is && call.Missing != "" {
		r.note(err)
		return nil
	}
	return explained(err)
}

// atHost looks for the load balancer that a host is a name of: its own, or an alias.
func (r *reader) atHost(ctx context.Context, host string) (found, error) {
	is, err := r.listed(ctx, func(dns string) bool { return sameHost(dns, host) })
	if err != nil || is.classic != nil || is.v2 != nil || r.LookupHost == nil || len(r.out.Unread) > 0 {
		return is, err
	}
	addresses, err := r.LookupHost(ctx, host)
	if err != nil {
		return is, &NotFoundError{fmt.Sprintf("no load balancer in %s has the host %s, and it does not resolve: %s", r.out.Region, host, err)}
	}
	return r.atAddresses(ctx, addresses)
}

// sameHost compares DNS names; AWS's may have a prefix for IPv6.
func sameHost(dns, host string) bool {
	plain := func(s string) string {
		return strings.TrimPrefix(strings.TrimSuffix(strings.ToLower(s), "."), "dualstack.")
	}
	return dns != "" && plain(dns) == plain(host)
}

// listed looks through all load balancers of the region.
func (r *reader) listed(ctx context.Context, is func(dns string) bool) (found, error) {
	var out found
	err := provision.EachPage(ctx, elbv2.NewDescribeLoadBalancersPaginator(r.v2, &elbv2.DescribeLoadBalancersInput{}), func(page *elbv2.DescribeLoadBalancersOutput) {
		for i, b := range page.LoadBalancers {
			if is(aws.ToString(b.DNSName)) {
				out.add(found{v2: &page.LoadBalancers[i]})
			}
		}
	})
	if err := r.unlessMissing(err); err != nil {
		return out, err
	}
	err = provision.EachPage(ctx, elb.NewDescribeLoadBalancersPaginator(r.classic, &elb.DescribeLoadBalancersInput{}), func(page *elb.DescribeLoadBalancersOutput) {
		for i, b := range page.LoadBalancerDescriptions {
			if is(aws.ToString(b.DNSName)) {
				out.add(found{classic: &page.LoadBalancerDescriptions[i]})
			}
		}
	})
	return out, r.unlessMissing(err)
}

// atAddresses looks for the load balancer of which a network interface has one of some
// addresses: AWS describes it as "ELB net/NAME/ID", or "ELB NAME" of a Classic one.
func (r *reader) atAddresses(ctx context.Context, addresses []string) (found, error) {
	addresses = addresses[:min(len(addresses), maxFilter)]
	for _, by := range []string{"addresses.private-ip-address", "association.public-ip"} {
		out, err := r.ec2.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{Filters: []ec2types.Filter{filter(by, addresses)}})
		if err != nil {
			return found{}, r.unlessMissing(err)
		}
		for _, card := range out.NetworkInterfaces {
			text, ours := strings.CutPrefix(aws.ToString(card.Description), "ELB ")
			if !ours {
				continue
			}
			parts := strings.Split(text, "/")
			if len(parts) == 1 {
				return r.named(ctx, text, "", false, true)
			}
			return r.named(ctx, parts[1], "", true, false)
		}
	}
	return found{}, &NotFoundError{fmt.Sprintf("no load balancer in %s has an address of that host: %s", r.out.Region, strings.Join(slices.Clone(addresses), ", "))}
}
