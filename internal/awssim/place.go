package awssim

import "slices"

// addSubnets attaches a balancer to more subnets.
func (r *region) addSubnets(b *Balancer, subnets []string) error {
	if len(subnets) == 0 {
		return refuse("ValidationError", "Either AvailabilityZones or SubnetIds must be specified")
	}
	all := slices.Clone(b.Subnets)
	for _, id := range distinct(subnets) {
		if slices.Contains(all, id) {
			continue
		}
		if err := r.placeable(b.Scheme, all, id, minFreeAddresses); err != nil {
			return err
		}
		all = append(all, id)
	}
	b.Subnets, b.VPC = all, r.vpcOf(all[0])
	return nil
}

// placeable refuses one more subnet for a balancer: it is not there, in another VPC or
// in a zone that has one, has too few addresses, or is cut off from the internet.
func (r *region) placeable(scheme string, have []string, id string, addresses int) error {
	s := r.subnet(id)
	if s == nil {
		return refuse("SubnetNotFound", "The requested subnet '%s' was not found", id)
	}
	if len(have) > 0 && r.vpcOf(have[0]) != s.VPC {
		return refuse("InvalidSubnet", "Subnet '%s' is not in VPC '%s'", id, r.vpcOf(have[0]))
	}
	if slices.Contains(r.zones(have), s.Zone) { // guess: the code; the limit is documented
		return refuseAs(409, "InvalidConfigurationRequest", "ELB cannot be attached to multiple subnets in the same AZ.")
	}
	if s.Free < addresses {
		return refuse("InvalidSubnet", "Not enough IP space available in %s. ELB requires at least %d free IP addresses in each subnet.", id, addresses)
	}
	if v := r.vpc(s.VPC); scheme == "internet-facing" && (v == nil || !v.Internet) {
		return refuse("InvalidSubnet", "VPC %s has no internet gateway", s.VPC)
	}
	return nil
}

// minFreeAddresses is what Elastic Load Balancing needs in a subnet (guides of Classic and
// of network load balancers).
const minFreeAddresses = 8

// maxBalancerGroups is the quota of security groups a balancer.
const maxBalancerGroups = 5

// groupsIn checks a balancer's groups; without any it gets the VPC's default one.
func (r *region) groupsIn(vpc string, ids []string) ([]string, error) {
	if len(ids) == 0 {
		return []string{r.defaultGroup(vpc).ID}, nil
	}
	ids = distinct(ids)
	for _, id := range ids {
		if g := r.group(id); g == nil || g.VPC != vpc {
			return nil, refuse("InvalidSecurityGroup", "One or more of the specified security groups do not exist: %s", id)
		}
	}
	if len(ids) > maxBalancerGroups { // guess: the code
		return nil, refuseAs(409, "InvalidConfigurationRequest", "At most %d security groups", maxBalancerGroups)
	}
	return ids, nil
}

type applyGroups struct {
	LoadBalancerName string
	SecurityGroups   []string
}

func (r *region) applyGroups(in applyGroups) (*Balancer, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	if len(in.SecurityGroups) == 0 {
		return nil, refuse("ValidationError", "SecurityGroups is required")
	}
	groups, err := r.groupsIn(b.VPC, in.SecurityGroups)
	if err != nil {
		return nil, err
	}
	b.Groups = groups
	r.syncClassic(b)
	return b, nil
}

type subnetsIn struct {
	LoadBalancerName string
	Subnets          []string
}

func (r *region) attach(in subnetsIn) (*Balancer, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	if err := r.addSubnets(b, in.Subnets); err != nil {
		return nil, err
	}
	r.syncClassic(b)
	return b, nil
}

func (r *region) detach(in subnetsIn) (*Balancer, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	left := slices.DeleteFunc(slices.Clone(b.Subnets), func(id string) bool { return slices.Contains(in.Subnets, id) })
	if len(left) == 0 {
		return nil, refuseAs(409, "InvalidConfigurationRequest", "A load balancer keeps at least one subnet")
	}
	b.Subnets = left
	r.syncClassic(b)
	return b, nil
}
