package awssim

import (
	"maps"
	"slices"
)

// Instance is a machine.
type Instance struct {
	ID     string // "": generated
	Subnet string
	State  string // "running", "stopped", "terminated", ...; "": running
	// Interfaces are its network interfaces, the primary first; nil: one, with
	// the VPC's default group. Of each only Groups and Subnet ("": the
	// instance's) are read here.
	Interfaces []Interface
	// Ports are those that a process listens on; nil: all. A dedicated executor of
	// Impala does not listen on 21050.
	Ports []int32
	Tags  map[string]string
	// DNS is its private DNS name; "": the one that AWS makes of its address.
	DNS string

	health *instanceState // of SetInstanceHealth
}

// AddInstance adds an instance and returns its id.
func (a *AWS) AddInstance(i Instance) string {
	r, unlock := a.lockHome()
	defer unlock()
	i.ID = orElse(i.ID, a.id, "i")
	if i.State == "" {
		i.State = "running"
	}
	cards := i.Interfaces
	if len(cards) == 0 {
		cards = []Interface{{}}
	}
	i.Interfaces, i.Tags, i.Ports = nil, maps.Clone(i.Tags), slices.Clone(i.Ports)
	for n, card := range cards {
		r.plugIn(&i, n, card)
	}
	r.instances = append(r.instances, &i)
	return i.ID
}

// SetInstanceState starts, stops or terminates a machine.
func (a *AWS) SetInstanceState(id, state string) {
	r, unlock := a.lockHome()
	defer unlock()
	if i := r.instance(id); i != nil {
		i.State = state
	}
}

func (r *region) instance(id string) *Instance {
	return find(r.instances, func(i *Instance) bool { return i.ID == id })
}

// vpcOf is the VPC of a subnet; "": there is none of that id.
func (r *region) vpcOf(subnet string) string {
	if s := r.subnet(subnet); s != nil {
		return s.VPC
	}
	return ""
}

type describeInstances struct {
	dryRun
	paging
	Filter     []filter
	InstanceId []string
}

// instanceView is an instance as it is described.
type instanceView struct {
	*Instance
	vpc, zone  string
	interfaces []*Interface
	groups     map[string]string // names by id
}

func (r *region) describeInstances(in describeInstances) (page[instanceView], error) {
	found, err := selected(r.instances, in.InstanceId, func(i *Instance) string { return i.ID },
		func(id string) error {
			return refuse("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
		},
		func(i *Instance) (bool, error) { return matches(in.Filter, i.Tags, r.instanceProperty(i)) })
	if err != nil {
		return page[instanceView]{}, err
	}
	machines := make([]instanceView, 0, len(found))
	for _, i := range found {
		machines = append(machines, instanceView{Instance: i, vpc: r.vpcOf(i.Subnet), zone: r.zoneOf(i.Subnet), interfaces: r.interfacesOf(i.ID), groups: r.groupNames()})
	}
	return paginate(r.aws, machines, in.MaxResults, in.NextToken)
}

func (r *region) instanceProperty(i *Instance) property {
	return func(name string) ([]string, bool) {
		switch name {
		case "instance-id":
			return []string{i.ID}, true
		case "instance-state-name":
			return []string{i.State}, true
		case "vpc-id":
			return []string{r.vpcOf(i.Subnet)}, true
		case "subnet-id":
			return []string{i.Subnet}, true
		case "availability-zone":
			return []string{r.zoneOf(i.Subnet)}, true
		}
		return nil, false
	}
}

func (r *region) zoneOf(subnet string) string {
	if s := r.subnet(subnet); s != nil {
		return s.Zone
	}
	return ""
}
