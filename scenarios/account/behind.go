package account

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/awscheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// behind is what stands behind one listener.
type behind struct {
	a        scenarios.Audited
	listener scenarios.AuditListener
	groups   []scenarios.AuditTargets
	machines []machine               // that get connections and can answer them, sorted by name
	others   []scenarios.AuditTarget // that get connections, and are no coordinators
	idle     int                     // targets that get no connections
}

// machine is a coordinator: a target, or several that are one machine.
type machine struct {
	dns, address string
	targets      []scenarios.AuditTarget
	groups       []scenarios.AuditTargets // of each target
}

// behindListener is what stands behind the listener that s dials; why there is none that
// can be told.
func behindListener(s scenarios.Scenario, a scenarios.Audited) (b behind, why string) {
	if a.Type == "" {
		return b, "the load balancer was not read"
	}
	port := 0
	for _, e := range s.Target.Endpoints {
		_, p, err := scenarios.SplitEndpoint(e, s.Target.Protocol.Port())
		if err != nil || port != 0 && port != int(p) {
			return b, "the endpoints have different ports"
		}
		port = int(p)
	}
	b.a = a
	i := slices.IndexFunc(a.Listeners, func(l scenarios.AuditListener) bool { return l.Port == port })
	if i < 0 {
		return b, fmt.Sprintf("no listener of %s that was read has the port %d", a.Name, port)
	}
	b.listener = a.Listeners[i]
	for _, g := range a.Groups {
		if slices.Contains(b.listener.Groups, g.Name) {
			b.groups = append(b.groups, g)
			b.add(g)
		}
	}
	slices.SortFunc(b.machines, func(x, y machine) int {
		return cmp.Or(cmp.Compare(x.dns, y.dns), cmp.Compare(x.address, y.address), cmp.Compare(x.targets[0].ID, y.targets[0].ID))
	})
	return b, ""
}

// add adds the targets of a group that get connections: those in service, or where a
// network load balancer has none of these, all. Where nobody may say which are, all.
func (b *behind) add(g scenarios.AuditTargets) {
	serving := slices.ContainsFunc(g.Targets, awscheck.InService)
	unknown := slices.ContainsFunc(g.Targets, func(t scenarios.AuditTarget) bool { return t.State == "" })
	failsOpen := !serving && b.a.Type == scenarios.BalancerNetwork
	for _, t := range g.Targets {
		switch {
		case !awscheck.InService(t) && (!failsOpen || t.State == "draining" || t.State == "unused") && !unknown:
			b.idle++
		case t.Impala != nil && t.Impala.Coordinator != nil && !*t.Impala.Coordinator:
			b.others = append(b.others, t)
		default:
			b.addMachine(t, g)
		}
	}
}

func (b *behind) addMachine(t scenarios.AuditTarget, g scenarios.AuditTargets) {
	same := func(m machine) bool {
		return m.targets[0].ID == t.ID || t.Address != "" && m.address == t.Address
	}
	i := slices.IndexFunc(b.machines, same)
	if i < 0 {
		i = len(b.machines)
		b.machines = append(b.machines, machine{})
	}
	m := &b.machines[i]
	m.dns, m.address = cmp.Or(m.dns, t.DNS), cmp.Or(m.address, t.Address)
	m.targets, m.groups = append(m.targets, t), append(m.groups, g)
}

// leftOut says which targets are not expected to answer.
func (b behind) leftOut() string {
	text := ""
	if b.idle > 0 {
		text += fmt.Sprintf("; %s not in service", phrase.Were(b.idle, "target"))
	}
	if n := len(b.others); n > 0 {
		text += fmt.Sprintf("; %s no coordinator", phrase.Were(n, "target"))
	}
	return text
}

// policy is how the load balancer chooses; "": the account does not tell. A Classic one
// takes turns for listeners of connections, and counts requests for those of HTTP.
func (b behind) policy() scenarios.Policy {
	if b.a.Type == scenarios.BalancerClassic {
		if b.listener.Protocol == "TCP" || b.listener.Protocol == "SSL" {
			return scenarios.PolicyRoundRobin
		}
		return ""
	}
	if len(b.groups) == 0 {
		return ""
	}
	for i, g := range b.groups {
		on, known := awscheck.Sticky(g)
		switch first, _ := awscheck.Sticky(b.groups[0]); {
		case !known || i > 0 && on != first:
			return ""
		case on:
			return scenarios.PolicySource
		}
	}
	return scenarios.PolicyFlowHash
}

// nodes is how many addresses the name of a network load balancer has: one in each zone.
// 0: not known, as of a Classic one, which has as many as its load takes.
func (b behind) nodes(s scenarios.Scenario) int {
	plain := b.a.Addresses == "ipv4" || b.a.Addresses == "dualstack" && s.Target.DNS == scenarios.DNSIPv4
	switch {
	case b.a.Type != scenarios.BalancerNetwork, !plain, len(s.Target.Endpoints) != 1, !isName(s.Target.Endpoints[0]),
		s.Target.DNS == scenarios.DNSOS, s.Target.DNS == scenarios.DNSIPv6, !awscheck.AnswersAllZones(b.a):
		return 0
	}
	zones := map[string]bool{}
	for _, z := range b.a.Zones {
		zones[z] = true
	}
	for _, g := range b.a.Groups { // a zone without a healthy target leaves DNS
		if on, known := awscheck.Crosses(b.a, g); on && known {
			continue
		}
		serves := map[string]bool{}
		for _, t := range g.Targets {
			serves[t.Zone] = serves[t.Zone] || awscheck.InService(t)
		}
		for _, z := range b.a.Zones {
			if !serves[z] {
				return 0
			}
		}
	}
	return len(zones)
}

// isName reports whether an endpoint is a name of nodes, and not the address of one.
func isName(endpoint string) bool {
	host, _, err := scenarios.SplitEndpoint(endpoint, 1)
	_, notAddress := netip.ParseAddr(host)
	return err == nil && notAddress != nil
}
