package awssim

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Group is a security group.
type Group struct {
	ID          string // "": generated
	Name        string
	Description string
	VPC         string
	Tags        map[string]string
	Rules       []Rule // inbound
	Egress      []Rule // outbound; nil: everything is allowed, as in a new group
	creation
}

// AddGroup adds an existing group and returns its id.
func (a *AWS) AddGroup(g Group) string {
	r, unlock := a.lockHome()
	defer unlock()
	g.ID = orElse(g.ID, a.id, "sg")
	g.creation = preexisting()
	g = g.clone()
	if g.Egress == nil {
		g.Egress = a.allowAll()
	}
	a.numberRules(&g)
	r.groups = append(r.groups, &g)
	return g.ID
}

// Groups lists the security groups, each VPC's default one too.
func (a *AWS) Groups() []Group {
	r, unlock := a.lockHome()
	defer unlock()
	out := make([]Group, 0, len(r.groups))
	for _, g := range r.groups {
		out = append(out, g.clone())
	}
	return out
}

// SetGroup changes the group with the id, as a manual change does.
func (a *AWS) SetGroup(id string, change func(*Group)) {
	r, unlock := a.lockHome()
	defer unlock()
	if g := find(r.groups, func(g *Group) bool { return g.ID == id }); g != nil {
		change(g)
		a.numberRules(g)
	}
}

// numberRules generates the ids of rules without one.
func (a *AWS) numberRules(g *Group) {
	for _, rules := range [][]Rule{g.Rules, g.Egress} {
		for i := range rules {
			rules[i].ID = orElse(rules[i].ID, a.id, "sgr")
		}
	}
}

func (g Group) clone() Group {
	g.Tags, g.Rules, g.Egress = maps.Clone(g.Tags), slices.Clone(g.Rules), slices.Clone(g.Egress)
	for _, rules := range [][]Rule{g.Rules, g.Egress} {
		for i := range rules {
			rules[i].Tags = maps.Clone(rules[i].Tags)
		}
	}
	return g
}

// group finds a visible group; nil: none.
func (r *region) group(id string) *Group {
	return find(r.groups, func(g *Group) bool { return g.ID == id && r.aws.visible(g.creation) })
}

func (r *region) defaultGroup(vpc string) *Group {
	return find(r.groups, func(g *Group) bool { return g.VPC == vpc && g.Name == "default" })
}

func (r *region) groupNames() map[string]string {
	names := map[string]string{}
	for _, g := range r.groups {
		names[g.ID] = g.Name
	}
	return names
}

func groupMissing(id string) *ServiceError {
	return refuse("InvalidGroup.NotFound", "The security group '%s' does not exist", id)
}

// groupText is what EC2's API reference allows in a group's name and description.
var groupText = regexp.MustCompile(`^[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}$`)

type createGroup struct {
	dryRun
	GroupName        string
	GroupDescription string
	VpcId            string
	TagSpecification []tagSpecification
}

func (c createGroup) carriesTags() bool { return len(c.TagSpecification) > 0 }

func (r *region) createGroup(in createGroup) (*Group, error) {
	switch {
	case in.GroupName == "":
		return nil, refuse("MissingParameter", "The request must contain the parameter GroupName")
	case in.GroupDescription == "":
		return nil, refuse("MissingParameter", "The request must contain the parameter GroupDescription")
	case !groupText.MatchString(in.GroupName), strings.HasPrefix(strings.ToLower(in.GroupName), "sg-"):
		return nil, refuse("InvalidParameterValue", "Invalid value '%s' for groupName", in.GroupName)
	case !groupText.MatchString(in.GroupDescription):
		return nil, refuse("InvalidParameterValue", "Invalid value '%s' for groupDescription", in.GroupDescription)
	case r.vpc(in.VpcId) == nil: // without an id the account's default VPC, of which there is none here
		return nil, refuse("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", in.VpcId)
	}
	tags, err := creationTags(in.TagSpecification, "security-group")
	if err != nil {
		return nil, err
	}
	for _, g := range r.groups {
		if g.VPC == in.VpcId && strings.EqualFold(g.Name, in.GroupName) {
			return nil, refuse("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", in.GroupName, in.VpcId)
		}
	}
	g := &Group{ID: r.aws.id("sg"), Name: in.GroupName, Description: in.GroupDescription, VPC: in.VpcId, Tags: tags, Egress: r.aws.allowAll(), creation: r.aws.createdNow()}
	r.groups = append(r.groups, g)
	return g, nil
}

type deleteGroup struct {
	dryRun
	GroupId string
}

func (r *region) deleteGroup(in deleteGroup) (string, error) {
	if in.GroupId == "" {
		return "", refuse("MissingParameter", "The request must contain the parameter groupName or groupId")
	}
	g := r.group(in.GroupId)
	if g == nil {
		return "", groupMissing(in.GroupId)
	}
	if g.Name == "default" {
		return "", refuse("CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", g.ID)
	}
	if r.groupInUse(g.ID) {
		return "", refuse("DependencyViolation", "resource %s has a dependent object", g.ID)
	}
	r.groups = slices.DeleteFunc(r.groups, func(o *Group) bool { return o == g })
	return g.ID, nil
}

// groupInUse: by a network interface, a balancer's too, or by a rule of another group.
func (r *region) groupInUse(id string) bool {
	for _, e := range r.interfaces {
		if slices.Contains(e.Groups, id) {
			return true
		}
	}
	for _, g := range r.groups {
		if g.ID != id && slices.ContainsFunc(slices.Concat(g.Rules, g.Egress), func(rule Rule) bool { return rule.Group == id }) {
			return true
		}
	}
	return false
}

type describeGroups struct {
	dryRun
	paging
	Filter  []filter
	GroupId []string
}

func (r *region) describeGroups(in describeGroups) (page[*Group], error) {
	var seen []*Group
	for _, g := range r.groups {
		if r.aws.visible(g.creation) {
			seen = append(seen, g)
		}
	}
	found, err := selected(seen, in.GroupId, func(g *Group) string { return g.ID },
		func(id string) error { return groupMissing(id) },
		func(g *Group) (bool, error) { return matches(in.Filter, g.Tags, groupProperty(g)) })
	if err != nil {
		return page[*Group]{}, err
	}
	return paginate(r.aws, found, in.MaxResults, in.NextToken)
}

// sources are the groups that rules name.
func sources(rules []Rule) []string {
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.Group)
	}
	return ids
}

func groupProperty(g *Group) property {
	return func(name string) ([]string, bool) {
		switch name {
		case "group-id":
			return []string{g.ID}, true
		case "group-name":
			return []string{g.Name}, true
		case "description":
			return []string{g.Description}, true
		case "vpc-id":
			return []string{g.VPC}, true
		case "ip-permission.group-id":
			return sources(g.Rules), true
		case "egress.ip-permission.group-id":
			return sources(g.Egress), true
		}
		return nil, false
	}
}
