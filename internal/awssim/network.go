package awssim

import (
	"maps"
	"net/netip"
)

// VPC is a network.
type VPC struct {
	ID       string // "": generated
	CIDR     string // "": 10.0.0.0/16
	Internet bool   // it has an internet gateway
	Tags     map[string]string
}

// Subnet is a part of a VPC in one zone.
type Subnet struct {
	ID   string // "": generated
	VPC  string
	Zone string // "us-east-1a"; "": the first of the region
	CIDR string // "": 10.0.N.0/24
	Free int    // addresses; 0: 200
	Tags map[string]string
}

// AddVPC adds a VPC with its default group, and returns its id.
func (a *AWS) AddVPC(v VPC) string {
	r, unlock := a.lockHome()
	defer unlock()
	v.ID = orElse(v.ID, a.id, "vpc")
	if v.CIDR == "" {
		v.CIDR = "10.0.0.0/16"
	}
	v.Tags = maps.Clone(v.Tags)
	r.vpcs = append(r.vpcs, &v)
	r.groups = append(r.groups, &Group{ID: a.id("sg"), Name: "default", Description: "default VPC security group", VPC: v.ID, Egress: a.allowAll(), creation: preexisting()})
	return v.ID
}

// SetVPC changes a VPC, as a manual change does.
func (a *AWS) SetVPC(id string, change func(*VPC)) {
	r, unlock := a.lockHome()
	defer unlock()
	if v := r.vpc(id); v != nil {
		change(v)
	}
}

// AddSubnet adds a subnet and returns its id.
func (a *AWS) AddSubnet(s Subnet) string {
	r, unlock := a.lockHome()
	defer unlock()
	s.ID = orElse(s.ID, a.id, "subnet")
	if s.Zone == "" {
		s.Zone = r.name + "a"
	}
	if s.CIDR == "" {
		s.CIDR = netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(len(r.subnets)), 0}), 24).String()
	}
	if s.Free == 0 {
		s.Free = 200
	}
	s.Tags = maps.Clone(s.Tags)
	r.subnets = append(r.subnets, &s)
	return s.ID
}

func orElse(id string, next func(string) string, kind string) string {
	if id != "" {
		return id
	}
	return next(kind)
}

type describeVPCs struct {
	dryRun
	paging
	Filter []filter
	VpcId  []string
}

func (r *region) describeVPCs(in describeVPCs) (page[*VPC], error) {
	found, err := selected(r.vpcs, in.VpcId, func(v *VPC) string { return v.ID },
		func(id string) error {
			return refuse("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", id)
		},
		func(v *VPC) (bool, error) {
			return matches(in.Filter, v.Tags, func(name string) ([]string, bool) {
				switch name {
				case "vpc-id":
					return []string{v.ID}, true
				case "cidr", "cidr-block-association.cidr-block":
					return []string{v.CIDR}, true
				case "state":
					return []string{"available"}, true
				}
				return nil, false
			})
		})
	if err != nil {
		return page[*VPC]{}, err
	}
	return paginate(r.aws, found, in.MaxResults, in.NextToken)
}

type describeSubnets struct {
	dryRun
	paging
	Filter   []filter
	SubnetId []string
}

func (r *region) describeSubnets(in describeSubnets) (page[*Subnet], error) {
	found, err := selected(r.subnets, in.SubnetId, func(s *Subnet) string { return s.ID },
		func(id string) error {
			return refuse("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", id)
		},
		func(s *Subnet) (bool, error) {
			return matches(in.Filter, s.Tags, func(name string) ([]string, bool) {
				switch name {
				case "subnet-id":
					return []string{s.ID}, true
				case "vpc-id":
					return []string{s.VPC}, true
				case "availability-zone":
					return []string{s.Zone}, true
				case "state":
					return []string{"available"}, true
				}
				return nil, false
			})
		})
	if err != nil {
		return page[*Subnet]{}, err
	}
	return paginate(r.aws, found, in.MaxResults, in.NextToken)
}

func (r *region) vpc(id string) *VPC {
	return find(r.vpcs, func(v *VPC) bool { return v.ID == id })
}

func (r *region) subnet(id string) *Subnet {
	return find(r.subnets, func(s *Subnet) bool { return s.ID == id })
}

// find returns the first match, or nil.
func find[T any](all []*T, match func(*T) bool) *T {
	for _, t := range all {
		if match(t) {
			return t
		}
	}
	return nil
}

// dryRun is EC2's parameter that only checks the permission.
type dryRun struct{ DryRun bool }

func (d dryRun) isDryRun() bool { return d.DryRun }
