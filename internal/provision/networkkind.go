package provision

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// netKind is a network load balancer.
type netKind struct{ *state }

func (s netKind) title() string { return "network load balancer" }

// read also reads the target groups, which are nobody's without it.
func (s netKind) read(ctx context.Context) error {
	if err := s.readBalancer(ctx); err != nil {
		return err
	}
	return s.readTargetGroups(ctx)
}

func (s netKind) found() found {
	b := s.net.description
	if b == nil {
		return found{}
	}
	f := found{
		exists: true, owned: isNetwork(*b) && s.ownedBy(s.net.tags), dns: text(b.DNSName), zone: text(b.CanonicalHostedZoneId),
		subnets: s.subnets(), groups: b.SecurityGroups,
	}
	if !isNetwork(*b) && s.ownedBy(s.net.tags) {
		f.kept = "it is " + withArticle(typeTitle(b.Type)) + ", which provision neither builds nor removes"
	}
	for _, l := range s.net.listeners {
		if arn := l.certificate(); arn != "" {
			f.certificates = append(f.certificates, arn)
		}
		for _, g := range s.ownedGroups() {
			if slices.Contains(l.forwardsTo(), g.arn()) {
				f.uses = append(f.uses, "our target group "+g.name())
			}
		}
	}
	return f
}

// resources are in the order in which they are built. Targets are not checked until a
// listener forwards to their group, so that the wait for them comes last; listeners of
// TLS need an issued certificate.
func (s netKind) resources(former []resource) []resource {
	groups, balancer := &reader{s.readTargetGroups}, &reader{s.readBalancer}
	list := []resource{
		{name: "target groups", read: groups, changes: s.targetGroupChanges},
		{name: "targets", read: groups, changes: s.targetChanges},
		{name: "load balancer", read: balancer, changes: s.balancerChanges},
		{name: "attributes", read: balancer, changes: s.attributeChanges},
		{name: "access log", read: balancer, changes: s.accessLogChanges},
		{name: "load balancer's state", read: balancer, changes: s.stateChanges},
	}
	list = append(list, former...)
	if s.spec.Secure() {
		list = append(list, s.certificateResource(), resource{name: "TLS policy", read: &reader{s.readPolicy}, changes: s.policyChanges})
	}
	return append(list,
		resource{name: "listeners", read: balancer, changes: s.listenerChanges, timeout: 5 * time.Minute},
		resource{name: "former target groups", read: groups, changes: s.formerTargetGroupChanges},
		resource{name: "in service", read: groups, changes: s.healthyChanges},
	)
}

func (s netKind) removals() []resource {
	return []resource{
		{name: "targets", read: &reader{s.read}, changes: s.targetRemovals, prerequisite: true},
		{name: "load balancer", read: &reader{s.readBalancer}, changes: s.balancerRemovals, prerequisite: true},
	}
}

func (s netKind) released() []resource {
	return []resource{{name: "target groups", read: &reader{s.readTargetGroups}, changes: s.targetGroupRemovals, timeout: releaseTimeout}}
}

// targetRemovals deregisters the targets, and waits until AWS has drained them. Without
// the load balancer nothing is drained.
func (s netKind) targetRemovals() []Change {
	if !s.ownsBalancer() {
		return nil
	}
	var changes []Change
	var draining []string
	for _, g := range s.ownedGroups() {
		if list := g.registered(); len(list) > 0 {
			changes = append(changes, s.deregisterTargets(g, g.name()+": ", list, ""))
		}
		for _, t := range g.targets {
			if isDraining(t) {
				draining = append(draining, text(t.Target.Id))
			}
		}
	}
	if len(changes) == 0 && len(draining) > 0 {
		slices.Sort(draining)
		changes = append(changes, Change{Resource: "draining", Name: s.spec.Balancer(), Action: Wait, Why: commaList(slices.Compact(draining)) + " are being drained"})
	}
	return changes
}

func (s netKind) balancerRemovals() []Change {
	if !s.ownsBalancer() {
		return nil
	}
	c := Change{Resource: "load balancer", Name: s.spec.Balancer(), Action: Delete, Before: text(s.net.description.DNSName)}
	return []Change{writes(c, s.cloud.ELBv2.DeleteLoadBalancer, &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: s.net.description.LoadBalancerArn})}
}

func (s netKind) targetGroupRemovals() []Change {
	return mapSlice(s.ownedGroups(), func(g targetGroup) Change { return s.deleteTargetGroup(g, "") })
}

// obstacles are somebody's decision to keep the load balancer, and other load balancers
// that forward to our groups.
func (s netKind) obstacles() []Change {
	var changes []Change
	if s.ownsBalancer() && s.net.attributes[deletionGuard] == "true" {
		changes = append(changes, blocked(noChange("load balancer", s.spec.Balancer(), "deletion protection is on"),
			"deletion protection is on: who set it decides. To end it: aws elbv2 modify-load-balancer-attributes --load-balancer-arn %s --attributes Key=%s,Value=false", s.net.arn(), deletionGuard))
	}
	for _, g := range s.ownedGroups() {
		if c, used := s.usedByOthers(g); used {
			changes = append(changes, c)
		}
	}
	return append(changes, s.othersForwarded()...)
}

// foreign are target groups with a name of ours.
func (s netKind) foreign() []Leftover {
	var left []Leftover
	for _, g := range s.targetGroups {
		if s.hasOurName(g) && !s.ownedBy(g.tags) {
			left = append(left, Leftover{Resource: "target group", Name: g.name(), Why: withoutTag, Kept: true})
		}
	}
	return left
}

// hasOurName takes the VPC, which is part of the name, from the group: lb.yaml's need not
// exist any more.
func (s netKind) hasOurName(g targetGroup) bool {
	return slices.ContainsFunc(s.spec.Listeners, func(port uint16) bool {
		return g.name() == s.spec.TargetGroup(s.identity.owner, text(g.VpcId), port)
	})
}

func (s netKind) verdicts() []Verdict {
	is, _ := s.balancerState()
	return []Verdict{{Check: "load_balancer.state", OK: is == types.LoadBalancerStateEnumActive, Limit: "AWS says active", Found: string(is)}}
}

func (s netKind) hints(add func(bool, string, ...any)) {
	is := s.found()
	add(!is.exists, "A network load balancer forwards connections by a hash of their addresses and ports, not in turn: shares are equal over many connections, not over ten.")
	add(!is.exists, "After the idle timeout it drops a connection without a word, and answers the next packet with a reset; a Classic one closes it.")
	add(!is.exists, "With no healthy coordinator it forwards to all of them (fail open); a Classic one refuses.")
	add(!is.exists && s.spec.PreservesClientIP(), "Coordinators see the clients' addresses (preserve_client_ip); behind a Classic one they see the load balancer's.")
	add(!is.exists && !s.spec.Secure(), "It has no access log: AWS writes one for TLS listeners only. VPC flow logs show the connections.")
	add(s.spec.PreservesClientIP() && s.clientsAmongTargets() != "", "A coordinator cannot reach itself through this load balancer while client addresses are preserved: of the connections that begin on one of them, such as Hue's, one in %d times out. clients contains %s. preserve_client_ip: false avoids it.",
		max(1, len(s.network.coordinators)), s.clientsAmongTargets())
	add(s.spec.Secure(), "The idle timeout of a TLS listener is %s, which AWS does not change: a query that is silent for longer is cut.", s.spec.IdleTimeout)
	add(!s.spec.Secure() && s.spec.IdleTimeout.Seconds() < 3600, "The idle timeout is %s: a query that is silent for longer is cut.", s.spec.IdleTimeout)
	add(s.spec.Stickiness != "", "stickiness: all sessions from one address go to one coordinator, also those of many users behind one address.")
	add(s.replacesTargetGroups(), "AWS cannot change targets, tls.backend or the VPC of a target group: other groups are made, the listeners forward to them, and the former ones are deleted. New connections may fail until the first health checks have passed.")
	state, why := s.balancerState()
	add(is.exists && state == types.LoadBalancerStateEnumActiveImpaired, "Its state is %s: it forwards, and cannot grow (%s).", state, orUnsaid(why))
}

// clientsAmongTargets lists the coordinators whose addresses are in clients.
func (s netKind) clientsAmongTargets() string {
	var ids []string
	for _, c := range s.network.coordinators {
		address, err := netip.ParseAddr(c.address)
		if err == nil && slices.ContainsFunc(s.spec.Clients, func(n netip.Prefix) bool { return n.Contains(address) }) {
			ids = append(ids, c.id)
		}
	}
	return commaList(ids)
}

// replacesTargetGroups reports whether a listener forwards to a group of ours with
// another name.
func (s netKind) replacesTargetGroups() bool {
	return slices.ContainsFunc(s.ownedGroups(), func(g targetGroup) bool {
		return !slices.Contains(mapSlice(s.spec.Listeners, s.groupName), g.name()) && slices.ContainsFunc(s.net.listeners, func(l netListener) bool {
			return slices.Contains(s.spec.Listeners, l.port()) && slices.Contains(l.forwardsTo(), g.arn())
		})
	})
}

func (s netKind) interfaceDescription() string { return "ELB net/" + s.spec.Balancer() + "/*" }

// logBucket is read with the load balancer.
func (s netKind) logBucket(context.Context) (string, error) {
	if s.net.attributes[logsEnabled] != "true" {
		return "", nil
	}
	return s.net.attributes[logsBucket], nil
}

func (s netKind) logStatements() []map[string]any { return s.networkLogStatements() }

func (s netKind) writesTestFile() bool { return false }

// refuses no key that ACM issues or imports for a load balancer.
func (s netKind) refuses(acmtypes.KeyAlgorithm) string { return "" }

// refusesEncryption: with KMS, the key's own policy decides, which is not read; a key of
// AWS's cannot be used at all, and is not told apart here.
func (s netKind) refusesEncryption(algorithm string) string {
	if strings.HasPrefix(algorithm, "aws:kms:dsse") {
		return "with which access logs are not delivered: set it to AES256 (SSE-S3)"
	}
	return ""
}

// networkLimits are the names of the limits of network load balancers.
var networkLimits = limitNames{
	balancers: "network-load-balancers", listeners: "listeners-per-network-load-balancer",
	targets: "targets-per-availability-zone-per-network-load-balancer",
}

func (s netKind) readLimits(ctx context.Context) error {
	out, err := s.cloud.ELBv2.DescribeAccountLimits(ctx, &elbv2.DescribeAccountLimitsInput{}, func(o *elbv2.Options) { o.RetryMaxAttempts = quotaAttempts })
	if err != nil {
		return err
	}
	for _, l := range out.Limits {
		s.quotas.note(text(l.Name), text(l.Max), networkLimits)
	}
	return EachPage(ctx, elbv2.NewDescribeLoadBalancersPaginator(s.cloud.ELBv2, &elbv2.DescribeLoadBalancersInput{}), func(page *elbv2.DescribeLoadBalancersOutput) {
		for _, b := range page.LoadBalancers {
			if isNetwork(b) {
				s.quotas.existing++
			}
		}
	})
}

// overQuota counts a target once for each listener, and with cross-zone against one
// zone's limit, as AWS does.
func (s netKind) overQuota() []Change {
	return slices.Concat(
		exceeds("listeners of a network load balancer", len(s.spec.Listeners), s.quotas.listeners),
		exceeds("targets of a network load balancer, counted once a listener", len(s.network.coordinators)*len(s.spec.Listeners), s.quotas.targets),
	)
}
