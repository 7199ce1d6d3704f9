package awssim

import "slices"

// targetView is a target as DescribeTargetHealth shows it.
type targetView struct {
	Target
	checked string // port of the health check
}

// targetView fills in what AWS would say of a target without a State: unused where no
// listener forwards to its group or its zone is not enabled, or where the instance does
// not run; otherwise healthy.
func (r *region) targetView(g *TargetGroup, t Target) targetView {
	if t.Port == 0 {
		t.Port = g.Port
	}
	if t.State == "" {
		t.State, t.Reason = r.targetHealth(g, t)
	}
	t.Override = orText(t.Override, "no_override")
	return targetView{t, orText(g.Check.Port, "traffic-port")}
}

func (r *region) targetHealth(g *TargetGroup, t Target) (state, reason string) {
	users := r.users(g)
	if len(users) == 0 {
		return "unused", "Target.NotInUse"
	}
	i := r.instance(t.ID)
	switch {
	case i == nil:
		return "healthy", ""
	case i.State != "running":
		return "unused", "Target.InvalidState"
	case !slices.Contains(r.zonesOf(users[0]), r.zoneOf(i.Subnet)):
		return "unused", "Target.NotInUse"
	}
	return "healthy", ""
}

// sslProtocols has the security policies that are simulated, a few of AWS's (guide of
// network load balancers), and what each allows.
var sslProtocols = map[string][]string{
	"ELBSecurityPolicy-2016-08":           {"TLSv1", "TLSv1.1", "TLSv1.2"},
	"ELBSecurityPolicy-TLS-1-2-2017-01":   {"TLSv1.2"},
	"ELBSecurityPolicy-TLS13-1-2-2021-06": {"TLSv1.2", "TLSv1.3"},
	"ELBSecurityPolicy-TLS13-1-0-2021-06": {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"},
}

type describeSSLPolicies struct {
	Names    []string
	Marker   string
	PageSize int32
}

// describeSSLPolicies takes names alone.
func (r *region) describeSSLPolicies(in describeSSLPolicies) ([]string, error) {
	if len(in.Names) == 0 {
		return nil, notSimulated("DescribeSSLPolicies without names")
	}
	for _, name := range in.Names {
		if sslProtocols[name] == nil {
			return nil, refuse("SSLPolicyNotFound", "One or more SSL policies not found")
		}
	}
	return in.Names, nil
}
