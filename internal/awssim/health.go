package awssim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// HealthCheck is a balancer's. Interval and Timeout in seconds.
type HealthCheck struct {
	Target             string
	Interval, Timeout  int32
	Unhealthy, Healthy int32 // thresholds
}

// defaultCheck is AWS's default, from the first listener.
func defaultCheck(listeners []Listener) HealthCheck {
	check := HealthCheck{Interval: 30, Timeout: 5, Unhealthy: 2, Healthy: 10}
	if len(listeners) > 0 {
		check.Target = fmt.Sprintf("TCP:%d", listeners[0].InstancePort)
	}
	return check
}

type configureCheck struct {
	LoadBalancerName string
	HealthCheck      struct {
		Target             string
		Interval           int32
		Timeout            int32
		UnhealthyThreshold int32
		HealthyThreshold   int32
	}
}

func (r *region) configureCheck(in configureCheck) (HealthCheck, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return HealthCheck{}, err
	}
	h := in.HealthCheck
	check := HealthCheck{h.Target, h.Interval, h.Timeout, h.UnhealthyThreshold, h.HealthyThreshold}
	if err := check.valid(); err != nil {
		return HealthCheck{}, err
	}
	b.HealthCheck = check
	return check, nil
}

func (h HealthCheck) valid() error {
	for _, number := range []struct {
		path         string
		n, low, high int32
	}{
		{"healthCheck.interval", h.Interval, 5, 300},
		{"healthCheck.timeout", h.Timeout, 2, 60},
		{"healthCheck.unhealthyThreshold", h.Unhealthy, 2, 10},
		{"healthCheck.healthyThreshold", h.Healthy, 2, 10},
	} {
		if err := between(number.path, number.n, number.low, number.high); err != nil {
			return err
		}
	}
	if h.Timeout >= h.Interval {
		return refuse("ValidationError", "HealthCheck timeout must be less than interval")
	}
	if _, _, ok := splitTarget(h.Target); !ok {
		return refuse("ValidationError", "HealthCheck target '%s': TCP or SSL with a port, HTTP or HTTPS with a port and a path that begins with a slash", h.Target)
	}
	return nil
}

func splitTarget(target string) (protocol string, port int32, ok bool) {
	protocol, rest, found := strings.Cut(target, ":")
	number, _, path := strings.Cut(rest, "/")
	n, err := strconv.ParseUint(number, 10, 16)
	web := protocol == "HTTP" || protocol == "HTTPS"
	plain := protocol == "TCP" || protocol == "SSL"
	ok = found && err == nil && n > 0 && len(target) <= 1024 && (web && path || plain && !path)
	return protocol, int32(n), ok
}

// Health is one instance's, as a balancer sees it.
type Health struct {
	Instance    string
	State       string // InService, OutOfService
	Reason      string // ELB, Instance, N/A
	Description string
}

// instanceState is a state with its reason.
type instanceState struct{ state, reason, description string }

// The states, in the words of the API reference.
var (
	inService    = instanceState{"InService", "N/A", "N/A"}
	registering  = instanceState{"OutOfService", "ELB", "Instance registration is still in progress."}
	zoneless     = instanceState{"OutOfService", "ELB", "Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to."}
	failedChecks = instanceState{"OutOfService", "Instance", "Instance has failed at least the UnhealthyThreshold number of health checks consecutively."}
)

// SetInstanceHealth overrides an instance's health in every balancer, regardless of
// its ports and groups: description is why it is out of service, "" is in service.
func (a *AWS) SetInstanceHealth(id, description string) {
	r, unlock := a.lockHome()
	defer unlock()
	i := r.instance(id)
	if i == nil {
		return
	}
	i.health = &instanceState{"OutOfService", "Instance", description}
	if description == "" {
		i.health = &inService
	}
}

type instancesIn struct {
	LoadBalancerName string
	Instances        []struct{ InstanceId string }
}

func (in instancesIn) ids() []string {
	var ids []string
	for _, i := range in.Instances {
		ids = append(ids, i.InstanceId)
	}
	return distinct(ids)
}

// register adds to the set of instances.
func (r *region) register(in instancesIn) (*Balancer, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	if len(in.Instances) == 0 {
		return nil, refuse("ValidationError", "Instances is required")
	}
	for _, id := range in.ids() {
		i := r.instance(id)
		switch {
		case i == nil:
			return nil, instanceMissing(id)
		case r.vpcOf(i.Subnet) != b.VPC:
			return nil, refuse("InvalidInstance", "EC2 instance %s is not in the same VPC as ELB.", id)
		case i.State != "running": // guess: the API reference says it must be running, not what happens otherwise
			return nil, refuse("InvalidInstance", "EC2 instance %s is in %s state.", id, i.State)
		}
	}
	for _, id := range in.ids() {
		if !slices.Contains(b.Instances, id) {
			b.Instances = append(b.Instances, id)
			b.checks[id] = 0
		}
	}
	return b, nil
}

func instanceMissing(id string) *ServiceError {
	return refuse("InvalidInstance", "Could not find EC2 instance %s.", id)
}

// deregister succeeds for an existing instance that is not registered (guess).
func (r *region) deregister(in instancesIn) (*Balancer, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	for _, id := range in.ids() {
		if r.instance(id) == nil && !slices.Contains(b.Instances, id) {
			return nil, instanceMissing(id)
		}
	}
	b.Instances = slices.DeleteFunc(b.Instances, func(id string) bool { return slices.Contains(in.ids(), id) })
	return b, nil
}

func (r *region) describeHealth(in instancesIn) ([]Health, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return nil, err
	}
	for _, id := range in.ids() {
		if !slices.Contains(b.Instances, id) {
			return nil, instanceMissing(id)
		}
	}
	ids := b.Instances
	if len(in.Instances) > 0 {
		ids = in.ids()
	}
	out := make([]Health, 0, len(ids))
	for _, id := range ids {
		v := r.healthOf(b, id)
		b.checks[id]++
		out = append(out, Health{id, v.state, v.reason, v.description})
	}
	return out, nil
}

// healthOf checks in the order of AWS's reasons.
func (r *region) healthOf(b *Balancer, id string) instanceState {
	i := r.instance(id)
	switch {
	case i == nil || i.State == "terminated":
		return instanceState{"OutOfService", "Instance", "Instance is in terminated state."}
	case i.State != "running":
		return instanceState{"OutOfService", "Instance", "Instance is in " + i.State + " state."}
	case !slices.Contains(r.zones(b.Subnets), r.zoneOf(i.Subnet)):
		return zoneless
	case b.checks[id] < r.aws.config.HealthLag:
		return registering
	case i.health != nil:
		return *i.health
	case !r.answersCheck(b, i):
		return failedChecks
	}
	return inService
}

// answersCheck: the balancer reaches the port of its health check.
func (r *region) answersCheck(b *Balancer, i *Instance) bool {
	_, port, ok := splitTarget(b.HealthCheck.Target)
	return ok && r.reaches(origin{b.Name, b.Groups}, i, port)
}

// origin is where a balancer's connections come from.
type origin struct {
	balancer string // as its interfaces name it
	groups   []string
}

// reaches: a process listens on the port, the origin's groups let it out, and those of
// the primary interface let it in.
func (r *region) reaches(from origin, i *Instance, port int32) bool {
	if i.Ports != nil && !slices.Contains(i.Ports, port) {
		return false
	}
	for _, e := range r.interfacesOf(i.ID) {
		if e.Index == 0 {
			return r.letsOut(from, e, port) && r.allows(e.Groups, from, port)
		}
	}
	return false
}

func (r *region) allows(groups []string, from origin, port int32) bool {
	for _, g := range r.groups {
		if !slices.Contains(groups, g.ID) {
			continue
		}
		for _, rule := range g.Rules {
			if rule.opens(port) && r.matchesSource(from, rule) {
				return true
			}
		}
	}
	return false
}

func (r *region) matchesSource(from origin, rule Rule) bool {
	if rule.Group != "" {
		return slices.Contains(from.groups, rule.Group)
	}
	for _, e := range r.interfaces {
		if e.balancer == from.balancer && !e.deleted && rule.containsAddress(e.Address) {
			return true
		}
	}
	return false
}
