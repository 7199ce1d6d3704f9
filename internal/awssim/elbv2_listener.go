package awssim

import (
	"fmt"
	"maps"
	"slices"
)

// listenerSettings are those of CreateListener and ModifyListener; in the latter only
// what is given changes.
type listenerSettings struct {
	Port           int32
	Protocol       string
	SslPolicy      string
	Certificates   []struct{ CertificateArn string }
	AlpnPolicy     []string
	DefaultActions []actionIn
}

type actionIn struct {
	Type           string
	TargetGroupArn string
	Order          int32
	ForwardConfig  struct {
		TargetGroups []struct {
			TargetGroupArn string
			Weight         *int32
		}
	}
}

type createNetworkListener struct {
	listenerSettings
	LoadBalancerArn string
	Tags            []tag
}

func (c createNetworkListener) carriesTags() bool { return len(c.Tags) > 0 }

// createNetworkListener adds a listener, or returns the one on that port with the same
// settings.
func (r *region) createNetworkListener(in createNetworkListener) (page[listenerView], error) {
	b, err := r.network(in.LoadBalancerArn)
	if err != nil {
		return page[listenerView]{}, err
	}
	l := NetworkListener{Attributes: map[string]string{}}
	if l.Tags, err = elbv2Tags.set(in.Tags); err != nil {
		return page[listenerView]{}, err
	}
	if err := r.apply(in.listenerSettings, b, &l); err != nil {
		return page[listenerView]{}, err
	}
	if there := b.listenerAt(l.Port); there != nil {
		if !there.sameSettings(l) {
			return page[listenerView]{}, refuse("DuplicateListener", "A listener already exists on port %d for this load balancer '%s'", l.Port, b.ARN)
		}
		return r.listenerPage(b, *there), nil
	}
	if len(b.Listeners) >= r.aws.quotas.networkListeners() {
		return page[listenerView]{}, refuse("TooManyListeners", "The maximum number of listeners has been reached on load balancer '%s'", b.ARN)
	}
	r.aws.ids++
	l.id = fmt.Sprintf("%016x", r.aws.ids)
	b.Listeners = append(b.Listeners, l)
	return r.listenerPage(b, l), nil
}

func (r *region) listenerPage(b *NetworkBalancer, l NetworkListener) page[listenerView] {
	return page[listenerView]{Items: []listenerView{r.listenerView(b, l)}}
}

func (b *NetworkBalancer) listenerAt(port int32) *NetworkListener {
	for i := range b.Listeners {
		if b.Listeners[i].Port == port {
			return &b.Listeners[i]
		}
	}
	return nil
}

// sameSettings: tags and attributes are not compared (guess).
func (l NetworkListener) sameSettings(o NetworkListener) bool {
	return l.protocol() == o.protocol() && l.Policy == o.Policy && slices.Equal(l.Certificates, o.Certificates) && slices.Equal(l.Groups, o.Groups) && maps.Equal(l.Weights, o.Weights)
}

type modifyNetworkListener struct {
	listenerSettings
	ListenerArn string
}

// modifyNetworkListener changes what is given. From TLS to TCP drops policy and
// certificate; another protocol has other attributes.
func (r *region) modifyNetworkListener(in modifyNetworkListener) (page[listenerView], error) {
	b, l, err := r.listenerOf(in.ListenerArn)
	if err != nil {
		return page[listenerView]{}, err
	}
	next := *l
	if in.Protocol != "" && in.Protocol != l.protocol() {
		next.Policy, next.Certificates, next.Attributes = "", nil, map[string]string{}
	}
	if err := r.apply(in.listenerSettings, b, &next); err != nil {
		return page[listenerView]{}, err
	}
	if there := b.listenerAt(next.Port); there != nil && there != l {
		return page[listenerView]{}, refuse("DuplicateListener", "A listener already exists on port %d for this load balancer '%s'", next.Port, b.ARN)
	}
	r.endUses(b, *l)
	*l = next
	return r.listenerPage(b, next), nil
}

// listenerOf finds a listener and its load balancer.
func (r *region) listenerOf(arn string) (*NetworkBalancer, *NetworkListener, error) {
	for _, b := range r.networks {
		for i := range b.Listeners {
			if r.listenerARN(b, b.Listeners[i]) == arn {
				return b, &b.Listeners[i], nil
			}
		}
	}
	return nil, nil, refuse("ListenerNotFound", "One or more listeners not found")
}

// apply changes a listener's settings, or refuses them.
func (r *region) apply(in listenerSettings, b *NetworkBalancer, l *NetworkListener) error {
	l.Protocol = orText(in.Protocol, l.Protocol)
	if in.Port != 0 {
		l.Port = in.Port
	}
	switch {
	case slices.Contains([]string{"UDP", "TCP_UDP", "QUIC", "TCP_QUIC"}, l.Protocol) || !slices.Contains([]string{"", "None"}, first(in.AlpnPolicy)):
		return notSimulated("a listener of " + l.Protocol + " with the ALPN policy " + first(in.AlpnPolicy))
	case l.Protocol != "TCP" && l.Protocol != "TLS":
		return refuse("UnsupportedProtocol", "The protocol '%s' is not supported by a network load balancer", l.Protocol)
	}
	if err := between("port", l.Port, 1, 65535); err != nil {
		return err
	}
	if err := r.applyTLS(in, l); err != nil {
		return err
	}
	if len(in.DefaultActions) == 0 && len(l.Groups) > 0 {
		return nil
	}
	groups, err := r.forwarded(in.DefaultActions)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := r.forwards(b, l, g); err != nil {
			return err
		}
	}
	l.Groups, l.Weights = nil, map[string]int32{}
	for _, g := range groups {
		l.Groups = append(l.Groups, g.Name)
	}
	return l.weigh(in.DefaultActions[0], groups)
}

// weigh keeps the weights of the target groups that have one.
func (l *NetworkListener) weigh(action actionIn, groups []*TargetGroup) error {
	for _, in := range action.ForwardConfig.TargetGroups {
		if in.Weight == nil {
			continue
		}
		if err := between("weight", *in.Weight, 0, 999); err != nil {
			return err
		}
		g := find(groups, func(g *TargetGroup) bool { return g.ARN == in.TargetGroupArn })
		l.Weights[g.Name] = *in.Weight
	}
	return nil
}

// weightOf is the weight of a target group; 1 where none was given.
func (l NetworkListener) weightOf(group string) int32 {
	if w, given := l.Weights[group]; given {
		return w
	}
	return 1
}

// applyTLS: a TLS listener has one certificate and a policy, a TCP one neither.
func (r *region) applyTLS(in listenerSettings, l *NetworkListener) error {
	if l.Protocol == "TCP" {
		if len(in.Certificates) > 0 || in.SslPolicy != "" { // guess: the code
			return refuse("InvalidConfigurationRequest", "A TCP listener has no certificate and no security policy")
		}
		return nil
	}
	l.Policy = orText(in.SslPolicy, orText(l.Policy, defaultPolicy))
	if sslProtocols[l.Policy] == nil {
		return refuse("SSLPolicyNotFound", "SSL policy '%s' not found", l.Policy)
	}
	if len(in.Certificates) == 0 && len(l.Certificates) > 0 {
		return nil
	}
	if len(in.Certificates) != 1 {
		return refuse("ValidationError", "A TLS listener has exactly one default certificate")
	}
	arn := in.Certificates[0].CertificateArn
	if _, err := r.certificateForUse(arn); err != nil {
		return err
	}
	l.Certificates = append([]string{arn}, l.Certificates[min(len(l.Certificates), 1):]...)
	return nil
}

// forwarded are the target groups of the only action, which forwards.
func (r *region) forwarded(actions []actionIn) ([]*TargetGroup, error) {
	if len(actions) != 1 || actions[0].Type != "forward" {
		return nil, refuse("InvalidLoadBalancerAction", "A listener of a network load balancer has one action, to forward")
	}
	var arns []string
	if one := actions[0].TargetGroupArn; one != "" {
		arns = append(arns, one)
	}
	for _, g := range actions[0].ForwardConfig.TargetGroups {
		arns = append(arns, g.TargetGroupArn)
	}
	if len(arns) == 0 {
		return nil, refuse("ValidationError", "A target group ARN must be specified")
	}
	var out []*TargetGroup
	for _, arn := range distinct(arns) {
		g, err := r.targetGroupOf(arn)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

// forwards refuses a target group that a listener cannot forward to.
func (r *region) forwards(b *NetworkBalancer, l *NetworkListener, g *TargetGroup) error {
	switch {
	case g.VPC != r.vpcOf(first(b.Subnets)): // guess: the code
		return refuse("InvalidConfigurationRequest", "Target group '%s' is not in the VPC of load balancer '%s'", g.ARN, b.ARN)
	case g.Protocol != "TCP" && g.Protocol != l.Protocol:
		return refuse("IncompatibleProtocols", "A listener of %s cannot forward to a target group of %s", l.Protocol, g.Protocol)
	case slices.ContainsFunc(r.users(g), func(o *NetworkBalancer) bool { return o != b }):
		return refuse("TargetGroupAssociationLimit", "Target group '%s' cannot be associated with more than one load balancer", g.ARN)
	}
	return nil
}

// deleteNetworkListener removes a listener.
func (r *region) deleteNetworkListener(in listenerArn) (none, error) {
	b, l, err := r.listenerOf(in.ListenerArn)
	if err != nil {
		return none{}, err
	}
	gone := *l
	b.Listeners = slices.DeleteFunc(b.Listeners, func(o NetworkListener) bool { return o.Port == gone.Port })
	r.endUses(b, gone)
	return none{}, nil
}

// endUses records that a listener no longer uses its certificates and target groups.
func (r *region) endUses(b *NetworkBalancer, l NetworkListener) {
	for _, arn := range l.Certificates {
		r.release(b.ARN, arn)
	}
	for _, name := range l.Groups {
		if g := r.targetGroup(name); g != nil {
			g.formerUser, g.lateUses = b.ARN, r.aws.config.UseLag
		}
	}
}

type modifyListenerAttributes struct {
	ListenerArn string
	Attributes  []tag
}

// modifyListenerAttributes: the idle timeout of a TLS listener is fixed.
func (r *region) modifyListenerAttributes(in modifyListenerAttributes) (map[string]string, error) {
	_, l, err := r.listenerOf(in.ListenerArn)
	if err != nil {
		return nil, err
	}
	if l.protocol() != "TCP" { // guess: the code
		return nil, refuse("InvalidConfigurationRequest", "A listener of %s has no attributes that can be changed", l.protocol())
	}
	own, err := changedAttributes(listenerRules, l.Attributes, in.Attributes)
	if err != nil {
		return nil, err
	}
	l.Attributes = own
	return maps.Clone(l.attributes()), nil
}
