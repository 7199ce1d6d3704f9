package awssim

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// NetworkBalancer is a load balancer of the API of 2015-12-01: a network one, unless
// Type says otherwise. Calls make and change network ones only.
type NetworkBalancer struct {
	Name       string
	Type       string // "": network
	Scheme     string // "": internal
	State      string // "": active
	Subnets    []string
	Groups     []string          // security groups; none: it was made without, and cannot get one
	Addresses  map[string]string // that were asked for, by subnet
	Attributes map[string]string // that differ from AWS's defaults
	Listeners  []NetworkListener
	Tags       map[string]string

	ARN       string // generated, as the next
	DNSName   string
	id        string
	created   time.Time
	described int // calls of DescribeLoadBalancers that showed it
	creation
}

// NetworkListener is a listener.
type NetworkListener struct {
	Port         int32
	Protocol     string            // "": TCP
	Groups       []string          // names of the target groups that it forwards to
	Weights      map[string]int32  // of Groups, by name; 1 where it has none
	Policy       string            // of TLS; "": the API's default
	Certificates []string          // ARNs; the first is the default one
	Attributes   map[string]string // that differ from AWS's defaults
	Tags         map[string]string

	id string // "": its port
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
	Tags       map[string]string
	ARN        string // generated

	leaving    []leavingTarget
	formerUser string // ARN of the last load balancer whose listener forwarded to it
	lateUses   int    // calls that still see that use
	creation
}

// NetworkCheck is a target group's health check; zero values are AWS's defaults.
type NetworkCheck struct {
	Protocol           string
	Port               string // "traffic-port", or a number
	Path               string
	Matcher            string // of HTTP: "200-399"
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

	checks int // calls of DescribeTargetHealth since a listener forwards to it
}

// AddNetworkBalancer adds one, with a network interface in each subnet.
func (a *AWS) AddNetworkBalancer(b NetworkBalancer) {
	r, unlock := a.lockHome()
	defer unlock()
	b = b.clone()
	b.Type, b.Scheme, b.State = orText(b.Type, "network"), orText(b.Scheme, "internal"), orText(b.State, "active")
	b.creation, b.described = preexisting(), longAgo
	r.addNetwork(&b)
}

// longAgo is a count of calls that is beyond every lag.
const longAgo = 1 << 30

// addNetwork generates what AWS decides.
func (r *region) addNetwork(b *NetworkBalancer) {
	r.aws.ids++
	b.id, b.created = fmt.Sprintf("%016x", r.aws.ids), r.now()
	b.ARN = r.elbARN("loadbalancer/" + b.path())
	b.DNSName = fmt.Sprintf("%s-%s.elb.%s.amazonaws.com", b.Name, b.id, r.name)
	r.networks = append(r.networks, b)
	r.syncNetwork(b)
}

// path is a load balancer in ARNs and in the descriptions of its interfaces.
func (b *NetworkBalancer) path() string {
	return fmt.Sprintf("%s/%s/%s", map[string]string{"network": "net", "application": "app", "gateway": "gwy"}[b.Type], b.Name, b.id)
}

// syncNetwork gives a balancer one interface a subnet, with the address that was asked for.
func (r *region) syncNetwork(b *NetworkBalancer) {
	r.syncInterfaces(b.path(), b.Subnets, b.Groups)
	for _, e := range r.interfaces {
		if e.balancer == b.path() && !e.deleted {
			e.Address = orText(b.Addresses[e.Subnet], e.Address)
		}
	}
}

// SetNetworkBalancer changes one, as a manual change does.
func (a *AWS) SetNetworkBalancer(name string, change func(*NetworkBalancer)) {
	r, unlock := a.lockHome()
	defer unlock()
	if b := find(r.networks, func(b *NetworkBalancer) bool { return b.Name == name }); b != nil {
		change(b)
		r.syncNetwork(b)
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
	g = g.clone()
	for i := range g.Targets {
		g.Targets[i].checks = longAgo
	}
	g.creation = preexisting()
	r.addTargetGroup(&g)
}

func (r *region) addTargetGroup(g *TargetGroup) {
	r.aws.ids++
	g.ARN = r.elbARN(fmt.Sprintf("targetgroup/%s/%016x", g.Name, r.aws.ids))
	r.targetGroups = append(r.targetGroups, g)
}

// TargetGroups lists them.
func (a *AWS) TargetGroups() []TargetGroup {
	r, unlock := a.lockHome()
	defer unlock()
	var out []TargetGroup
	for _, g := range r.targetGroups {
		out = append(out, g.clone())
	}
	return out
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
	b.Attributes, b.Tags, b.Addresses = maps.Clone(b.Attributes), maps.Clone(b.Tags), maps.Clone(b.Addresses)
	for i, l := range b.Listeners {
		l.Groups, l.Weights, l.Certificates = slices.Clone(l.Groups), maps.Clone(l.Weights), slices.Clone(l.Certificates)
		l.Attributes, l.Tags = maps.Clone(l.Attributes), maps.Clone(l.Tags)
		b.Listeners[i] = l
	}
	return b
}

func (g TargetGroup) clone() TargetGroup {
	g.Attributes, g.Tags = maps.Clone(g.Attributes), maps.Clone(g.Tags)
	g.Targets, g.leaving = slices.Clone(g.Targets), slices.Clone(g.leaving)
	return g
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

// listenerARN has the load balancer's path.
func (r *region) listenerARN(b *NetworkBalancer, l NetworkListener) string {
	return r.elbARN("listener/" + b.path() + "/" + orText(l.id, fmt.Sprintf("%016x", l.Port)))
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
