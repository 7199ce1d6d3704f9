package awscheck

import "slices"

// checks is the table, in the order of findings.
var checks = slices.Concat(idleChecks, zoneChecks, healthChecks, drainChecks, targetChecks, securityChecks)

var idleChecks = []check{
	{
		id: "audit.idle.limit", title: "idle connections outlive what clients keep them for",
		why:      "A connection that is cut while its client keeps it fails the client's next statement. A Classic load balancer closes it; a network load balancer drops it in silence and resets the next packet. While a DDL statement or a LOAD runs, nothing is sent either.",
		suffers:  "JDBC pools, Hue, impala-shell during DDL",
		document: document{"AWS: update the TCP idle timeout for your Network Load Balancer listener; configure the idle connection timeout for your Classic Load Balancer", networkGuide + "update-idle-timeout.html"},
		classic: aspect{healthy: "ConnectionSettings.IdleTimeout at least as long as clients keep connections, 5m unless said otherwise", fails: true, needs: []string{readAttributes}, judge: judgeIdle,
			mend: mend{setClassicIdle, classicIdleArgument}},
		network: aspect{healthy: "tcp.idle_timeout.seconds of each listener at least as long as clients keep connections, 5m unless said otherwise; of a TLS listener it is 350 s and cannot be changed", fails: true, needs: []string{readListeners, readListener}, judge: judgeIdle,
			mend: mend{setNetworkIdle, networkIdleArgument}},
	},
	{
		id: "audit.idle.keepalive", title: "keepalive probes come before the idle timeout",
		why:      "Impala's TCP keepalive (client_keepalive_probe_period_s, 600 s) keeps a flow through a network load balancer alive only if the first probe comes before the idle timeout.",
		suffers:  "connection pools",
		document: document{"AWS: Network Load Balancers, idle timeout; Impala: client_keepalive_probe_period_s", networkGuide + "update-idle-timeout.html"},
		classic:  aspect{none: "a Classic load balancer does not count keepalive probes: only data keeps a connection open"},
		network: aspect{healthy: "client_keepalive_probe_period_s less than tcp.idle_timeout.seconds", needs: []string{readListeners, readListener}, judge: judgeKeepalive,
			mend: mend{sooner("client_keepalive_probe_period_s"), ofImpalad}},
	},
	{
		id: "audit.idle.session", title: "connections that were cut do not keep threads of Impala",
		why:      "Impala does not notice that a connection was cut in silence: its thread stays in use until the session expires (idle_session_timeout) or a keepalive probe fails.",
		suffers:  "all, after days",
		document: document{"Impala: setting the timeout period for idle queries and sessions", impalaGuide + "impala_timeouts.html"},
		classic: aspect{healthy: "the idle timeout at least idle_session_timeout; or that is 0, with keepalive probes", needs: []string{readAttributes}, judge: judgeIdleSession,
			mend: mend{sooner("idle_session_timeout"), ofImpalad}},
		network: aspect{healthy: "the idle timeout at least idle_session_timeout; or that is 0, with keepalive probes", needs: []string{readListeners, readListener}, judge: judgeIdleSession,
			mend: mend{sooner("idle_session_timeout"), ofImpalad}},
	},
	{
		id: "audit.idle.range", title: "the idle timeout can be set again",
		why:      "The model of the API allows 1 to 3600 s, the user guide 4000: a value above 3600 may be refused when it is set again.",
		suffers:  "provisioning",
		document: document{"AWS: ConnectionSettings, API reference 2012-06-01", "https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_ConnectionSettings.html"},
		classic: aspect{healthy: "ConnectionSettings.IdleTimeout at most 3600", needs: []string{readAttributes}, judge: judgeIdleRange,
			mend: mend{cli("aws elb modify-load-balancer-attributes", "load-balancer-name", "NAME", "load-balancer-attributes", `'{"ConnectionSettings":{"IdleTimeout":3600}}'`), "idle_timeout of aws_elb"}},
		network: aspect{none: notOfNetwork},
	},
}

// Calls of several checks.
var (
	turnCrossZoneOn = cli("aws elb modify-load-balancer-attributes", "load-balancer-name", "NAME", "load-balancer-attributes", `'{"CrossZoneLoadBalancing":{"Enabled":true}}'`)
	netCrossZoneOn  = cli("aws elbv2 modify-load-balancer-attributes", "load-balancer-arn", "LOAD_BALANCER_ARN", "attributes", "Key=load_balancing.cross_zone.enabled,Value=true")
)

var zoneChecks = []check{
	{
		id: "audit.zone.cross", title: "every coordinator gets its share",
		why:      "Without cross-zone balancing each zone gets an equal part of the connections, whatever number of coordinators it has: the share of one is 1/(zones x targets in its zone). The API's default is off.",
		suffers:  "the coordinator that is alone in its zone",
		document: document{"AWS: cross-zone load balancing for target groups", targetAttributes},
		classic: aspect{healthy: "CrossZoneLoadBalancing on, or equally many targets in each zone; fails where one gets more than 1.5 times its fair share", fails: true, needs: []string{readAttributes}, judge: judgeCrossZone,
			mend: mend{turnCrossZoneOn, "cross_zone_load_balancing of aws_elb"}},
		network: aspect{healthy: "load_balancing.cross_zone.enabled true, of which the target group's value goes before the load balancer's, or equally many targets in each zone; fails where one gets more than 1.5 times its fair share", fails: true, needs: []string{readAttributes, readGroups, readGroup, readTargets}, judge: judgeCrossZone,
			mend: mend{netCrossZoneOn, "enable_cross_zone_load_balancing of aws_lb, load_balancing_cross_zone_enabled of aws_lb_target_group"}},
	},
	{
		id: "audit.zone.empty", title: "every enabled zone has a target in service",
		why:      "A node in a zone without a target refuses connections, or leaves DNS: clients that cached its address fail.",
		suffers:  "clients that are pinned to a node",
		document: document{"AWS: Network Load Balancers, availability zones", networkGuide + "network-load-balancers.html"},
		classic: aspect{healthy: "a target in service in every enabled zone, or cross-zone balancing", fails: true, needs: []string{readAttributes, readInstances}, judge: judgeEmptyZones,
			mend: mend{turnCrossZoneOn, "instances and subnets of aws_elb"}},
		network: aspect{healthy: "a target in service in every enabled zone, or cross-zone balancing", fails: true, needs: []string{readAttributes, readGroups, readGroup, readTargets}, judge: judgeEmptyZones,
			mend: mend{netCrossZoneOn + ", or set-subnets", "subnets of aws_lb"}},
	},
	{
		id: "audit.zone.disabled", title: "every target is in an enabled zone",
		why:      "A target in a zone that is not enabled gets no connection.",
		suffers:  "all: capacity is lost",
		document: document{"AWS: register targets; target health status", networkGuide + "target-group-health-checks.html"},
		classic: aspect{healthy: "each instance is in a zone of the load balancer", fails: true, needs: []string{readInstances}, judge: judgeDisabledZones,
			mend: mend{cli("aws elb attach-load-balancer-to-subnets", "load-balancer-name", "NAME", "subnets", "SUBNET"), "subnets of aws_elb"}},
		network: aspect{healthy: "no target is Target.NotInUse, and each is in an enabled zone", fails: true, needs: []string{readGroups, readTargets}, judge: judgeDisabledZones,
			mend: mend{cli("aws elbv2 set-subnets", "load-balancer-arn", "LOAD_BALANCER_ARN", "subnets", "SUBNETS"), "subnets of aws_lb"}},
	},
	{
		id: "audit.zone.affinity", title: "clients see every zone",
		why:      "With an affinity of zones in DNS, and without cross-zone balancing, a client reaches the targets of its own zone alone.",
		suffers:  "the spread of what one host opens",
		document: document{"AWS: Network Load Balancers, DNS client routing policy", networkGuide + "network-load-balancers.html"},
		classic:  aspect{none: notOfClassic},
		network: aspect{healthy: "dns_record.client_routing_policy is any_availability_zone, or cross-zone balancing is on", needs: []string{readAttributes, readGroups, readGroup}, judge: judgeAffinity,
			mend: mend{cli("aws elbv2 modify-load-balancer-attributes", "load-balancer-arn", "LOAD_BALANCER_ARN", "attributes", "Key=dns_record.client_routing_policy,Value=any_availability_zone"), "dns_record_client_routing_policy of aws_lb"}},
	},
	{
		id: "audit.zone.shift", title: "no zone is shifted away from",
		why:      "During a zonal shift a zone gets no traffic: the coordinators that are met are fewer than those that are declared.",
		suffers:  "whoever judges the spread",
		document: document{"AWS: zonal shift for your Network Load Balancer", networkGuide + "zonal-shift.html"},
		classic:  aspect{none: notOfClassic},
		network: aspect{healthy: "AdministrativeOverride of every target is no_override", needs: []string{readGroups, readTargets}, judge: judgeShift,
			mend: mend{cli("aws arc-zonal-shift cancel-zonal-shift", "zonal-shift-id", "ID") + ", once the zone is well", "enable_zonal_shift of aws_lb lets one be started"}},
	},
}

// configureCheck replaces the health check of a Classic load balancer.
var configureCheck = cli("aws elb configure-health-check", "load-balancer-name", "NAME", "health-check", "Target=HTTP:25000/healthz,Interval=10,Timeout=5,UnhealthyThreshold=2,HealthyThreshold=2")

var healthChecks = []check{
	{
		id: "audit.health.any", title: "every target is in service",
		why:      "A target that is not in service gets no connections; where none of a network load balancer is, all get them, dead ones too.",
		suffers:  "1/k of all sessions, or all",
		document: document{"AWS: health checks for target groups", networkGuide + "target-group-health-checks.html"},
		classic: aspect{healthy: "DescribeInstanceHealth: every instance is InService", fails: true, needs: []string{readInstances}, judge: judgeHealth,
			mend: mend{"see AWS's reason: " + cli("aws elb describe-instance-health", "load-balancer-name", "NAME"), "health_check and instances of aws_elb"}},
		network: aspect{healthy: "DescribeTargetHealth: every target is healthy", fails: true, needs: []string{readGroups, readTargets}, judge: judgeHealth,
			mend: mend{"see AWS's reason: " + cli("aws elbv2 describe-target-health", "target-group-arn", "TARGET_GROUP_ARN"), "health_check of aws_lb_target_group"}},
	},
	{
		id: "audit.health.blind", title: "the health check sees an impalad that hangs",
		why:      "A check by TCP passes while the process accepts and does nothing, and each one that closes before SASL takes one of the two threads that set sessions up.",
		suffers:  "1/k of sessions, at their login",
		document: document{"Impala: using Impala through a proxy for high availability", impalaGuide + "impala_proxy.html"},
		classic: aspect{healthy: "HealthCheck.Target is HTTP:25000/healthz, or HTTPS", judge: judgeBlindCheck,
			mend: mend{configureCheck, "health_check of aws_elb"}},
		network: aspect{healthy: "HealthCheckProtocol HTTP or HTTPS, port 25000, path /healthz", needs: []string{readGroups}, judge: judgeBlindCheck,
			mend: mend{cli("aws elbv2 modify-target-group", "target-group-arn", "TARGET_GROUP_ARN", "health-check-protocol", "HTTP", "health-check-port", "25000", "health-check-path", "/healthz"), "health_check of aws_lb_target_group"}},
	},
	{
		id: "audit.health.port", title: "the health check asks on a port that Impala opens",
		why:      "From Impala 5 on, Beeswax (port 21000) is off by default (beeswax_port is 0): a check of that port takes every target out after the upgrade.",
		suffers:  "everyone",
		document: document{"Impala: ports used by Impala", impalaGuide + "impala_ports.html"},
		classic: aspect{healthy: "not port 21000 where beeswax_port is 0", fails: true, judge: judgeCheckPort,
			mend: mend{configureCheck, "health_check of aws_elb"}},
		network: aspect{healthy: "not port 21000 where beeswax_port is 0", fails: true, needs: []string{readGroups, readTargets}, judge: judgeCheckPort,
			mend: mend{cli("aws elbv2 modify-target-group", "target-group-arn", "TARGET_GROUP_ARN", "health-check-port", "25000"), "health_check of aws_lb_target_group"}},
	},
	{
		id: "audit.health.slow", title: "targets come and go in time",
		why:      "A coordinator that was restarted gets no session until it has passed every check, and one that died gets sessions until it has failed them.",
		suffers:  "sessions after restarts",
		document: document{"AWS: configure health checks for your Classic Load Balancer; health checks for target groups", networkGuide + "target-group-health-checks.html"},
		classic: aspect{healthy: "Interval x HealthyThreshold at most 2m, Interval x UnhealthyThreshold at most 1m", judge: judgeSlowCheck,
			mend: mend{configureCheck, "health_check of aws_elb"}},
		network: aspect{healthy: "interval x healthy threshold at most 3m, interval x unhealthy threshold at most 1m", needs: []string{readGroups}, judge: judgeSlowCheck,
			mend: mend{cli("aws elbv2 modify-target-group", "target-group-arn", "TARGET_GROUP_ARN", "health-check-interval-seconds", "10", "healthy-threshold-count", "2", "unhealthy-threshold-count", "2"), "health_check of aws_lb_target_group"}},
	},
	{
		id: "audit.health.tls13", title: "the health check speaks a version of TLS that Impala takes",
		why:      "HTTPS health checks of a network load balancer do not speak TLS 1.3: they fail against a server that speaks nothing else.",
		suffers:  "all",
		document: document{"AWS: health checks for target groups", networkGuide + "target-group-health-checks.html"},
		classic:  aspect{none: "whether its health checks speak TLS 1.3 is not documented"},
		network: aspect{healthy: "no HTTPS health check where ssl_minimum_version is tlsv1.3", needs: []string{readGroups, readTargets}, judge: judgeCheckTLS,
			mend: mend{"start impalad with ssl_minimum_version=tlsv1.2, or " + cli("aws elbv2 modify-target-group", "target-group-arn", "TARGET_GROUP_ARN", "health-check-protocol", "HTTP"), "health_check of aws_lb_target_group"}},
	},
}
