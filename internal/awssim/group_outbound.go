package awssim

import "net/netip"

// outbound are a group's outbound rules: EC2 gives every new group one that leads
// everywhere.
func (g *Group) outbound() []Rule {
	if g.Egress != nil {
		return g.Egress
	}
	return []Rule{{Protocol: "-1", CIDR: netip.MustParsePrefix("0.0.0.0/0")}}
}
