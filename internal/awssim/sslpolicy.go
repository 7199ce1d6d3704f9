package awssim

import (
	"regexp"
	"slices"
	"strings"
)

// Policy is a balancer's policy. Those of AddBalancer and SetBalancer may have any
// type; only SSL negotiation can be created.
type Policy struct {
	Name      string
	Type      string // "": SSLNegotiationPolicyType
	Reference string // the predefined security policy; "": none, but ciphers of its own
}

const (
	// defaultPolicy is the default of secure listeners.
	defaultPolicy = "ELBSecurityPolicy-2016-08"
	sslPolicyType = "SSLNegotiationPolicyType"
	referenceName = "Reference-Security-Policy"
)

// predefined lists the predefined security policies (Classic Load Balancers
// guide), and whether each allows TLS 1.0 and 1.1.
var predefined = []struct {
	name         string
	tls10, tls11 bool
}{
	{"ELBSecurityPolicy-TLS-1-2-2017-01", false, false},
	{"ELBSecurityPolicy-TLS-1-1-2017-01", false, true},
	{defaultPolicy, true, true},
	{"ELBSecurityPolicy-2015-05", true, true},
	{"ELBSecurityPolicy-2015-03", true, true},
	{"ELBSecurityPolicy-2015-02", true, true},
	{"ELBSecurityPolicy-2014-10", true, true},
	{"ELBSecurityPolicy-2014-01", true, true},
	{"ELBSecurityPolicy-2011-08", true, false},
}

// know adds a predefined policy under its own name, as AWS does with the default.
func (b *Balancer) know(name string) {
	if b.policy(name) == nil {
		b.Policies = append(b.Policies, Policy{Name: name, Reference: name})
	}
}

func (b *Balancer) policy(name string) *Policy {
	for i := range b.Policies {
		if b.Policies[i].Name == name {
			return &b.Policies[i]
		}
	}
	return nil
}

type createPolicy struct {
	LoadBalancerName string
	PolicyName       string
	PolicyTypeName   string
	PolicyAttributes []struct{ AttributeName, AttributeValue string }
}

var policyName = regexp.MustCompile(`^[a-zA-Z0-9-]{1,128}$`)

func (r *region) createPolicy(in createPolicy) (none, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return none{}, err
	}
	if in.PolicyTypeName != sslPolicyType {
		return none{}, refuse("PolicyTypeNotFound", "Policy type '%s' is unknown, or is not simulated", in.PolicyTypeName)
	}
	if !policyName.MatchString(in.PolicyName) || reserved(in.PolicyName) { // guess: the code
		return none{}, refuse("ValidationError", "Policy name '%s': letters, digits and hyphens, and not ELBSecurityPolicy- or ELBSample- first", in.PolicyName)
	}
	if b.policy(in.PolicyName) != nil {
		return none{}, refuse("DuplicatePolicyName", "Policy '%s' already exists for '%s'", in.PolicyName, b.Name)
	}
	p := Policy{Name: in.PolicyName}
	for _, attribute := range in.PolicyAttributes {
		if attribute.AttributeName != referenceName {
			return none{}, notSimulated("the policy attribute " + attribute.AttributeName)
		}
		p.Reference = attribute.AttributeValue
	}
	if !isPredefined(p.Reference) { // guess: the code
		return none{}, refuseAs(409, "InvalidConfigurationRequest", "Unknown reference security policy '%s'", p.Reference)
	}
	b.Policies = append(b.Policies, p)
	return none{}, nil
}

func isPredefined(name string) bool {
	for _, p := range predefined {
		if p.name == name {
			return true
		}
	}
	return false
}

type describePolicies struct {
	LoadBalancerName string
	PolicyNames      []string
}

// describePolicies returns a balancer's policies or, without a name, the predefined.
func (r *region) describePolicies(in describePolicies) ([]Policy, error) {
	var have []Policy
	if in.LoadBalancerName == "" {
		for _, p := range predefined {
			have = append(have, Policy{Name: p.name, Reference: p.name})
		}
	} else {
		b, err := r.balancer(in.LoadBalancerName)
		if err != nil {
			return nil, err
		}
		have = b.Policies
	}
	for _, name := range in.PolicyNames {
		if !slices.ContainsFunc(have, func(p Policy) bool { return p.Name == name }) {
			return nil, policyMissing(name)
		}
	}
	var out []Policy
	for _, p := range have {
		if len(in.PolicyNames) == 0 || slices.Contains(in.PolicyNames, p.Name) {
			out = append(out, p)
		}
	}
	return out, nil
}

func policyMissing(name string) *ServiceError {
	return refuse("PolicyNotFound", "There is no policy with name '%s'", name)
}

// attributes are the attributes in a policy's description; only the reference and
// the protocols are simulated.
func (p Policy) attributes() [][2]string {
	if p.Type == proxyProtocolType {
		return [][2]string{{"ProxyProtocol", "true"}}
	}
	if p.Reference == "" {
		return [][2]string{{"Protocol-TLSv1.2", "true"}}
	}
	out := [][2]string{{referenceName, p.Reference}}
	for _, known := range predefined {
		if known.name == p.Reference {
			out = append(out, [2]string{"Protocol-TLSv1", yesNo(known.tls10)}, [2]string{"Protocol-TLSv1.1", yesNo(known.tls11)}, [2]string{"Protocol-TLSv1.2", yesNo(!strings.HasSuffix(known.name, "2011-08"))})
		}
	}
	return out
}

func yesNo(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

type setPolicies struct {
	LoadBalancerName string
	LoadBalancerPort int32
	PolicyNames      []string
}

// setPolicies replaces a listener's policies.
func (r *region) setPolicies(in setPolicies) (none, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return none{}, err
	}
	l := b.listener(in.LoadBalancerPort)
	if l == nil {
		return none{}, listenerMissing(b, in.LoadBalancerPort)
	}
	for _, name := range in.PolicyNames {
		if b.policy(name) == nil {
			return none{}, policyMissing(name)
		}
	}
	if len(in.PolicyNames) > 0 && !secure(l.Protocol) {
		return none{}, refuseAs(409, "InvalidConfigurationRequest", "The listener on port %d takes no security policy: it is %s", l.Port, l.Protocol)
	}
	l.Policies = slices.Clone(in.PolicyNames)
	return none{}, nil
}
