package awssim

import "slices"

type describeNetworks struct {
	LoadBalancerArns []string
	Names            []string
	Marker           string
	PageSize         int32
}

func (r *region) describeNetworks(in describeNetworks) (page[networkView], error) {
	var found []networkView
	for _, b := range r.networks {
		wanted := len(in.Names)+len(in.LoadBalancerArns) == 0 || slices.Contains(in.Names, b.Name) || slices.Contains(in.LoadBalancerArns, b.ARN)
		if wanted && r.aws.visible(b.creation) {
			found = append(found, r.networkView(b))
		}
	}
	if len(found) < len(in.Names)+len(in.LoadBalancerArns) {
		return page[networkView]{}, refuse("LoadBalancerNotFound", "One or more load balancers not found")
	}
	for _, v := range found {
		v.described++
	}
	return paginate(r.aws, found, in.PageSize, in.Marker)
}

// networkView is a load balancer as it is described.
type networkView struct {
	*NetworkBalancer
	zones []string
	vpc   string
	state string
}

func (r *region) networkView(b *NetworkBalancer) networkView {
	v := networkView{b, r.zones(b.Subnets), r.vpcOf(first(b.Subnets)), b.State}
	if r.provisioning(b) {
		v.state = "provisioning"
	}
	return v
}

// provisioning: a new load balancer does not serve yet.
func (r *region) provisioning(b *NetworkBalancer) bool { return b.described < r.aws.config.ActiveLag }

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

type networkArn struct{ LoadBalancerArn string }

func (r *region) network(arn string) (*NetworkBalancer, error) {
	if b := find(r.networks, func(b *NetworkBalancer) bool { return b.ARN == arn && r.aws.visible(b.creation) }); b != nil {
		return b, nil
	}
	return nil, refuse("LoadBalancerNotFound", "Load balancer '%s' not found", arn)
}

func (r *region) describeNetworkAttributes(in networkArn) (map[string]string, error) {
	b, err := r.network(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	return overlaid(networkDefaults, b.Attributes), nil
}

// listenerView is a listener as it is described.
type listenerView struct {
	NetworkListener
	arn, balancer string
	groups        []xmlForwardGroup
}

func (r *region) listenersOf(b *NetworkBalancer) []listenerView {
	var out []listenerView
	for _, l := range b.Listeners {
		out = append(out, r.listenerView(b, l))
	}
	return out
}

func (r *region) listenerView(b *NetworkBalancer, l NetworkListener) listenerView {
	v := listenerView{NetworkListener: l, arn: r.listenerARN(b, l), balancer: b.ARN}
	for _, name := range l.Groups {
		if g := r.targetGroup(name); g != nil {
			v.groups = append(v.groups, xmlForwardGroup{g.ARN, l.weightOf(name)})
		}
	}
	return v
}

type describeNetworkListeners struct {
	LoadBalancerArn string
	ListenerArns    []string
	Marker          string
	PageSize        int32
}

func (r *region) describeNetworkListeners(in describeNetworkListeners) (page[listenerView], error) {
	if len(in.ListenerArns) > 0 {
		return r.listenersByArn(in)
	}
	b, err := r.network(in.LoadBalancerArn)
	if err != nil {
		return page[listenerView]{}, err
	}
	return paginate(r.aws, r.listenersOf(b), in.PageSize, in.Marker)
}

func (r *region) listenersByArn(in describeNetworkListeners) (page[listenerView], error) {
	var found []listenerView
	for _, arn := range in.ListenerArns {
		l, err := r.networkListener(listenerArn{ListenerArn: arn})
		if err != nil {
			return page[listenerView]{}, err
		}
		found = append(found, l)
	}
	return paginate(r.aws, found, in.PageSize, in.Marker)
}

type listenerArn struct {
	ListenerArn string
	Marker      string
	PageSize    int32
}

func (r *region) networkListener(in listenerArn) (listenerView, error) {
	for _, b := range r.networks {
		for _, l := range r.listenersOf(b) {
			if l.arn == in.ListenerArn {
				return l, nil
			}
		}
	}
	return listenerView{}, refuse("ListenerNotFound", "Listener '%s' not found", in.ListenerArn)
}

type describeTargetGroups struct {
	LoadBalancerArn string
	TargetGroupArns []string
	Names           []string
	Marker          string
	PageSize        int32
}

// targetGroupView is a group as it is described.
type targetGroupView struct {
	*TargetGroup
	users []*NetworkBalancer
	late  string // ARN of a load balancer that forwards to it no more; "": none is shown
}

// targetGroupView counts as a look at a use that has ended.
func (r *region) targetGroupView(g *TargetGroup) targetGroupView {
	v := targetGroupView{TargetGroup: g, users: r.users(g)}
	if g.lateUses > 0 {
		g.lateUses--
		if !slices.ContainsFunc(v.users, func(b *NetworkBalancer) bool { return b.ARN == g.formerUser }) {
			v.late = g.formerUser
		}
	}
	return v
}

func (r *region) describeTargetGroups(in describeTargetGroups) (page[targetGroupView], error) {
	if in.LoadBalancerArn != "" {
		if _, err := r.network(in.LoadBalancerArn); err != nil {
			return page[targetGroupView]{}, err
		}
	}
	var found []targetGroupView
	for _, g := range r.targetGroups {
		if !r.aws.visible(g.creation) {
			continue
		}
		used := slices.ContainsFunc(r.users(g), func(b *NetworkBalancer) bool { return b.ARN == in.LoadBalancerArn })
		named := slices.Contains(in.Names, g.Name) || slices.Contains(in.TargetGroupArns, g.ARN)
		if used || named || in.LoadBalancerArn == "" && len(in.Names)+len(in.TargetGroupArns) == 0 {
			found = append(found, r.targetGroupView(g))
		}
	}
	if len(found) < len(in.Names)+len(in.TargetGroupArns) {
		return page[targetGroupView]{}, refuse("TargetGroupNotFound", "One or more target groups not found")
	}
	return paginate(r.aws, found, in.PageSize, in.Marker)
}

type targetGroupArn struct{ TargetGroupArn string }

func (r *region) targetGroupOf(arn string) (*TargetGroup, error) {
	if g := find(r.targetGroups, func(g *TargetGroup) bool { return g.ARN == arn && r.aws.visible(g.creation) }); g != nil {
		return g, nil
	}
	return nil, refuse("TargetGroupNotFound", "Target group '%s' not found", arn)
}

func (r *region) describeTargetGroupAttributes(in targetGroupArn) (map[string]string, error) {
	g, err := r.targetGroupOf(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	return g.attributes(), nil
}
