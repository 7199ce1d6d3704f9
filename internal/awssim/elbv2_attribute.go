package awssim

import "maps"

// The defaults of the API reference, of network load balancers, their TCP listeners and
// their target groups.
var (
	networkDefaults = map[string]string{
		"access_logs.s3.enabled": "false", "access_logs.s3.bucket": "", "access_logs.s3.prefix": "",
		"deletion_protection.enabled": "false", "load_balancing.cross_zone.enabled": "false",
		"dns_record.client_routing_policy": "any_availability_zone", "zonal_shift.config.enabled": "false",
		"ipv6.deny_all_igw_traffic": "false", "secondary_ips.auto_assigned.per_subnet": "0",
	}
	tcpListenerDefaults = map[string]string{idleKey: "350"}
	targetGroupDefaults = map[string]string{
		"deregistration_delay.timeout_seconds": "300", "deregistration_delay.connection_termination.enabled": "false",
		"preserve_client_ip.enabled": "true", "proxy_protocol_v2.enabled": "false",
		"stickiness.enabled": "false", "stickiness.type": "source_ip",
		"load_balancing.cross_zone.enabled":                                              "use_load_balancer_configuration",
		"target_health_state.unhealthy.connection_termination.enabled":                   "true",
		"target_health_state.unhealthy.draining_interval_seconds":                        "0",
		"target_group_health.dns_failover.minimum_healthy_targets.count":                 "1",
		"target_group_health.dns_failover.minimum_healthy_targets.percentage":            "off",
		"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      "1",
		"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "off",
	}
)

// idleKey is the only attribute of a listener; one for TLS has none.
const idleKey = "tcp.idle_timeout.seconds"

// overlaid is defaults with what was set.
func overlaid(defaults, own map[string]string) map[string]string {
	out := maps.Clone(defaults)
	maps.Copy(out, own)
	return out
}

// attributes of a group: client addresses of targets by address are not preserved
// unless it is asked for.
func (g *TargetGroup) attributes() map[string]string {
	out := overlaid(targetGroupDefaults, nil)
	if g.Kind == "ip" {
		out["preserve_client_ip.enabled"] = "false"
	}
	maps.Copy(out, g.Attributes)
	return out
}

// attributes of a listener: the idle timeout of one for TLS is not told.
func (l NetworkListener) attributes() map[string]string {
	if l.protocol() == "TLS" {
		return overlaid(map[string]string{}, l.Attributes)
	}
	return overlaid(tcpListenerDefaults, l.Attributes)
}

func (l NetworkListener) protocol() string { return orText(l.Protocol, "TCP") }
