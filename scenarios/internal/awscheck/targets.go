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

// groupsOf are the target groups that a listener forwards to.
func (a asked) groupsOf(l scenarios.AuditListener) []scenarios.AuditTargets {
	var out []scenarios.AuditTargets
	for _, g := range a.Groups {
		if slices.Contains(l.Groups, g.Name) {
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
	coordinators := 0
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
				coordinators++
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
	case coordinators == 0:
		return unknown("no target is registered")
	}
	return good("every target is a coordinator: %s", phrase.Count(coordinators, "target"))
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
	for _, l := range a.Listeners {
		for _, port := range a.backendPorts(l) {
			switch {
			case !slices.Contains(usualPorts, port):
				return unwise("%s leads to port %d, and Impala's are %s", listenerName(l), port, phrase.List(numbers(usualPorts)))
			case slices.Contains(usualPorts, l.Port) && port != l.Port:
				return unwise("%s leads to port %d, where another protocol is spoken", listenerName(l), port)
			}
		}
	}
	return good("listeners lead to Impala's ports")
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

func judgeDoubles(a asked) outcome {
	for _, g := range a.Groups {
		seen := map[string]string{}
		for _, t := range g.Targets {
			for _, name := range []string{t.ID, t.Address} {
				if other, twice := seen[name]; twice && name != "" && other != targetName(t) {
					return unwise("%s has %s and %s, which are one machine", g.Name, other, targetName(t))
				}
				seen[name] = targetName(t)
			}
		}
	}
	return good("no machine is registered twice")
}
