package provision

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// resource is one kind of thing: how it is read, and what is missing between
// what was read and what is wanted. missing is pure: it asks nobody.
type resource struct {
	name     string // for progress: "security groups"
	read     *reader
	missing  func() []Change
	patience time.Duration // how long AWS may take to show or to allow it; 0: settling
	basis    bool          // the others make no sense without it
}

// reader fills in a part of a site. Several resources may share one.
type reader struct {
	read func(context.Context) error
}

// settling is how long AWS may take until a write is seen everywhere.
const settling = 2 * time.Minute

// site is the load balancer that is wanted and what is there, as read last.
type site struct {
	cloud Cloud
	spec  lbfile.Spec

	who         identity
	network     network
	groups      groups
	members     members
	bucket      bucket
	balancer    balancer
	certificate certificate
	leaving     leaving
	dependents  dependents
}

func newSite(c Cloud, spec lbfile.Spec) *site {
	return &site{cloud: c.complete(), spec: spec}
}

// resources lists everything in the order in which it is built: the recipe's six
// steps, and TLS.
func (s *site) resources() []resource {
	balancer := &reader{s.readBalancer}
	list := []resource{
		{name: "network", read: &reader{s.readNetwork}, missing: s.missingNetwork, basis: true},
		{name: "security groups", read: &reader{s.readGroups}, missing: s.missingGroups},
		{name: "coordinators' group", read: &reader{s.readMembers}, missing: s.missingMembers},
		{name: "bucket", read: &reader{s.readBucket}, missing: s.missingBucket},
		{name: "load balancer", read: balancer, missing: s.missingBalancer},
		{name: "attributes", read: balancer, missing: s.missingAttributes},
		{name: "access log", read: balancer, missing: s.missingAccessLog},
		{name: "health check", read: balancer, missing: s.missingHealthCheck},
		{name: "registration", read: balancer, missing: s.missingRegistration},
		{name: "former coordinators", read: &reader{s.readMembers}, missing: s.formerMembers},
		{name: "in service", read: balancer, missing: s.missingService},
	}
	if s.spec.Secure() {
		list = append(list, resource{name: "certificate", read: &reader{s.readCertificate}, missing: s.missingCertificate})
	}
	list = append(list, resource{name: "listeners", read: balancer, missing: s.missingListeners, patience: 5 * time.Minute})
	if s.spec.Secure() {
		list = append(list, resource{name: "TLS policy", read: balancer, missing: s.missingPolicy})
	}
	return list
}

// complete fills in what was left to the real world.
func (c Cloud) complete() Cloud {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.LookupHost == nil {
		c.LookupHost = lookup
	}
	return c
}

// asIs is a resource that is as it should be.
func asIs(resource, name, is string) Change {
	return Change{Resource: resource, Name: name, Action: NoOp, Before: is, After: is}
}
