package provision

import "context"

// Action is what to do with a resource.
type Action string

// The actions.
const (
	Create   Action = "create"
	Update   Action = "update"
	Delete   Action = "delete"
	NoOp     Action = "no-op"
	Wait     Action = "wait"     // wait for AWS: no call that changes anything
	Conflict Action = "conflict" // a resource with that name exists and is not ours
	Blocked  Action = "blocked"  // it cannot be done in the current state
)

// Change is one step from the current to the desired state.
type Change struct {
	Resource string   `json:"resource"` // "security group", "listener", ...
	Name     string   `json:"name"`     // of this one
	Action   Action   `json:"action"`
	Before   string   `json:"before,omitempty"` // as text; "": nothing
	After    string   `json:"after,omitempty"`
	Why      string   `json:"why,omitempty"`
	Call     string   `json:"call,omitempty"`  // the AWS action: "elasticloadbalancing:CreateLoadBalancer"
	CLI      []string `json:"cli,omitempty"`   // the same as an AWS CLI command line, by argument
	Alone    bool     `json:"alone,omitempty"` // blocked, and the others are done without it

	apply    func(ctx context.Context) error // nil: no call
	dryRun   func(ctx context.Context) error // the same with DryRun; nil if AWS has none
	paired   bool                            // the next change must follow at once: a port is closed in between
	batch    bool                            // it may follow an equal one without reading AWS again
	variable string                          // shell variable for what the call returns; "": none
}

// Writes reports whether the change modifies AWS.
func (c Change) Writes() bool { return c.Action == Create || c.Action == Update || c.Action == Delete }

// Stops reports whether the change prevents all writes.
func (c Change) Stops() bool { return (c.Action == Conflict || c.Action == Blocked) && !c.Alone }

// alone marks blocked changes of equal things, if they are not all: the others do not
// wait for them.
func alone(changes []Change) []Change {
	stuck := stops(changes)
	if len(stuck) == len(changes) {
		return changes
	}
	for i := range changes {
		changes[i].Alone = changes[i].Action == Blocked
	}
	return changes
}

// same reports whether two reads of AWS found the same step missing.
func (c Change) same(d Change) bool {
	return c.Action == d.Action && c.Resource == d.Resource && c.Name == d.Name
}

// Plan lists the changes to make, in order.
type Plan struct {
	Schema  string   `json:"schema"` // PlanSchema
	Account string   `json:"account"`
	Region  string   `json:"region"`
	Cluster string   `json:"cluster"`
	Changes []Change `json:"changes"`
	Notes   []string `json:"notes,omitempty"` // hints that stop nothing

	Complete bool `json:"complete"` // everything was read; false: Changes may lack some
}

// PlanSchema is the version of a plan's JSON.
const PlanSchema = "impala-lbcheck/plan/1"
