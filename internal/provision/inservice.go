package provision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

// inService is the state in which an instance receives connections.
const inService = "InService"

// inServiceChanges waits until every coordinator is in service, and reports AWS's
// reason for each that is not.
func (s *state) inServiceChanges() []Change {
	cannot := s.unreachable()
	ids := slices.DeleteFunc(s.network.instanceIDs(), func(id string) bool { return slices.Contains(cannot, id) && s.healthOf(id).State == "" })
	c := Change{Resource: "in service", Name: s.spec.Balancer(), Action: Wait, After: fmt.Sprintf("%d of %d", len(ids), len(ids))}
	var out []string
	ready := 0
	for _, id := range ids {
		h := s.healthOf(id)
		if h.Serves() {
			ready++
			continue
		}
		out = append(out, h.String())
	}
	c.Before = fmt.Sprintf("%d of %d", ready, len(ids))
	if len(out) == 0 {
		return []Change{noChange(c.Resource, c.Name, c.After)}
	}
	if s.ownsBalancer() {
		c.Why = strings.Join(out, "; ")
	}
	c.CLI = append([]string{"aws", "elb", "wait", "instance-in-service", "--load-balancer-name", s.spec.Balancer(), "--instances"}, ids...)
	return []Change{c}
}

// InstanceHealth is a coordinator's health as the balancer reports it.
type InstanceHealth struct {
	ID          string `json:"id"`
	DNS         string `json:"dns,omitempty"` // private name
	Zone        string `json:"zone,omitempty"`
	State       string `json:"state"`            // InService, OutOfService, Unknown; of a network balancer healthy, initial, unhealthy, unused, ...; "": not registered
	Reason      string `json:"reason,omitempty"` // ELB: the balancer's side, Instance: the instance's; of a network balancer Target.FailedHealthChecks, ...
	Description string `json:"description,omitempty"`
}

// Serves reports whether the coordinator receives connections.
func (h InstanceHealth) Serves() bool { return h.State == inService || h.State == healthy }

func (h InstanceHealth) String() string {
	switch {
	case h.State == "":
		return h.ID + " is not registered"
	case h.Reason == "" && h.Description == "":
		return h.ID + " is " + h.State
	}
	return fmt.Sprintf("%s is %s (%s: %s)", h.ID, h.State, h.Reason, h.Description)
}

func (s *state) healthOf(id string) InstanceHealth {
	h := InstanceHealth{ID: id}
	for _, c := range s.network.coordinators {
		if c.id == id {
			h.DNS, h.Zone = c.dns, c.zone
		}
	}
	for _, st := range s.balancer.health {
		if text(st.InstanceId) == id {
			h.State, h.Reason, h.Description = text(st.State), reasonText(st.ReasonCode), reasonText(st.Description)
		}
	}
	return h
}

// reasonText returns "" for N/A.
func reasonText(said *string) string {
	if text(said) == "N/A" {
		return ""
	}
	return text(said)
}

// healths is the health of every coordinator and of everything else that is
// registered.
func (s *state) healths() []InstanceHealth {
	list := mapSlice(s.network.instanceIDs(), s.healthOf)
	for _, st := range s.balancer.health {
		if !contains(list, st) {
			list = append(list, s.healthOf(text(st.InstanceId)))
		}
	}
	return list
}

func contains(list []InstanceHealth, st types.InstanceState) bool {
	for _, h := range list {
		if h.ID == text(st.InstanceId) {
			return true
		}
	}
	return false
}
