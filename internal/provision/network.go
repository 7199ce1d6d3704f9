package provision

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// network is the VPC, subnets and coordinators: none of them is ours.
type network struct {
	vpcs         []string
	subnets      []subnet
	coordinators []coordinator // that run, or that lb.yaml names and AWS no longer has
	stopped      []coordinator // may run again
	gateway      bool          // to the internet; read where the balancer needs one
}

type subnet struct {
	id, zone string
	free     int  // addresses
	v6       bool // it has a network of IPv6
}

// minFreeAddresses is what a load balancer needs in a subnet (Classic Load Balancers
// guide, "Prepare your VPC").
const minFreeAddresses = 8

// coordinator is an instance to register.
type coordinator struct {
	id, dns, zone, vpc, state string
	address                   string // private, of the primary interface
	primary                   string // network interface with device index 0, to which a Classic balancer sends
}

// vpc is the only one that matches, once networkChanges found no problem.
func (n network) vpc() string {
	if len(n.vpcs) == 0 {
		return ""
	}
	return n.vpcs[0]
}

func (n network) subnetIDs() []string {
	return mapSlice(n.subnets, func(s subnet) string { return s.id })
}

func (n network) instanceIDs() []string {
	return mapSlice(n.coordinators, func(c coordinator) string { return c.id })
}

func (n network) stoppedIDs() []string {
	return mapSlice(n.stopped, func(c coordinator) string { return c.id })
}

// maybe reports whether an instance in a state may run later.
func maybe(state string) bool {
	return slices.Contains([]string{"pending", "stopping", "stopped"}, state)
}

func mapSlice[T, U any](list []T, of func(T) U) []U {
	out := make([]U, 0, len(list))
	for _, v := range list {
		out = append(out, of(v))
	}
	return out
}

// filters selects by id or by tags. Ids are a filter too, so that an unknown one is
// missing from the answer instead of failing the call.
func filters(p lbfile.Pick, idFilter string, more ...types.Filter) []types.Filter {
	if len(p.IDs) > 0 {
		more = append(more, filter(idFilter, p.IDs...))
	}
	for _, key := range slices.Sorted(maps.Keys(p.Tags)) {
		more = append(more, filter("tag:"+key, p.Tags[key]))
	}
	return more
}

func filter(name string, values ...string) types.Filter {
	return types.Filter{Name: aws.String(name), Values: values}
}

func (s *state) readNetwork(ctx context.Context) error {
	s.network = network{}
	vpcs := ec2.NewDescribeVpcsPaginator(s.cloud.EC2, &ec2.DescribeVpcsInput{Filters: filters(s.spec.Network.VPC, "vpc-id")})
	err := EachPage(ctx, vpcs, func(page *ec2.DescribeVpcsOutput) {
		s.network.vpcs = append(s.network.vpcs, mapSlice(page.Vpcs, func(v types.Vpc) string { return text(v.VpcId) })...)
	})
	if err != nil || len(s.network.vpcs) != 1 {
		return err
	}
	if err := s.readSubnets(ctx); err != nil {
		return err
	}
	if err := s.readGateway(ctx); err != nil {
		return err
	}
	return s.readCoordinators(ctx)
}

// readGateway looks for the VPC's internet gateway, without which AWS refuses a
// balancer with public addresses.
func (s *state) readGateway(ctx context.Context) error {
	if s.spec.Scheme != lbfile.InternetFacing {
		return nil
	}
	out, err := s.cloud.EC2.DescribeInternetGateways(ctx, &ec2.DescribeInternetGatewaysInput{Filters: []types.Filter{filter("attachment.vpc-id", s.network.vpc())}})
	if err == nil {
		s.network.gateway = len(out.InternetGateways) > 0
	}
	return err
}

// crowded says which of the subnets lack addresses for a balancer; "": none.
func (n network) crowded(ids []string) string {
	for _, s := range n.subnets {
		if slices.Contains(ids, s.id) && s.free < minFreeAddresses {
			return fmt.Sprintf("%s has %d free addresses, and AWS needs %d for a load balancer", s.id, s.free, minFreeAddresses)
		}
	}
	return ""
}

func (s *state) readSubnets(ctx context.Context) error {
	in := &ec2.DescribeSubnetsInput{Filters: filters(s.spec.Network.Subnets, "subnet-id", filter("vpc-id", s.network.vpc()))}
	err := EachPage(ctx, ec2.NewDescribeSubnetsPaginator(s.cloud.EC2, in), func(page *ec2.DescribeSubnetsOutput) {
		for _, n := range page.Subnets {
			s.network.subnets = append(s.network.subnets, subnet{text(n.SubnetId), text(n.AvailabilityZone), int(aws.ToInt32(n.AvailableIpAddressCount)), len(n.Ipv6CidrBlockAssociationSet) > 0})
		}
	})
	slices.SortFunc(s.network.subnets, func(a, b subnet) int { return strings.Compare(a.zone+a.id, b.zone+b.id) })
	return err
}

// readCoordinators finds instances by tags, but for terminated ones, which stay
// visible for a while; by id it finds them in any state.
func (s *state) readCoordinators(ctx context.Context) error {
	pick := lbfile.Pick{IDs: s.spec.Coordinators.IDs, Tags: s.spec.Coordinators.Tags}
	in := &ec2.DescribeInstancesInput{Filters: filters(pick, "instance-id")}
	if len(pick.Tags) > 0 {
		in.Filters = append(in.Filters, filter("instance-state-name", "pending", "running", "stopping", "stopped"))
	}
	err := EachPage(ctx, ec2.NewDescribeInstancesPaginator(s.cloud.EC2, in), func(page *ec2.DescribeInstancesOutput) {
		for _, r := range page.Reservations {
			for _, i := range mapSlice(r.Instances, newCoordinator) {
				if maybe(i.state) {
					s.network.stopped = append(s.network.stopped, i)
				} else {
					s.network.coordinators = append(s.network.coordinators, i)
				}
			}
		}
	})
	slices.SortFunc(s.network.coordinators, func(a, b coordinator) int { return strings.Compare(a.id, b.id) })
	return err
}

func newCoordinator(i types.Instance) coordinator {
	c := coordinator{id: text(i.InstanceId), dns: text(i.PrivateDnsName), address: text(i.PrivateIpAddress), vpc: text(i.VpcId)}
	if i.State != nil {
		c.state = string(i.State.Name)
	}
	if i.Placement != nil {
		c.zone = text(i.Placement.AvailabilityZone)
	}
	for _, n := range i.NetworkInterfaces {
		if n.Attachment != nil && aws.ToInt32(n.Attachment.DeviceIndex) == 0 {
			c.primary = text(n.NetworkInterfaceId)
		}
	}
	return c
}

func (s *state) networkChanges() []Change {
	vpc := s.vpcRow()
	if vpc.Stops() {
		return []Change{vpc}
	}
	return []Change{vpc, s.subnetsRow(), s.coordinatorsRow()}
}

func (s *state) vpcRow() Change {
	c := noChange("VPC", pickText(s.spec.Network.VPC), commaList(s.network.vpcs))
	switch len(s.network.vpcs) {
	case 0:
		return blocked(c, "no match")
	case 1:
		if s.spec.Scheme == lbfile.InternetFacing && !s.network.gateway {
			return blocked(c, "it has no internet gateway, and scheme is internet-facing: attach one, or set scheme to internal")
		}
		return c
	}
	return blocked(c, "%d match, exactly one must: %s", len(s.network.vpcs), commaList(s.network.vpcs))
}

func (s *state) subnetsRow() Change {
	names := mapSlice(s.network.subnets, func(n subnet) string { return n.id + " in " + n.zone })
	c := noChange("subnets", pickText(s.spec.Network.Subnets), commaList(names))
	if len(names) == 0 {
		return blocked(c, "no match in %s", s.network.vpc())
	}
	for i, n := range s.network.subnets[1:] {
		if n.zone == s.network.subnets[i].zone {
			return blocked(c, "a load balancer takes one subnet per zone; these match: %s", commaList(names))
		}
	}
	for _, id := range s.spec.Network.Subnets.IDs {
		if !slices.Contains(s.network.subnetIDs(), id) {
			return blocked(c, "%s is not in %s", id, s.network.vpc())
		}
	}
	return c
}

func (s *state) coordinatorsRow() Change {
	pick := lbfile.Pick{IDs: s.spec.Coordinators.IDs, Tags: s.spec.Coordinators.Tags}
	c := noChange("coordinators", pickText(pick), commaList(s.network.instanceIDs()))
	if len(s.network.coordinators) == 0 {
		return blocked(c, "no running instance matches")
	}
	var wrong []string
	for _, id := range pick.IDs {
		if !slices.Contains(slices.Concat(s.network.instanceIDs(), s.network.stoppedIDs()), id) {
			wrong = append(wrong, id+" does not exist")
		}
	}
	for _, i := range s.network.coordinators {
		switch {
		case i.state != "running":
			wrong = append(wrong, i.id+" is "+i.state)
		case i.vpc != s.network.vpc():
			wrong = append(wrong, i.id+" is in "+i.vpc)
		case i.primary == "":
			wrong = append(wrong, i.id+" has no primary network interface")
		case !slices.ContainsFunc(s.network.subnets, func(n subnet) bool { return n.zone == i.zone }):
			wrong = append(wrong, i.id+" is in "+i.zone+", which has no subnet here: it would never be in service")
		}
	}
	if len(wrong) > 0 {
		return blocked(c, "%s", strings.Join(wrong, "; "))
	}
	return c
}

func blocked(c Change, format string, args ...any) Change {
	c.Action, c.Why = Blocked, fmt.Sprintf(format, args...)
	c.apply, c.dryRun = nil, nil
	return c
}

// pickText formats ids or tags.
func pickText(p lbfile.Pick) string {
	if len(p.IDs) > 0 {
		return commaList(p.IDs)
	}
	pairs := make([]string, 0, len(p.Tags))
	for _, key := range slices.Sorted(maps.Keys(p.Tags)) {
		pairs = append(pairs, key+"="+p.Tags[key])
	}
	return commaList(pairs)
}

func commaList(words []string) string { return strings.Join(words, ", ") }
