package awscheck

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The attributes that are judged, by AWS's names. Those of a Classic load balancer
// have the names of its API's structures.
const (
	classicIdle  = "ConnectionSettings.IdleTimeout"
	classicCross = "CrossZoneLoadBalancing.Enabled"
	classicDrain = "ConnectionDraining.Enabled"
	classicDelay = "ConnectionDraining.Timeout"

	listenerIdle   = "tcp.idle_timeout.seconds"
	crossZone      = "load_balancing.cross_zone.enabled" // of a load balancer, and of a target group
	crossInherited = "use_load_balancer_configuration"
	routingPolicy  = "dns_record.client_routing_policy"
	groupDelay     = "deregistration_delay.timeout_seconds"
	cutUnhealthy   = "target_health_state.unhealthy.connection_termination.enabled"
	drainUnhealthy = "target_health_state.unhealthy.draining_interval_seconds"
	proxyProtocol  = "proxy_protocol_v2.enabled"
	stickiness     = "stickiness.enabled"
	preserveClient = "preserve_client_ip.enabled"
)

// seconds is an attribute that is a time.
func seconds(attributes map[string]string, key string) (scenarios.Seconds, bool) {
	n, err := strconv.ParseInt(attributes[key], 10, 32)
	return scenarios.Seconds(n), err == nil && n >= 0
}

// isOn is an attribute that is true or false; known is false where AWS did not say.
func isOn(attributes map[string]string, key string) (on, known bool) {
	text := attributes[key]
	return text == "true", text == "true" || text == "false"
}

// unsaid is the outcome where AWS's answer has not an attribute.
func unsaid(key string) outcome { return unknown("AWS's answer has no %s", key) }

// endsTLS reports whether a listener has a certificate.
func endsTLS(l scenarios.AuditListener) bool {
	return slices.Contains([]string{"TLS", "SSL", "HTTPS"}, l.Protocol)
}

// tlsListeners are those that end TLS.
func (a asked) tlsListeners() []scenarios.AuditListener {
	var out []scenarios.AuditListener
	for _, l := range a.Listeners {
		if endsTLS(l) {
			out = append(out, l)
		}
	}
	return out
}

// fixedIdle is the idle timeout of a TLS listener of a network load balancer, which
// cannot be changed.
const fixedIdle = scenarios.Seconds(350)

// shortestIdle is the shortest idle timeout, and of what.
func (a asked) shortestIdle() (of string, idle scenarios.Seconds, known bool) {
	if a.Type == scenarios.BalancerClassic {
		idle, known = seconds(a.Attributes, classicIdle)
		return "the load balancer", idle, known
	}
	for _, l := range a.Listeners {
		this, ok := seconds(l.Attributes, listenerIdle)
		if endsTLS(l) {
			this, ok = fixedIdle, true
		}
		if ok && (!known || this < idle) {
			of, idle, known = listenerName(l), this, true
		}
	}
	return of, idle, known
}

func listenerName(l scenarios.AuditListener) string {
	return fmt.Sprintf("the listener %s:%d", l.Protocol, l.Port)
}

// impala is the largest of a number that the targets' pages show.
func (a asked) impala(of func(scenarios.AuditImpala) *scenarios.Seconds) *scenarios.Seconds {
	var most *scenarios.Seconds
	for _, g := range a.Groups {
		for _, t := range g.Targets {
			if t.Impala == nil {
				continue
			}
			if v := of(*t.Impala); v != nil && (most == nil || *v > *most) {
				most = v
			}
		}
	}
	return most
}

// said is a time of the pages, or else of the configuration; nil where neither says.
func (a asked) said(of func(scenarios.AuditImpala) *scenarios.Seconds, configured scenarios.Duration) *scenarios.Seconds {
	if v := a.impala(of); v != nil {
		return v
	}
	if configured == 0 {
		return nil
	}
	v := secondsOf(configured)
	return &v
}

func (a asked) keepalive() *scenarios.Seconds {
	return a.said(func(i scenarios.AuditImpala) *scenarios.Seconds { return i.Keepalive }, a.config.Keepalive)
}

func (a asked) idleSession() *scenarios.Seconds {
	return a.said(func(i scenarios.AuditImpala) *scenarios.Seconds { return i.IdleSession }, a.config.IdleSession)
}

// usualGrace is Impala's shutdown_grace_period_s where nothing else is set.
const usualGrace = scenarios.Seconds(120)

func (a asked) grace() scenarios.Seconds {
	if v := a.said(func(i scenarios.AuditImpala) *scenarios.Seconds { return i.Grace }, a.config.Grace); v != nil {
		return *v
	}
	return usualGrace
}

func secondsOf(d scenarios.Duration) scenarios.Seconds {
	return scenarios.Seconds(float64(d) / 1e9)
}
