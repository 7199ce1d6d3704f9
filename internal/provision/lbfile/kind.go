package lbfile

import (
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// Bounds that AWS documents of network load balancers (Elastic Load Balancing API
// 2015-12-01, and its guide "Update the TCP idle timeout for your Network Load
// Balancer listener").
const (
	minNetworkIdle = 60
	maxNetworkIdle = 6000
	tlsIdleTimeout = Span(350 * time.Second) // of a TLS listener; it cannot be changed
	networkLogs    = Span(5 * time.Minute)   // how often access logs are written; it cannot be changed
)

// idleCheck is the range of the idle timeout, which depends on the kind.
func (s Spec) idleCheck() check {
	outside := func(low, high int32) bool { return s.IdleTimeout.Seconds() < low || s.IdleTimeout.Seconds() > high }
	switch {
	case s.Kind != NetworkBalancer:
		return check{outside(1, maxIdleTimeout), "idle_timeout", fmt.Sprintf("%s is out of range: 1s to %ds", s.IdleTimeout, maxIdleTimeout)}
	case s.TLS != nil:
		return check{s.IdleTimeout != tlsIdleTimeout, "idle_timeout", fmt.Sprintf("%s cannot be set: the idle timeout of a network load balancer's TLS listener is %s, which AWS does not change. Remove it, or remove tls and let the coordinators encrypt", s.IdleTimeout, tlsIdleTimeout)}
	}
	return check{outside(minNetworkIdle, maxNetworkIdle), "idle_timeout", fmt.Sprintf("%s is out of range for kind: network: %ds to %ds", s.IdleTimeout, minNetworkIdle, maxNetworkIdle)}
}

// kindChecks are those of what only one kind has.
func (s Spec) kindChecks() []check {
	if s.Kind == NetworkBalancer {
		return s.networkBalancerChecks()
	}
	var claims []check
	for _, key := range []struct {
		name string
		set  bool
	}{
		{"targets", s.Targets != ""},
		{"preserve_client_ip", s.PreserveClientIP != nil},
		{"connection_termination", s.ConnectionTermination},
		{"unhealthy_draining", s.UnhealthyDraining != nil},
		{"stickiness", s.Stickiness != ""},
	} {
		claims = append(claims, check{key.set, key.name, "only a network load balancer has it: set kind: network, or remove it"})
	}
	return claims
}

func (s Spec) networkBalancerChecks() []check {
	protocol, _, _ := s.HealthCheckTarget()
	encrypted := s.TLS != nil && s.TLS.Backend == Encrypted
	return []check{
		{s.Targets != ByInstance && s.Targets != ByAddress, "targets", "invalid targets " + usertext.Quote(string(s.Targets)) + ": expected instance or ip"},
		{s.Stickiness != "" && s.Stickiness != BySource, "stickiness", "invalid stickiness " + usertext.Quote(string(s.Stickiness)) + ": expected source_ip, or none at all"},
		{s.Stickiness != "" && encrypted, "stickiness", "AWS does not support it for TLS listeners with TLS behind: remove it, or set tls.backend: plain"},
		{protocol == "SSL", "health_check.target", "a network load balancer's health check is TCP, HTTP or HTTPS"},
		{s.AccessLogs != nil && s.TLS == nil, "access_logs", "a network load balancer writes access logs of TLS listeners only, and these are TCP: remove access_logs (VPC flow logs show the connections), or set tls"},
	}
}
