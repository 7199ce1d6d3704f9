package awssim

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
)

type createNetwork struct {
	Name           string
	Type           string
	Scheme         string
	IpAddressType  string
	Subnets        []string
	SubnetMappings []subnetMapping
	SecurityGroups []string
	Tags           []tag
}

func (c createNetwork) carriesTags() bool { return len(c.Tags) > 0 }

// subnetMapping is a subnet with the address that is asked for there; addresses of the
// internet's are not simulated.
type subnetMapping struct{ SubnetId, PrivateIPv4Address string }

// createNetwork creates a network load balancer, or returns the one of that name and the
// same settings: success does not prove that the call made it.
func (r *region) createNetwork(in createNetwork) (page[networkView], error) {
	wanted, err := r.newNetwork(in)
	if err != nil {
		return page[networkView]{}, err
	}
	b := find(r.networks, func(b *NetworkBalancer) bool { return b.Name == in.Name })
	switch {
	case b != nil && !b.sameSettings(wanted):
		return page[networkView]{}, refuse("DuplicateLoadBalancerName", "A load balancer with the same name '%s' exists, but with different settings", in.Name)
	case b != nil:
		return page[networkView]{Items: []networkView{r.networkView(b)}}, nil
	case len(r.networks) >= r.aws.quotas.networkBalancers():
		return page[networkView]{}, refuse("TooManyLoadBalancers", "The maximum number of load balancers has been reached")
	}
	wanted.creation, wanted.State = r.aws.createdNow(), orText(r.aws.config.EndState, "active")
	r.addNetwork(wanted)
	made := r.networkView(wanted)
	made.state = "provisioning"
	return page[networkView]{Items: []networkView{made}}, nil
}

// sameSettings: guess that tags are not compared, which is the worse case for whoever
// takes a stranger's load balancer for the one that was asked for.
func (b *NetworkBalancer) sameSettings(w *NetworkBalancer) bool {
	return b.Type == w.Type && b.Scheme == w.Scheme && sameSet(b.Subnets, w.Subnets) && sameSet(b.Groups, w.Groups) && maps.Equal(b.Addresses, w.Addresses)
}

func (r *region) newNetwork(in createNetwork) (*NetworkBalancer, error) {
	b := &NetworkBalancer{Name: in.Name, Type: in.Type, Scheme: orText(in.Scheme, "internet-facing"), Addresses: map[string]string{}, Attributes: map[string]string{}}
	switch {
	case !balancerName.MatchString(in.Name) || strings.HasPrefix(in.Name, "internal-"):
		return nil, refuse("ValidationError", "The load balancer name '%s': at most 32 letters, digits and hyphens, no hyphen at either end, not internal- first", in.Name)
	case in.Type != "network": // without a type it is an application load balancer
		return nil, notSimulated("the creation of a load balancer of type " + orText(in.Type, "application"))
	case b.Scheme != "internal" && b.Scheme != "internet-facing":
		return nil, refuse("ValidationError", "1 validation error detected: Value '%s' at 'scheme' failed to satisfy constraint: Member must satisfy enum value set: [internet-facing, internal]", in.Scheme)
	case !slices.Contains([]string{"", "ipv4"}, in.IpAddressType):
		return nil, notSimulated("the address type " + in.IpAddressType)
	}
	var err error
	if b.Tags, err = elbv2Tags.set(in.Tags); err != nil {
		return nil, err
	}
	if err := r.settle(b, in.Subnets, in.SubnetMappings); err != nil {
		return nil, err
	}
	if len(in.SecurityGroups) > 0 { // without, it has none and never gets one
		b.Groups, err = r.groupsIn(r.vpcOf(b.Subnets[0]), in.SecurityGroups)
	}
	return b, err
}

// settle gives a balancer its subnets, all new.
func (r *region) settle(b *NetworkBalancer, subnets []string, mappings []subnetMapping) error {
	if len(subnets) > 0 == (len(mappings) > 0) {
		return refuse("ValidationError", "Either subnets or subnet mappings must be specified, not both")
	}
	for _, id := range subnets {
		mappings = append(mappings, subnetMapping{SubnetId: id})
	}
	var all []string
	addresses := map[string]string{}
	for _, m := range mappings {
		needed := minFreeAddresses
		if m.PrivateIPv4Address != "" {
			needed = 0
			if err := r.addressable(b, m); err != nil {
				return err
			}
			addresses[m.SubnetId] = m.PrivateIPv4Address
		}
		if err := r.placeable(b.Scheme, all, m.SubnetId, needed); err != nil {
			return err
		}
		all = append(all, m.SubnetId)
	}
	b.Subnets, b.Addresses = all, addresses
	return nil
}

// addressable refuses an address outside its subnet, and any of a balancer that is
// reached from the internet.
func (r *region) addressable(b *NetworkBalancer, m subnetMapping) error {
	s := r.subnet(m.SubnetId)
	if s == nil {
		return refuse("SubnetNotFound", "The subnet ID '%s' is not valid", m.SubnetId)
	}
	prefix, err := netip.ParsePrefix(s.CIDR)
	address, wrong := netip.ParseAddr(m.PrivateIPv4Address)
	if b.Scheme != "internal" || err != nil || wrong != nil || !prefix.Contains(address) { // guess: the code
		return refuse("InvalidConfigurationRequest", "The address '%s' cannot be had in subnet '%s'", m.PrivateIPv4Address, m.SubnetId)
	}
	return nil
}

// deleteNetwork succeeds where nothing is, and takes the listeners along. The interfaces
// are removed later.
func (r *region) deleteNetwork(in networkArn) (none, error) {
	b := find(r.networks, func(b *NetworkBalancer) bool { return b.ARN == in.LoadBalancerArn })
	if b == nil {
		return none{}, nil
	}
	if b.Attributes["deletion_protection.enabled"] == "true" {
		return none{}, refuse("OperationNotPermitted", "Load balancer '%s' cannot be deleted because deletion protection is enabled", b.ARN)
	}
	r.networks = slices.DeleteFunc(r.networks, func(o *NetworkBalancer) bool { return o == b })
	for _, l := range b.Listeners {
		r.endUses(b, l)
	}
	r.unplug(b.path())
	return none{}, nil
}

type networkGroups struct {
	LoadBalancerArn                                      string
	SecurityGroups                                       []string
	EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic string
}

// setNetworkGroups replaces the groups, where there were some at the creation.
func (r *region) setNetworkGroups(in networkGroups) (*NetworkBalancer, error) {
	b, err := r.network(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	if len(b.Groups) == 0 || len(in.SecurityGroups) == 0 { // guess: that the last one cannot be taken away
		return nil, refuse("InvalidConfigurationRequest", "Security groups of '%s' can be changed only where it was created with one, and not to none", b.ARN)
	}
	groups, err := r.groupsIn(r.vpcOf(b.Subnets[0]), in.SecurityGroups)
	if err != nil {
		return nil, err
	}
	b.Groups = groups
	r.syncNetwork(b)
	return b, nil
}

type networkSubnets struct {
	LoadBalancerArn string
	Subnets         []string
	SubnetMappings  []subnetMapping
}

// setNetworkSubnets replaces the subnets.
func (r *region) setNetworkSubnets(in networkSubnets) (networkView, error) {
	b, err := r.network(in.LoadBalancerArn)
	if err != nil {
		return networkView{}, err
	}
	next := b.clone()
	if err := r.settle(&next, in.Subnets, in.SubnetMappings); err != nil {
		return networkView{}, err
	}
	if r.vpcOf(next.Subnets[0]) != r.vpcOf(b.Subnets[0]) {
		return networkView{}, refuse("InvalidSubnet", "Subnet '%s' is not in the VPC of '%s'", next.Subnets[0], b.ARN)
	}
	b.Subnets, b.Addresses = next.Subnets, next.Addresses
	r.syncNetwork(b)
	return r.networkView(b), nil
}
