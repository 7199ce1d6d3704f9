package provision

import (
	"context"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// resource is one kind of resource: how it is read, and the changes from what was
// read to what is wanted. changes is pure: it makes no call.
type resource struct {
	name         string // for progress: "security groups"
	read         *reader
	changes      func() []Change
	timeout      time.Duration // how long AWS may take to show or to allow a change; 0: settleTimeout
	prerequisite bool          // the others depend on it
}

// reader fills in a part of the state. Several resources may share one.
type reader struct {
	read func(context.Context) error
}

// settleTimeout is how long AWS may take to show a write everywhere.
const settleTimeout = 2 * time.Minute

// state is the desired load balancer and what was read of AWS last.
type state struct {
	cloud Cloud
	spec  lbfile.Spec

	identity      identity
	network       network
	quotas        quotas
	groups        groups
	members       members
	bucket        bucket
	createdBucket bool // in this run
	balancer      balancer
	certificate   certificate
	deregistering deregistering
	dependents    dependents
}

func newState(c Cloud, spec lbfile.Spec) *state {
	return &state{cloud: c.complete(), spec: spec}
}

// resources lists everything in the order in which it is built.
func (s *state) resources() []resource {
	balancer, groups := &reader{s.readBalancer}, &reader{s.readGroups}
	list := []resource{
		{name: "network", read: &reader{s.readNetwork}, changes: s.networkChanges, prerequisite: true},
		{name: "security groups", read: groups, changes: s.groupChanges},
		{name: "coordinators' group", read: &reader{s.readMembers}, changes: s.memberChanges},
		{name: "bucket", read: &reader{s.readWritableBucket}, changes: s.bucketChanges},
		{name: "load balancer", read: balancer, changes: s.balancerChanges},
		{name: "attributes", read: balancer, changes: s.attributeChanges},
		{name: "access log", read: balancer, changes: s.accessLogChanges},
		{name: "health check", read: balancer, changes: s.healthCheckChanges},
		{name: "registration", read: balancer, changes: s.registrationChanges},
		{name: "former coordinators", read: &reader{s.readMembers}, changes: s.formerMemberChanges},
		{name: "former groups", read: groups, changes: s.formerGroupChanges},
		{name: "in service", read: balancer, changes: s.inServiceChanges},
	}
	if s.quotas.interested {
		list = slices.Insert(list, 1, resource{name: "quotas", read: &reader{s.readQuotas}, changes: func() []Change { return nil }})
		list = slices.Insert(list, 3, resource{name: "quotas", read: &reader{func(context.Context) error { return nil }}, changes: s.quotaChanges})
	}
	if s.spec.Secure() {
		list = append(list, resource{name: "certificate", read: &reader{s.readCertificate}, changes: s.certificateChanges})
	}
	list = append(list, resource{name: "listeners", read: balancer, changes: s.listenerChanges, timeout: 5 * time.Minute})
	if s.spec.Secure() {
		list = append(list, resource{name: "TLS policy", read: balancer, changes: s.policyChanges})
	}
	return list
}

// complete fills in the real clock and resolver where none is set.
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

// noChange is a resource in the desired state.
func noChange(resource, name, is string) Change {
	return Change{Resource: resource, Name: name, Action: NoOp, Before: is, After: is}
}
