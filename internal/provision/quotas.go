package provision

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
)

// quotas are the account's, asked before the first write: AWS would refuse in the
// middle of a run what exceeds them. 0 is unknown, and not checked.
type quotas struct {
	rules      int // inbound rules of a group, of IPv4 and of IPv6 each
	groups     int // groups of a network interface
	balancers  int // load balancers of the kind in the region
	listeners  int // of a balancer
	targets    int // of a balancer
	existing   int // load balancers of the kind that exist
	notes      []string
	interested bool // plan and apply ask; status changes nothing, and does not
}

// Names of the quotas in the three APIs that have them.
const (
	groupsAttribute = "vpc-max-security-groups-per-interface"
	rulesQuota      = "L-0EA8095F" // of VPC: "Inbound or outbound rules per security group"
)

// AWS's defaults, for a caller that may not ask.
const (
	defaultGroups = 5
	defaultRules  = 60
)

// quotaAttempts is less than usual: a default stands for what cannot be asked.
const quotaAttempts = 2

// quotaPatience limits the call to Service Quotas, which many private networks do not
// reach.
const quotaPatience = 20 * time.Second

func (s *state) readQuotas(ctx context.Context) error {
	s.quotas = quotas{interested: true}
	for _, ask := range []struct {
		of, instead string
		read        func(context.Context) error
	}{
		{"security groups per network interface", "AWS's default is assumed", s.readGroupsQuota},
		{"rules per security group", "AWS's default is assumed", s.readRulesQuota},
		{s.kind.title() + "s", "it is not checked", s.kind.readLimits},
	} {
		err := ask.read(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			s.quotas.notes = append(s.quotas.notes, fmt.Sprintf("The quota of %s could not be asked (%s): %s.", ask.of, callError(err), ask.instead))
		}
	}
	return nil
}

func (s *state) readGroupsQuota(ctx context.Context) error {
	s.quotas.groups = defaultGroups
	out, err := s.cloud.EC2.DescribeAccountAttributes(ctx, &ec2.DescribeAccountAttributesInput{AttributeNames: []types.AccountAttributeName{groupsAttribute}},
		func(o *ec2.Options) { o.RetryMaxAttempts = quotaAttempts })
	if err != nil {
		return err
	}
	for _, a := range out.AccountAttributes {
		for _, v := range a.AttributeValues {
			if n, err := strconv.Atoi(text(v.AttributeValue)); err == nil && n > 0 && text(a.AttributeName) == groupsAttribute {
				s.quotas.groups = n
			}
		}
	}
	return nil
}

func (s *state) readRulesQuota(ctx context.Context) error {
	s.quotas.rules = defaultRules
	ctx, stop := context.WithTimeout(ctx, quotaPatience)
	defer stop()
	out, err := s.cloud.Quotas.GetServiceQuota(ctx, &servicequotas.GetServiceQuotaInput{ServiceCode: aws.String("vpc"), QuotaCode: aws.String(rulesQuota)},
		func(o *servicequotas.Options) { o.RetryMaxAttempts = quotaAttempts })
	if err == nil && out.Quota != nil && aws.ToFloat64(out.Quota.Value) >= 1 {
		s.quotas.rules = int(min(aws.ToFloat64(out.Quota.Value), math.MaxInt32))
	}
	return err
}

// limitNames are the names by which Elastic Load Balancing tells its limits.
type limitNames struct{ balancers, listeners, targets string }

// note takes a limit, if it is one of those.
func (q *quotas) note(name, most string, of limitNames) {
	n, err := strconv.Atoi(most)
	if err != nil {
		return
	}
	switch name {
	case of.balancers:
		q.balancers = n
	case of.listeners:
		q.listeners = n
	case of.targets:
		q.targets = n
	}
}

// exceeds blocks what is more than a quota, and names it.
func exceeds(what string, n, quota int) []Change {
	if quota == 0 || n <= quota {
		return nil
	}
	return []Change{blocked(noChange("quota", what, ""), "%d are needed, and the account's quota is %d: ask AWS to raise it", n, quota)}
}

// quotaChanges checks the load balancer; rules and groups are checked where they are
// changed.
func (s *state) quotaChanges() []Change {
	q := s.quotas
	return slices.Concat(
		s.kind.overQuota(),
		exceeds("inbound rules of "+s.spec.FrontGroup(), countRules(s.frontRules()), q.rules),
		exceeds("inbound rules of the coordinators' group", countRules(s.rulesBehind()), q.rules),
	)
}

// rulesBehind are those that the coordinators' group will have.
func (s *state) rulesBehind() []rule {
	want := s.backRules()
	for _, r := range rulesOf(s.groups.shared) {
		if r.group != s.frontID() {
			want = append(want, r)
		}
	}
	return want
}

// countRules counts as VPC's quota does: IPv4 and IPv6 apart, and what is no network
// in both.
func countRules(rules []rule) int {
	v4, v6 := 0, 0
	for _, r := range rules {
		isV6 := strings.Contains(r.cidr, ":")
		if r.cidr == "" || !isV6 {
			v4++
		}
		if r.cidr == "" || isV6 {
			v6++
		}
	}
	return max(v4, v6)
}
