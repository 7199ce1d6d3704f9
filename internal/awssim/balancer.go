package awssim

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Balancer is a Classic load balancer.
type Balancer struct {
	Name        string
	DNSName     string
	Scheme      string
	VPC         string
	Subnets     []string
	Groups      []string
	Listeners   []Listener
	Instances   []string
	HealthCheck HealthCheck
	Attributes  Attributes
	Policies    []Policy
	// BackendPolicies are the names of policies by instance port.
	BackendPolicies map[int32][]string
	Tags            map[string]string
	Created         time.Time

	checks map[string]int // calls of DescribeInstanceHealth since the registration, by instance
	creation
}

// AddBalancer adds an existing balancer. The default scheme is internal, and there
// is a default health check.
func (a *AWS) AddBalancer(b Balancer) {
	r, unlock := a.lockHome()
	defer unlock()
	b = b.clone()
	if b.Scheme == "" {
		b.Scheme = "internal"
	}
	b.creation = preexisting()
	r.setDefaults(&b)
	r.balancers = append(r.balancers, &b)
}

// LoadBalancers lists the load balancers.
func (a *AWS) LoadBalancers() []Balancer {
	r, unlock := a.lockHome()
	defer unlock()
	out := make([]Balancer, 0, len(r.balancers))
	for _, b := range r.balancers {
		out = append(out, b.clone())
	}
	return out
}

// SetBalancer changes a balancer, as a manual change does.
func (a *AWS) SetBalancer(name string, change func(*Balancer)) {
	r, unlock := a.lockHome()
	defer unlock()
	if b := find(r.balancers, func(b *Balancer) bool { return b.Name == name }); b != nil {
		change(b)
		r.syncClassic(b)
	}
}

func (b Balancer) clone() Balancer {
	b.Subnets, b.Groups, b.Instances = slices.Clone(b.Subnets), slices.Clone(b.Groups), slices.Clone(b.Instances)
	b.Listeners, b.Policies = slices.Clone(b.Listeners), slices.Clone(b.Policies)
	for i := range b.Listeners {
		b.Listeners[i].Policies = slices.Clone(b.Listeners[i].Policies)
	}
	b.Tags, b.checks, b.BackendPolicies = maps.Clone(b.Tags), maps.Clone(b.checks), maps.Clone(b.BackendPolicies)
	return b
}

// setDefaults fills in what AWS decides.
func (r *region) setDefaults(b *Balancer) {
	if len(b.Subnets) > 0 {
		b.VPC = r.vpcOf(b.Subnets[0])
	}
	r.aws.ids++
	b.DNSName = fmt.Sprintf("%s-%d.%s.elb.amazonaws.com", b.Name, 1000000000+r.aws.ids, r.name)
	if b.Scheme == "internal" {
		b.DNSName = "internal-" + b.DNSName
	}
	if b.HealthCheck == (HealthCheck{}) {
		b.HealthCheck = defaultCheck(b.Listeners)
	}
	if b.Attributes == (Attributes{}) {
		b.Attributes = defaultAttributes()
	}
	b.Created, b.checks = r.aws.config.Now().UTC().Truncate(time.Second), map[string]int{}
	r.syncClassic(b)
}

func (r *region) syncClassic(b *Balancer) { r.syncInterfaces(b.Name, b.Subnets, b.Groups) }

// balancer finds a visible balancer.
func (r *region) balancer(name string) (*Balancer, error) {
	if b := find(r.balancers, func(b *Balancer) bool { return b.Name == name && r.aws.visible(b.creation) }); b != nil {
		return b, nil
	}
	return nil, refuse("LoadBalancerNotFound", "There is no ACTIVE Load Balancer named '%s'", name)
}

func (r *region) arn(b *Balancer) string {
	return fmt.Sprintf("arn:aws:elasticloadbalancing:%s:%s:loadbalancer/%s", r.name, Account, b.Name)
}

var balancerName = regexp.MustCompile(`^[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?$`)

type createBalancer struct {
	LoadBalancerName string
	Scheme           string
	Subnets          []string
	SecurityGroups   []string
	Listeners        []listenerIn
	Tags             []tag
}

func (c createBalancer) carriesTags() bool { return len(c.Tags) > 0 }

// createBalancer creates a balancer, or returns an existing one that is equal.
func (r *region) createBalancer(in createBalancer) (*Balancer, error) {
	wanted, err := r.newBalancer(in)
	if err != nil {
		return nil, err
	}
	if b := find(r.balancers, func(b *Balancer) bool { return b.Name == in.LoadBalancerName }); b != nil {
		if difference := b.differs(wanted); difference != "" {
			return nil, refuse("DuplicateLoadBalancerName", "The load balancer '%s' already exists and it is configured with different %s", b.Name, difference)
		}
		return b, nil
	}
	if len(r.balancers) >= r.aws.quotas.balancers() {
		return nil, refuse("TooManyLoadBalancers", "Exceeded quota of account %s", Account)
	}
	wanted.creation = r.aws.createdNow()
	r.setDefaults(wanted)
	r.balancers = append(r.balancers, wanted)
	return wanted, nil
}

func (r *region) newBalancer(in createBalancer) (*Balancer, error) {
	if !balancerName.MatchString(in.LoadBalancerName) {
		return nil, refuse("ValidationError", "LoadBalancer name '%s': at most 32 letters, digits and hyphens, no hyphen at either end", in.LoadBalancerName)
	}
	b := &Balancer{Name: in.LoadBalancerName, Scheme: in.Scheme}
	if b.Scheme == "" {
		b.Scheme = "internet-facing"
	}
	if b.Scheme != "internal" && b.Scheme != "internet-facing" {
		return nil, refuse("InvalidScheme", "Invalid scheme '%s'", in.Scheme)
	}
	var err error
	if b.Tags, err = elbTags.set(in.Tags); err != nil {
		return nil, err
	}
	if err := r.addSubnets(b, in.Subnets); err != nil {
		return nil, err
	}
	if b.Groups, err = r.groupsIn(b.VPC, in.SecurityGroups); err != nil {
		return nil, err
	}
	if len(in.Listeners) == 0 {
		return nil, refuse("ValidationError", "Listeners is required")
	}
	for _, l := range in.Listeners {
		if err := r.listen(b, l); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// differs names the first difference; "": none. Attributes, health check and
// instances are not compared (guess: what AWS compares is known only from its error
// messages).
func (b *Balancer) differs(w *Balancer) string {
	switch {
	case b.Scheme != w.Scheme:
		return "scheme"
	case !sameSet(b.Subnets, w.Subnets):
		return "subnets"
	case !sameSet(b.Groups, w.Groups):
		return "security groups"
	case !slices.EqualFunc(b.sortedListeners(), w.sortedListeners(), func(x, y Listener) bool { return x.same(y) }):
		return "listeners"
	case !maps.Equal(b.Tags, w.Tags):
		return "tags"
	}
	return ""
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

type named struct{ LoadBalancerName string }

// deleteBalancer succeeds for a missing balancer too. The interfaces are removed
// later.
func (r *region) deleteBalancer(in named) (none, error) {
	r.balancers = slices.DeleteFunc(r.balancers, func(b *Balancer) bool {
		if b.Name != in.LoadBalancerName {
			return false
		}
		for _, l := range b.Listeners {
			r.release(r.arn(b), l.Certificate)
		}
		return true
	})
	r.unplug(in.LoadBalancerName)
	return none{}, nil
}

type describeBalancers struct {
	LoadBalancerNames []string
	Marker            string
	PageSize          int32
}

func (r *region) describeBalancers(in describeBalancers) (page[*Balancer], error) {
	var found []*Balancer
	for _, name := range in.LoadBalancerNames {
		b, err := r.balancer(name)
		if err != nil {
			return page[*Balancer]{}, err
		}
		found = append(found, b)
	}
	if len(in.LoadBalancerNames) == 0 {
		for _, b := range r.balancers {
			if r.aws.visible(b.creation) {
				found = append(found, b)
			}
		}
	}
	return paginate(r.aws, found, in.PageSize, in.Marker)
}

type describeTags struct{ LoadBalancerNames []string }

// maxTagNames is how many balancers a call of DescribeTags may name (API reference).
const maxTagNames = 20

func (r *region) describeTags(in describeTags) ([]*Balancer, error) {
	if n := len(in.LoadBalancerNames); n == 0 || n > maxTagNames {
		return nil, refuse("ValidationError", "LoadBalancerNames: 1 to %d names", maxTagNames)
	}
	var found []*Balancer
	for _, name := range in.LoadBalancerNames {
		b, err := r.balancer(name)
		if err != nil {
			return nil, err
		}
		found = append(found, b)
	}
	return found, nil
}

// zones are those of a balancer's subnets: the enabled ones.
func (r *region) zones(subnets []string) []string {
	var zones []string
	for _, s := range subnets {
		zones = append(zones, r.zoneOf(s))
	}
	return zones
}

// reserved reports names that are reserved for AWS's policies.
func reserved(name string) bool {
	return strings.HasPrefix(name, "ELBSecurityPolicy-") || strings.HasPrefix(name, "ELBSample-")
}
