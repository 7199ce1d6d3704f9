package awscheck

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

func judgeProxyProtocol(a asked) outcome {
	for _, g := range a.Groups {
		if len(g.Proxied) > 0 {
			return bad("a PROXY header is sent to instance port %s", phrase.List(numbers(g.Proxied)))
		}
		if a.Type == scenarios.BalancerClassic {
			continue
		}
		switch on, known := isOn(g.Attributes, proxyProtocol); {
		case !known:
			return unsaid(proxyProtocol)
		case on:
			return bad("a PROXY header is sent to the targets of %s", g.Name)
		}
	}
	return good("no PROXY header is sent")
}

func numbers(ns []int) []string {
	var out []string
	for _, n := range ns {
		out = append(out, fmt.Sprint(n))
	}
	return out
}

// Sticky reports whether a target group keeps each client address on one target.
func Sticky(g scenarios.AuditTargets) (on, known bool) { return isOn(g.Attributes, stickiness) }

func judgeSticky(a asked) outcome {
	for _, l := range a.Listeners {
		wanted := l.Port == a.config.Sticky
		for _, g := range a.groupsOf(l) {
			switch on, known := Sticky(g); {
			case !known:
				return unsaid(stickiness)
			case on && !wanted:
				return bad("%s sends all sessions of an address to one target (%s of %s)", listenerName(l), stickiness, g.Name)
			case !on && wanted:
				return bad("%s must keep a client on one coordinator, and %s of %s is false", listenerName(l), stickiness, g.Name)
			}
		}
	}
	if port := a.config.Sticky; port != 0 && !slices.ContainsFunc(a.Listeners, func(l scenarios.AuditListener) bool { return l.Port == port }) {
		return bad("no listener has the port %d, which must keep a client on one coordinator", port)
	}
	return good("sessions are sticky where they must be, and nowhere else")
}

// groupsOf are the target groups that get a listener's connections.
func (a asked) groupsOf(l scenarios.AuditListener) []scenarios.AuditTargets {
	var out []scenarios.AuditTargets
	served := Served(l)
	for _, g := range a.Groups {
		if slices.Contains(served, g.Name) {
			out = append(out, g)
		}
	}
	return out
}

func judgeHairpin(a asked) outcome {
	if a.Scheme != "internal" {
		return good("it is %s: targets do not reach it by their own addresses", a.Scheme)
	}
	for _, g := range a.Groups {
		switch on, known := isOn(g.Attributes, preserveClient); {
		case !known:
			return unsaid(preserveClient)
		case on && a.config.ClientsOn:
			return unwise("%s preserves client addresses, and clients run on its targets", g.Name)
		case on:
			return unknown("%s preserves client addresses, and whether clients run on its targets is not known", g.Name).
				toldBy(phrase.Set("audit.clients_on_targets", "true", "clients such as Hue run on the coordinators"))
		}
	}
	return good("client addresses are not preserved")
}

func judgeRoles(a asked) outcome {
	var executors, quiescing, unread []string
	var coordinators []scenarios.AuditTarget
	for _, g := range a.Groups {
		for _, t := range g.Targets {
			switch {
			case t.Impala == nil || t.Impala.Coordinator == nil:
				unread = append(unread, targetName(t))
			case !*t.Impala.Coordinator:
				executors = append(executors, targetName(t))
			case t.Impala.Quiescing && InService(t):
				quiescing = append(quiescing, targetName(t))
			default:
				coordinators = append(coordinators, t)
			}
		}
	}
	switch {
	case len(executors) > 0:
		return bad("no coordinator (is_coordinator is false): %s", phrase.List(executors))
	case len(quiescing) > 0:
		return bad("shutting down, and in service: %s", phrase.List(quiescing))
	case len(unread) > 0 && !a.PagesAsked:
		return unknown("is_coordinator is not known").toldBy(phrase.Set("target.web_port", "25000", "read it from Impala's web pages"))
	case len(unread) > 0:
		return unknown("the web pages of %s did not say is_coordinator%s", phrase.List(unread), a.pageError())
	case len(coordinators) == 0:
		return unknown("no target is registered")
	}
	return good("every target is a coordinator: %s", phrase.Count(machines(coordinators), "machine"))
}

// pageError is why the first page was not read, after a colon.
func (a asked) pageError() string {
	for _, g := range a.Groups {
		for _, t := range g.Targets {
			if t.Impala != nil && t.Impala.Err != "" {
				return ": " + t.Impala.Err
			}
		}
	}
	return ""
}

// usualPorts are Impala's for clients: Beeswax, HiveServer2, HiveServer2 over HTTP.
var usualPorts = []int{beeswaxPort, 21050, 28000}

func judgeTargetPorts(a asked) outcome {
	worst := good("listeners lead to Impala's ports")
	for _, l := range a.Listeners {
		ports := a.backendPorts(l)
		if mixed(ports) {
			return bad("%s leads to ports of different protocols: %s", listenerName(l), phrase.List(numbers(ports)))
		}
		if worst.note != "" {
			continue
		}
		for _, port := range ports {
			switch {
			case !slices.Contains(usualPorts, port):
				worst = unwise("%s leads to port %d, and Impala's are %s", listenerName(l), port, phrase.List(numbers(usualPorts)))
			case slices.Contains(usualPorts, l.Port) && port != l.Port:
				worst = unwise("%s leads to port %d, where another protocol is spoken", listenerName(l), port)
			}
		}
	}
	return worst
}

// lastSystemPort is the last port that impalad, which is no program of root, cannot open.
const lastSystemPort = 1023

// mixed reports whether some sessions of a listener certainly fail: one of its ports is
// Impala's for clients, and another is not that of the same protocol. A port of which
// nothing is known may be one that Impala was told to open.
func mixed(ports []int) bool {
	usual, other := 0, 0
	for _, port := range ports {
		switch {
		case slices.Contains(usualPorts, port):
			usual++
		case port <= lastSystemPort || port == webPort:
			other++
		}
	}
	return usual > 1 || usual == 1 && other > 0
}

// backendPorts are the ports of the targets that a listener leads to.
func (a asked) backendPorts(l scenarios.AuditListener) []int {
	if a.Type == scenarios.BalancerClassic {
		return []int{l.BackendPort}
	}
	var out []int
	add := func(port int) {
		if port != 0 && !slices.Contains(out, port) {
			out = append(out, port)
		}
	}
	for _, g := range a.groupsOf(l) {
		for _, t := range g.Targets {
			add(t.Port)
		}
		if len(g.Targets) == 0 {
			add(g.Port)
		}
	}
	return out
}
