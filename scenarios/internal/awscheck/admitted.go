package awscheck

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/netset"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// webPort is the port of Impala's web pages.
const webPort = 25000

func covers(r scenarios.AuditRule, port int) bool { return r.From <= port && port <= r.To }

// servedPorts are those of the targets that connections and health checks go to.
func (a asked) servedPorts() []int {
	var out []int
	for _, l := range a.Listeners {
		out = append(out, a.backendPorts(l)...)
	}
	for _, g := range a.Groups {
		if g.Check.Port != 0 {
			out = append(out, g.Check.Port)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func judgeOpenGroups(a asked) outcome {
	ports := []int{webPort}
	for _, l := range a.Listeners {
		ports = append(ports, l.Port)
	}
	if a.Type == scenarios.BalancerNetwork && len(a.Firewall) == 0 {
		return bad("it has no security group: everything that reaches its addresses reaches the listeners, and one without a group cannot get one")
	}
	if text := openTo(a.Firewall, ports); text != "" {
		return bad("of the load balancer: %s", text)
	}
	behind := append(a.servedPorts(), webPort)
	if text := openTo(a.Behind, behind); text != "" {
		return bad("of the targets: %s", text)
	}
	if a.Type == scenarios.BalancerClassic {
		if text := around(a.Behind, behind); text != "" {
			return unwise("of the targets: %s", text)
		}
	}
	return good("no security group admits every address")
}

// openTo says which rules admit every address, or nearly, to one of some ports: what one
// rule of one group does not, several may together.
func openTo(groups []scenarios.AuditFirewall, ports []int) string {
	for _, port := range ports {
		var networks []netip.Prefix
		of := map[netip.Prefix]string{} // the group that admits a network first
		for _, g := range groups {
			for _, r := range g.In {
				p, err := netip.ParsePrefix(r.CIDR)
				if err != nil || !covers(r, port) {
					continue
				}
				if networks = append(networks, p); of[p.Masked()] == "" {
					of[p.Masked()] = g.ID
				}
			}
		}
		if open := netset.NearlyAll(networks); len(open) > 0 {
			return openText(open, of, port)
		}
	}
	return ""
}

// openText names the groups, and the networks that they admit.
func openText(open []netip.Prefix, of map[netip.Prefix]string, port int) string {
	if len(open) == 1 {
		return fmt.Sprintf("%s admits %s to port %d", of[open[0]], open[0], port)
	}
	var groups, networks []string
	for _, n := range open {
		networks = append(networks, n.String())
		if id := of[n]; !slices.Contains(groups, id) {
			groups = append(groups, id)
		}
	}
	return fmt.Sprintf("%s %s every address, or nearly, to port %d by %s together", phrase.List(groups), phrase.Agree(len(groups), "admits", "admit"), port, phrase.List(networks))
}

// around names the first rule by which clients reach targets past the load balancer.
func around(groups []scenarios.AuditFirewall, ports []int) string {
	for _, g := range groups {
		for _, r := range g.In {
			for _, port := range ports {
				if r.CIDR != "" && port != webPort && covers(r, port) {
					return fmt.Sprintf("%s admits %s to port %d, past the load balancer", g.ID, r.CIDR, port)
				}
			}
		}
	}
	return ""
}
