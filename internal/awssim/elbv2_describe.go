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
		if len(in.Names)+len(in.LoadBalancerArns) == 0 || slices.Contains(in.Names, b.Name) || slices.Contains(in.LoadBalancerArns, b.ARN) {
			found = append(found, networkView{b, r.zonesOf(b), r.vpcOf(first(b.Subnets))})
		}
	}
	if len(found) < len(in.Names)+len(in.LoadBalancerArns) {
		return page[networkView]{}, refuse("LoadBalancerNotFound", "One or more load balancers not found")
	}
	return paginate(r.aws, found, in.PageSize, in.Marker)
}

// networkView is a load balancer as it is described.
type networkView struct {
	*NetworkBalancer
	zones []string
	vpc   string
}

func first(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

type networkArn struct{ LoadBalancerArn string }

func (r *region) network(arn string) (*NetworkBalancer, error) {
	if b := find(r.networks, func(b *NetworkBalancer) bool { return b.ARN == arn }); b != nil {
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
	groups        []string // ARNs
}

func (r *region) listenersOf(b *NetworkBalancer) []listenerView {
	var out []listenerView
	for _, l := range b.Listeners {
		v := listenerView{NetworkListener: l, arn: r.listenerARN(b, l), balancer: b.ARN}
		for _, name := range l.Groups {
			if g := r.targetGroup(name); g != nil {
				v.groups = append(v.groups, g.ARN)
			}
		}
		out = append(out, v)
	}
	return out
}

type describeNetworkListeners struct {
	LoadBalancerArn string
	ListenerArns    []string
	Marker          string
	PageSize        int32
}

func (r *region) describeNetworkListeners(in describeNetworkListeners) (page[listenerView], error) {
	if len(in.ListenerArns) > 0 {
		return page[listenerView]{}, notSimulated("DescribeListeners by ARNs of listeners")
	}
	b, err := r.network(in.LoadBalancerArn)
	if err != nil {
		return page[listenerView]{}, err
	}
	return paginate(r.aws, r.listenersOf(b), in.PageSize, in.Marker)
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
}

func (r *region) describeTargetGroups(in describeTargetGroups) (page[targetGroupView], error) {
	if in.LoadBalancerArn != "" {
		if _, err := r.network(in.LoadBalancerArn); err != nil {
			return page[targetGroupView]{}, err
		}
	}
	var found []targetGroupView
	for _, g := range r.targetGroups {
		v := targetGroupView{g, r.users(g)}
		used := slices.ContainsFunc(v.users, func(b *NetworkBalancer) bool { return b.ARN == in.LoadBalancerArn })
		named := slices.Contains(in.Names, g.Name) || slices.Contains(in.TargetGroupArns, g.ARN)
		if used || named || in.LoadBalancerArn == "" && len(in.Names)+len(in.TargetGroupArns) == 0 {
			found = append(found, v)
		}
	}
	if len(found) < len(in.Names)+len(in.TargetGroupArns) {
		return page[targetGroupView]{}, refuse("TargetGroupNotFound", "One or more target groups not found")
	}
	return paginate(r.aws, found, in.PageSize, in.Marker)
}

type targetGroupArn struct{ TargetGroupArn string }

func (r *region) targetGroupOf(arn string) (*TargetGroup, error) {
	if g := find(r.targetGroups, func(g *TargetGroup) bool { return g.ARN == arn }); g != nil {
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

// describeTargetHealth takes a group alone: none of a list of targets.
func (r *region) describeTargetHealth(in targetGroupArn) ([]targetView, error) {
	g, err := r.targetGroupOf(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	var out []targetView
	for _, t := range g.Targets {
		out = append(out, r.targetView(g, t))
	}
	return out, nil
}

type describeNetworkTags struct{ ResourceArns []string }

// taggedView is a resource's tags.
type taggedView struct {
	arn  string
	tags map[string]string
}

func (r *region) describeNetworkTags(in describeNetworkTags) ([]taggedView, error) {
	var out []taggedView
	for _, arn := range in.ResourceArns {
		b, err := r.network(arn)
		if err != nil {
			return nil, err
		}
		out = append(out, taggedView{arn, b.Tags})
	}
	return out, nil
}
