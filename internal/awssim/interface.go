package awssim

import (
	"net/netip"
	"slices"
	"strconv"
)

// Interface is an elastic network interface (ENI).
type Interface struct {
	ID          string
	Description string // "ELB NAME" of a balancer's, "ELB net/NAME/ID" of a network one's
	Instance    string // attached to; "" of a balancer's
	Owner       string // of the attachment: the account, or "amazon-elb"
	Index       int    // among the instance's; 0 is the primary one
	Subnet      string
	Groups      []string // ids
	Address     string   // private

	balancer  string // its balancer as the description names it; "" of an instance's
	deleted   bool   // its balancer is gone
	described int    // since then
}

// amazonELB is the owner of the attachments of a balancer's interfaces.
const amazonELB = "amazon-elb"

// plugIn attaches an interface to an instance.
func (r *region) plugIn(i *Instance, index int, card Interface) {
	card.ID = orElse(card.ID, r.aws.id, "eni")
	card.Instance, card.Index, card.Owner = i.ID, index, Account
	if card.Subnet == "" {
		card.Subnet = i.Subnet
	}
	card.Groups = slices.Clone(card.Groups)
	if len(card.Groups) == 0 {
		if g := r.defaultGroup(r.vpcOf(card.Subnet)); g != nil {
			card.Groups = []string{g.ID}
		}
	}
	card.Address = r.address(card.Subnet)
	r.interfaces = append(r.interfaces, &card)
}

// address gives out the subnet's addresses, the tenth first.
func (r *region) address(subnet string) string {
	s := r.subnet(subnet)
	if s == nil {
		return ""
	}
	prefix, err := netip.ParsePrefix(s.CIDR)
	if err != nil {
		return ""
	}
	addr := prefix.Addr()
	for range 10 + len(r.interfaces) {
		addr = addr.Next()
	}
	return addr.String()
}

// syncInterfaces gives a balancer one interface a subnet, in its groups.
func (r *region) syncInterfaces(balancer string, subnets, groups []string) {
	r.interfaces = slices.DeleteFunc(r.interfaces, func(e *Interface) bool {
		return e.balancer == balancer && !e.deleted && !slices.Contains(subnets, e.Subnet)
	})
	for _, subnet := range subnets {
		e := find(r.interfaces, func(e *Interface) bool {
			return e.balancer == balancer && !e.deleted && e.Subnet == subnet
		})
		if e == nil {
			e = &Interface{ID: r.aws.id("eni"), Description: "ELB " + balancer, Owner: amazonELB, Index: 1, Subnet: subnet, Address: r.address(subnet), balancer: balancer}
			r.interfaces = append(r.interfaces, e)
		}
		e.Groups = slices.Clone(groups)
	}
}

// unplug removes the interfaces of a deleted balancer, after their lag.
func (r *region) unplug(balancer string) {
	for _, e := range r.interfaces {
		e.deleted = e.deleted || e.balancer == balancer && balancer != ""
	}
	if r.aws.config.InterfaceLag == 0 {
		r.interfaces = slices.DeleteFunc(r.interfaces, func(e *Interface) bool { return e.deleted })
	}
}

// ENIs lists the network interfaces, those of deleted balancers too while they linger.
func (a *AWS) ENIs() []Interface {
	r, unlock := a.lockHome()
	defer unlock()
	out := make([]Interface, 0, len(r.interfaces))
	for _, e := range r.interfaces {
		copied := *e
		copied.Groups = slices.Clone(e.Groups)
		out = append(out, copied)
	}
	return out
}

// SetInterfaceGroups changes an interface's groups, as a manual change does.
func (a *AWS) SetInterfaceGroups(id string, groups ...string) {
	r, unlock := a.lockHome()
	defer unlock()
	if e := r.networkInterface(id); e != nil {
		e.Groups = slices.Clone(groups)
	}
}

func (r *region) networkInterface(id string) *Interface {
	return find(r.interfaces, func(e *Interface) bool { return e.ID == id })
}

func (r *region) interfacesOf(instance string) []*Interface {
	var out []*Interface
	for _, e := range r.interfaces {
		if e.Instance == instance {
			out = append(out, e)
		}
	}
	return out
}

type describeInterfaces struct {
	dryRun
	paging
	Filter             []filter
	NetworkInterfaceId []string
}

// interfaceView is an interface as it is described.
type interfaceView struct {
	*Interface
	vpc, zone string
	groups    map[string]string // names by id
}

func (r *region) describeInterfaces(in describeInterfaces) (page[interfaceView], error) {
	r.expireInterfaces()
	found, err := selected(r.interfaces, in.NetworkInterfaceId, func(e *Interface) string { return e.ID },
		func(id string) error {
			return refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist", id)
		},
		func(e *Interface) (bool, error) { return matches(in.Filter, nil, r.interfaceProperty(e)) })
	if err != nil {
		return page[interfaceView]{}, err
	}
	cards := make([]interfaceView, 0, len(found))
	for _, e := range found {
		cards = append(cards, interfaceView{Interface: e, vpc: r.vpcOf(e.Subnet), zone: r.zoneOf(e.Subnet), groups: r.groupNames()})
	}
	return paginate(r.aws, cards, in.MaxResults, in.NextToken)
}

// expireInterfaces removes the interfaces of deleted balancers after their lag.
func (r *region) expireInterfaces() {
	r.interfaces = slices.DeleteFunc(r.interfaces, func(e *Interface) bool {
		if !e.deleted {
			return false
		}
		e.described++
		return e.described > r.aws.config.InterfaceLag
	})
}

func (r *region) interfaceProperty(e *Interface) property {
	return func(name string) ([]string, bool) {
		switch name {
		case "network-interface-id":
			return []string{e.ID}, true
		case "addresses.private-ip-address", "private-ip-address":
			return []string{e.Address}, true
		case "association.public-ip":
			return nil, true
		case "description":
			return []string{e.Description}, true
		case "attachment.instance-id":
			return []string{e.Instance}, true
		case "attachment.instance-owner-id":
			return []string{e.Owner}, true
		case "attachment.device-index":
			return []string{strconv.Itoa(e.Index)}, true
		case "group-id":
			return e.Groups, true
		case "subnet-id":
			return []string{e.Subnet}, true
		case "vpc-id":
			return []string{r.vpcOf(e.Subnet)}, true
		case "requester-id":
			return []string{e.requester()}, true
		}
		return nil, false
	}
}

func (e *Interface) requester() string {
	if e.balancer == "" {
		return ""
	}
	return amazonELB
}

type modifyInterface struct {
	dryRun
	NetworkInterfaceId string
	SecurityGroupId    []string
}

// modifyInterface replaces an interface's groups.
func (r *region) modifyInterface(in modifyInterface) (none, error) {
	e := r.networkInterface(in.NetworkInterfaceId)
	if e == nil {
		return none{}, refuse("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '%s' does not exist", in.NetworkInterfaceId)
	}
	if e.balancer != "" { // guess: which of EC2's refusals it is
		return none{}, refuseAs(403, "AuthFailure", "You do not have permission to access the specified resource.")
	}
	if len(in.SecurityGroupId) == 0 {
		return none{}, refuse("MissingParameter", "The request must contain the parameter SecurityGroupId")
	}
	groups := distinct(in.SecurityGroupId)
	for _, id := range groups {
		g := r.group(id)
		if g == nil {
			return none{}, groupMissing(id)
		}
		if g.VPC != r.vpcOf(e.Subnet) {
			return none{}, refuse("InvalidParameterValue", "You have specified two resources that belong to different networks.")
		}
	}
	if len(groups) > r.aws.quotas.groups() {
		return none{}, refuse("SecurityGroupsPerInterfaceLimitExceeded", "The maximum number of security groups per interface has been reached.")
	}
	e.Groups = groups
	return none{}, nil
}

// none is an empty answer.
type none struct{}

// distinct keeps the first of equal ones.
func distinct(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
