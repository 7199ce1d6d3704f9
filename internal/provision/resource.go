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

	kind          kind
	otherKind     otherKind
	identity      identity
	network       network
	quotas        quotas
	groups        groups
	members       members
	bucket        bucket
	createdBucket bool        // in this run
	balancer      balancer    // of the kind classic
	net           netBalancer // of the kind network
	targetGroups  []targetGroup
	policies      sslPolicies
	certificate   certificate
	deregistering deregistering
	dependents    dependents
}

func newState(c Cloud, spec lbfile.Spec) *state {
	s := &state{cloud: c.complete(), spec: spec}
	s.kind = newKind(s)
	return s
}

// resources lists everything in the order in which it is built.
func (s *state) resources() []resource {
	groups := &reader{s.readGroups}
	list := []resource{
		{name: "kind", read: &reader{s.readOtherKind}, changes: s.otherKindChanges, prerequisite: true},
		{name: "network", read: &reader{s.readNetwork}, changes: s.networkChanges, prerequisite: true},
		{name: "security groups", read: groups, changes: s.groupChanges},
		{name: "coordinators' group", read: &reader{s.readMembers}, changes: s.memberChanges},
		{name: "bucket", read: &reader{s.readWritableBucket}, changes: s.bucketChanges},
	}
	if s.quotas.interested {
		list = slices.Insert(list, 2, resource{name: "quotas", read: &reader{s.readQuotas}, changes: func() []Change { return nil }})
		list = slices.Insert(list, 4, resource{name: "quotas", read: &reader{func(context.Context) error { return nil }}, changes: s.quotaChanges})
	}
	return append(list, s.kind.resources([]resource{
		{name: "former coordinators", read: &reader{s.readMembers}, changes: s.formerMemberChanges},
		{name: "former groups", read: groups, changes: s.formerGroupChanges},
	})...)
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
