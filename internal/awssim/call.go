package awssim

import (
	"maps"
	"slices"
	"strings"
)

// Call is one request, answered or refused.
type Call struct {
	Service string            // as IAM spells it: ec2, elasticloadbalancing, acm, s3, sts, servicequotas
	Name    string            // of the operation: "CreateLoadBalancer"
	Region  string            // that the signature names
	Params  map[string]string // as sent: a form's keys, or the keys of JSON with its values as JSON; of S3 Bucket, Key, Body, ExpectedBucketOwner
	Needs   []string          // the IAM actions that allow it; empty where none is needed
	Write   bool              // it changes something; false for a DryRun
	DryRun  bool
	Code    string // of the error; "": done
}

// Calls lists the calls so far, in order.
func (a *AWS) Calls() []Call {
	a.mu.Lock()
	defer a.mu.Unlock()
	calls := slices.Clone(a.calls)
	for i := range calls {
		calls[i].Params = maps.Clone(calls[i].Params)
		calls[i].Needs = slices.Clone(calls[i].Needs)
	}
	return calls
}

// Writes counts the calls that would change something, the refused ones too.
func (a *AWS) Writes() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for _, c := range a.calls {
		if c.Write {
			n++
		}
	}
	return n
}

// Deny withdraws the permission for IAM actions, e.g. "ec2:CreateSecurityGroup".
func (a *AWS) Deny(actions ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, action := range actions {
		a.denied[action] = true
	}
}

// Allow restores it.
func (a *AWS) Allow(actions ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, action := range actions {
		delete(a.denied, action)
	}
}

// checkPermission refuses a call without permission, with the code of its service.
func (a *AWS) checkPermission(c *Call) error {
	i := slices.IndexFunc(c.Needs, func(action string) bool { return a.denied[action] })
	if i < 0 {
		return nil
	}
	const who = "User: " + callerARN + " is not authorized to perform: "
	switch c.Service {
	case "ec2":
		return refuseAs(403, "UnauthorizedOperation", "You are not authorized to perform this operation. %s%s", who, c.Needs[i])
	case "acm", "servicequotas":
		return refuse("AccessDeniedException", "%s%s", who, c.Needs[i])
	case "s3":
		return refuseAs(403, "AccessDenied", "Access Denied")
	}
	return refuseAs(403, "AccessDenied", "%s%s", who, c.Needs[i])
}

// callerARN is the caller, for any credentials.
const callerARN = "arn:aws:iam::" + Account + ":user/impala-admin"

// reads reports whether an operation changes nothing, which AWS's names tell.
func reads(name string) bool {
	for _, verb := range []string{"Describe", "List", "Get", "Head"} {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return false
}
