package provision

import "context"

// Action is what is to be done with a resource.
type Action string

// The actions.
const (
	Create   Action = "create"
	Update   Action = "update"
	Delete   Action = "delete"
	NoOp     Action = "no-op"
	Wait     Action = "wait"     // for something that takes its time: no call that changes anything
	Conflict Action = "conflict" // something of that name is there and is not ours
	Blocked  Action = "blocked"  // it cannot be done as things are
)

// Change is one step between what is and what is wanted.
type Change struct {
	Resource string   `json:"resource"` // "security group", "listener", ...
	Name     string   `json:"name"`     // of this one
	Action   Action   `json:"action"`
	Before   string   `json:"before,omitempty"` // in words; "": nothing
	After    string   `json:"after,omitempty"`
	Why      string   `json:"why,omitempty"`
	Call     string   `json:"call,omitempty"` // the AWS action: "elasticloadbalancing:CreateLoadBalancer"
	CLI      []string `json:"cli,omitempty"`  // the same as an AWS CLI command line, by argument

	apply    func(ctx context.Context) error // nil: nothing to do
	dryRun   func(ctx context.Context) error // the same with DryRun; nil where AWS has none
	paired   bool                            // the next change belongs to it: in between, something is closed
	variable string                          // the shell variable for what the call returns; "" for most
}

// Writes reports whether carrying the change out would change anything.
func (c Change) Writes() bool { return c.Action == Create || c.Action == Update || c.Action == Delete }

// Stops reports whether nothing may be written while this is so.
func (c Change) Stops() bool { return c.Action == Conflict || c.Action == Blocked }

// same reports whether two looks at AWS found the same step missing.
func (c Change) same(d Change) bool {
	return c.Action == d.Action && c.Resource == d.Resource && c.Name == d.Name
}

// Plan is what there is to do, in order.
type Plan struct {
	Schema  string   `json:"schema"` // PlanSchema
	Account string   `json:"account"`
	Region  string   `json:"region"`
	Cluster string   `json:"cluster"`
	Changes []Change `json:"changes"`
	Notes   []string `json:"notes,omitempty"` // what to know although it stops nothing

	Complete bool `json:"complete"` // everything was read; false: Changes may lack some
}

// PlanSchema is the version of a plan's JSON.
const PlanSchema = "impala-lbcheck/plan/1"
