package awssim

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// NetworkBalancer is a load balancer of the API of 2015-12-01: a network one, unless
// Type says otherwise. It is added and described; no call makes or changes one.
type NetworkBalancer struct {
	Name       string
	Type       string // "": network
	Scheme     string // "": internal
	State      string // "": active
	Subnets    []string
	Groups     []string          // security groups; none: it was made without, and cannot get one
	Attributes map[string]string // that differ from AWS's defaults
	Listeners  []NetworkListener
	Tags       map[string]string

	ARN     string // generated, as the next
	DNSName string
	id      string
	created time.Time
}

// NetworkListener is a listener.
type NetworkListener struct {
	Port         int32
	Protocol     string            // "": TCP
	Groups       []string          // names of the target groups that it forwards to
	Policy       string            // of TLS; "": the API's default
	Certificates []string          // ARNs; the first is the default one
	Attributes   map[string]string // that differ from AWS's defaults
}

// TargetGroup is a target group.
type TargetGroup struct {
	Name       string
	Protocol   string // "": TCP
	Port       int32
	VPC        string
	Kind       string // instance, ip; "": instance
	Check      NetworkCheck
	Attributes map[string]string // that differ from AWS's defaults
	Targets    []Target
	ARN        string // generated
}

// NetworkCheck is a target group's health check; zero values are AWS's defaults.
type NetworkCheck struct {
	Protocol           string
	Port               string // "traffic-port", or a number
	Path               string
	Interval, Timeout  int32
	Healthy, Unhealthy int32 // thresholds
}

// Target is a registered target. Without a State its health is what AWS would say.
type Target struct {
	ID       string
	Port     int32  // 0: the group's
	Zone     string // of an address; "": not said
	State    string // healthy, unhealthy, unused, ...
	Reason   string
	Override string // "": no_override
}

// AddNetworkBalancer adds one, with a network interface in each subnet.
func (a *AWS) AddNetworkBalancer(b NetworkBalancer) {
	r, unlock := a.lockHome()
	defer unlock()
	b = b.clone()
	b.Type, b.Scheme, b.State = orText(b.Type, "network"), orText(b.Scheme, "internal"), orText(b.State, "active")
	a.ids++
	b.id, b.created = fmt.Sprintf("%016x", a.ids), a.config.Now().UTC().Truncate(time.Second)
	path := fmt.Sprintf("%s/%s/%s", map[string]string{"network": "net", "application": "app", "gateway": "gwy"}[b.Type], b.Name, b.id)
	b.ARN = r.elbARN("loadbalancer/" + path)
	b.DNSName = fmt.Sprintf("%s-%s.elb.%s.amazonaws.com", b.Name, b.id, r.name)
	r.networks = append(r.networks, &b)
	for _, subnet := range b.Subnets {
		r.interfaces = append(r.interfaces, &Interface{
			ID: a.id("eni"), Description: "ELB " + path, Owner: amazonELB, Index: 1, Subnet: subnet,
			Groups: slices.Clone(b.Groups), Address: r.address(subnet), balancer: path,
		})
	}
}

// SetNetworkBalancer changes one, as a manual change does.
func (a *AWS) SetNetworkBalancer(name string, change func(*NetworkBalancer)) {
	r, unlock := a.lockHome()
	defer unlock()
	if b := find(r.networks, func(b *NetworkBalancer) bool { return b.Name == name }); b != nil {
		change(b)
	}
}

// NetworkBalancers lists them.
func (a *AWS) NetworkBalancers() []NetworkBalancer {
	r, unlock := a.lockHome()
	defer unlock()
	var out []NetworkBalancer
	for _, b := range r.networks {
		out = append(out, b.clone())
	}
	return out
}

// AddTargetGroup adds a target group.
func (a *AWS) AddTargetGroup(g TargetGroup) {
	r, unlock := a.lockHome()
	defer unlock()
	g.Protocol, g.Kind = orText(g.Protocol, "TCP"), orText(g.Kind, "instance")
	g.Attributes, g.Targets = maps.Clone(g.Attributes), slices.Clone(g.Targets)
	a.ids++
	g.ARN = r.elbARN(fmt.Sprintf("targetgroup/%s/%016x", g.Name, a.ids))
	r.targetGroups = append(r.targetGroups, &g)
}

// SetTargetGroup changes one, as a manual change does.
func (a *AWS) SetTargetGroup(name string, change func(*TargetGroup)) {
	r, unlock := a.lockHome()
	defer unlock()
	if g := r.targetGroup(name); g != nil {
		change(g)
	}
}

func (b NetworkBalancer) clone() NetworkBalancer {
	b.Subnets, b.Groups, b.Listeners = slices.Clone(b.Subnets), slices.Clone(b.Groups), slices.Clone(b.Listeners)
	b.Attributes, b.Tags = maps.Clone(b.Attributes), maps.Clone(b.Tags)
	return b
}

func orText(text, or string) string {
	if text == "" {
		return or
	}
	return text
}

func (r *region) elbARN(path string) string {
	return fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:%s", r.name, Account, path)
}

func (r *region) targetGroup(name string) *TargetGroup {
	return find(r.targetGroups, func(g *TargetGroup) bool { return g.Name == name })
}

// listenerARN has the load balancer's path, and the port as its own id.
func (r *region) listenerARN(b *NetworkBalancer, l NetworkListener) string {
	return r.elbARN(fmt.Sprintf("listener/net/%s/%s/%016x", b.Name, b.id, l.Port))
}

// zonesOf are the enabled zones.
func (r *region) zonesOf(b *NetworkBalancer) []string {
	var zones []string
	for _, s := range b.Subnets {
		zones = append(zones, r.zoneOf(s))
	}
	return zones
}

// users are the load balancers with a listener that forwards to a group.
func (r *region) users(g *TargetGroup) []*NetworkBalancer {
	var out []*NetworkBalancer
	for _, b := range r.networks {
		if slices.ContainsFunc(b.Listeners, func(l NetworkListener) bool { return slices.Contains(l.Groups, g.Name) }) {
			out = append(out, b)
		}
	}
	return out
}
