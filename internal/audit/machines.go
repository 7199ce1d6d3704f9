package audit

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// eachTarget calls do for every target.
func (r *reader) eachTarget(do func(*scenarios.AuditTarget)) {
	for g := range r.out.Groups {
		for t := range r.out.Groups[g].Targets {
			do(&r.out.Groups[g].Targets[t])
		}
	}
}

// machines reads the zone, the address and the security groups of the targets.
func (r *reader) machines(ctx context.Context) {
	r.members = map[string][]string{}
	var instances, addresses []string
	r.eachTarget(func(t *scenarios.AuditTarget) {
		switch {
		case strings.HasPrefix(t.ID, "i-"):
			instances = append(instances, t.ID)
		case t.Address != "":
			addresses = append(addresses, t.Address)
		}
	})
	for _, ids := range batches(distinct(instances)) {
		list := ec2.NewDescribeInstancesPaginator(r.ec2, &ec2.DescribeInstancesInput{Filters: []ec2types.Filter{filter("instance-id", ids)}})
		if !r.note(provision.EachPage(ctx, list, func(page *ec2.DescribeInstancesOutput) {
			for _, reservation := range page.Reservations {
				for _, i := range reservation.Instances {
					r.instance(i)
				}
			}
		})) {
			break
		}
	}
	for _, some := range batches(distinct(addresses)) {
		list := ec2.NewDescribeNetworkInterfacesPaginator(r.ec2, &ec2.DescribeNetworkInterfacesInput{Filters: []ec2types.Filter{filter("addresses.private-ip-address", some)}})
		if !r.note(provision.EachPage(ctx, list, func(page *ec2.DescribeNetworkInterfacesOutput) {
			for _, card := range page.NetworkInterfaces {
				r.card(card)
			}
		})) {
			break
		}
	}
}

func distinct(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

func (r *reader) instance(i ec2types.Instance) {
	id := aws.ToString(i.InstanceId)
	for _, g := range i.SecurityGroups {
		r.members[id] = append(r.members[id], aws.ToString(g.GroupId))
	}
	r.eachTarget(func(t *scenarios.AuditTarget) {
		if t.ID != id {
			return
		}
		t.Address, t.DNS = aws.ToString(i.PrivateIpAddress), aws.ToString(i.PrivateDnsName)
		if i.Placement != nil {
			t.Zone = aws.ToString(i.Placement.AvailabilityZone)
		}
	})
}

func (r *reader) card(card ec2types.NetworkInterface) {
	address := aws.ToString(card.PrivateIpAddress)
	for _, g := range card.Groups {
		r.members[address] = append(r.members[address], aws.ToString(g.GroupId))
	}
	r.eachTarget(func(t *scenarios.AuditTarget) {
		if t.ID != address {
			return
		}
		t.DNS = aws.ToString(card.PrivateDnsName)
		if t.Zone == "" {
			t.Zone = aws.ToString(card.AvailabilityZone)
		}
	})
}

// firewalls reads the rules of the load balancer's security groups and of the targets'.
func (r *reader) firewalls(ctx context.Context) {
	var own, behind []string
	for _, g := range r.out.Firewall {
		own = append(own, g.ID)
	}
	for _, ids := range r.members {
		behind = append(behind, ids...)
	}
	behind = distinct(behind)
	rules := map[string]scenarios.AuditFirewall{}
	for _, ids := range batches(distinct(append(slices.Clone(own), behind...))) {
		list := ec2.NewDescribeSecurityGroupsPaginator(r.ec2, &ec2.DescribeSecurityGroupsInput{Filters: []ec2types.Filter{filter("group-id", ids)}})
		if !r.note(provision.EachPage(ctx, list, func(page *ec2.DescribeSecurityGroupsOutput) {
			for _, g := range page.SecurityGroups {
				id := aws.ToString(g.GroupId)
				rules[id] = scenarios.AuditFirewall{ID: id, In: rulesOf(g.IpPermissions), Out: rulesOf(g.IpPermissionsEgress)}
			}
		})) {
			return
		}
	}
	for i, id := range own {
		if g, read := rules[id]; read {
			r.out.Firewall[i] = g
		}
	}
	for _, id := range behind {
		if g, read := rules[id]; read {
			r.out.Behind = append(r.out.Behind, g)
		}
	}
}

// rulesOf are the rules that concern TCP, a source each.
func rulesOf(permissions []ec2types.IpPermission) []scenarios.AuditRule {
	var out []scenarios.AuditRule
	for _, p := range permissions {
		base := scenarios.AuditRule{From: int(aws.ToInt32(p.FromPort)), To: int(aws.ToInt32(p.ToPort))}
		switch aws.ToString(p.IpProtocol) {
		case "-1":
			base.From, base.To = 0, 65535
		case "tcp", "6":
		default:
			continue
		}
		if base.From < 0 || base.To < 0 {
			base.From, base.To = 0, 65535 // AWS writes -1 for all ports
		}
		base.To = min(base.To, 65535)
		for _, n := range p.IpRanges {
			one := base
			one.CIDR = aws.ToString(n.CidrIp)
			out = append(out, one)
		}
		for _, n := range p.Ipv6Ranges {
			one := base
			one.CIDR = aws.ToString(n.CidrIpv6)
			out = append(out, one)
		}
		for _, g := range p.UserIdGroupPairs {
			one := base
			one.Group = aws.ToString(g.GroupId)
			out = append(out, one)
		}
		for _, l := range p.PrefixListIds {
			one := base
			one.List = aws.ToString(l.PrefixListId)
			out = append(out, one)
		}
	}
	return out
}
