package audit_test

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

func setIdle(seconds string) func(*account) {
	return func(a *account) {
		a.network(func(b *awssim.NetworkBalancer) {
			b.Listeners[0].Attributes = map[string]string{"tcp.idle_timeout.seconds": seconds}
		})
	}
}

func crossZoneOff(a *account) {
	a.network(func(b *awssim.NetworkBalancer) { b.Attributes["load_balancing.cross_zone.enabled"] = "false" })
}

func setTargets(change func(*account, []awssim.Target) []awssim.Target) func(*account) {
	return func(a *account) {
		a.group(func(g *awssim.TargetGroup) { g.Targets = change(a, g.Targets) })
	}
}

// alone has two more coordinators in the first zone.
func alone(a *account) {
	crossZoneOff(a)
	third, fourth := a.machine(a.subnets[0]), a.machine(a.subnets[0])
	a.group(func(g *awssim.TargetGroup) {
		g.Targets = append(g.Targets, awssim.Target{ID: third}, awssim.Target{ID: fourth})
	})
}

var networkCases = []checkCase{
	{id: "idle.limit", broken: setIdle("120"), as: fails, says: "the listener TCP:21050 cuts connections that are idle for 120 s", denied: elb("DescribeListenerAttributes")},
	{id: "idle.limit", healthy: (*account).serveTLS, broken: func(a *account) { a.config.LongestIdle = 6e11 }, as: fails, says: "the listener TLS:21050 cuts connections that are idle for 350 s; clients keep them for 600 s", denied: elb("DescribeListeners")},
	{id: "idle.keepalive", broken: setIdle("300"), as: notes, says: "Impala probes after 300 s, and the listener TCP:21050 cuts after 300 s", unknown: noPages},
	{id: "idle.keepalive", broken: func(a *account) { a.page.Keepalive = new(time.Duration(0)) }, as: notes, says: "no keepalive probes", denied: elb("DescribeListenerAttributes")},
	{id: "idle.session", broken: setIdle("400"), as: notes, says: "cuts after 400 s, and Impala closes idle sessions after 600 s", unknown: noPages},
	{id: "zone.cross", broken: alone, as: fails, says: "3 in eu-west-1a and 1 in eu-west-1b: one gets 2 times its fair share", denied: elb("DescribeTargetGroupAttributes")},
	{id: "zone.cross", broken: func(a *account) {
		alone(a)
		a.network(func(b *awssim.NetworkBalancer) { b.Attributes["load_balancing.cross_zone.enabled"] = "true" })
		a.attribute("load_balancing.cross_zone.enabled", "false") // the group's goes first
	}, as: fails, says: "is off", denied: elb("DescribeLoadBalancerAttributes")},
	{id: "zone.empty", broken: func(a *account) {
		crossZoneOff(a)
		a.group(func(g *awssim.TargetGroup) { g.Targets[1].State = "unhealthy" })
	}, as: fails, says: "the zone eu-west-1b", denied: elb("DescribeTargetHealth")},
	{id: "zone.disabled", broken: func(a *account) {
		a.network(func(b *awssim.NetworkBalancer) { b.Subnets = b.Subnets[:1] })
	}, as: fails, says: "(eu-west-1b)", denied: elb("DescribeTargetHealth")},
	{id: "zone.affinity", broken: func(a *account) {
		crossZoneOff(a)
		a.network(func(b *awssim.NetworkBalancer) {
			b.Attributes["dns_record.client_routing_policy"] = "availability_zone_affinity"
		})
	}, as: notes, says: "availability_zone_affinity", denied: elb("DescribeLoadBalancerAttributes")},
	{id: "zone.shift", broken: func(a *account) {
		a.group(func(g *awssim.TargetGroup) { g.Targets[0].Override = "zonal_shift_active" })
	}, as: notes, says: "zonal_shift_active", denied: elb("DescribeTargetHealth")},
	{id: "health.any", broken: setTargets(func(_ *account, ts []awssim.Target) []awssim.Target {
		ts[0].State, ts[0].Reason = "unhealthy", "Target.FailedHealthChecks"
		return ts
	}), as: fails, says: "Target.FailedHealthChecks", denied: elb("DescribeTargetHealth")},
	{id: "health.any", broken: setTargets(func(*account, []awssim.Target) []awssim.Target { return nil }), as: fails, says: "no target is registered", denied: elb("DescribeTargetGroups")},
	{id: "health.blind", broken: func(a *account) { a.group(func(g *awssim.TargetGroup) { g.Check = awssim.NetworkCheck{} }) }, as: notes, says: "TCP on the port of the traffic", denied: elb("DescribeTargetGroups")},
	{id: "health.port", broken: func(a *account) { a.group(func(g *awssim.TargetGroup) { g.Check.Port = "21000" }) }, as: fails, says: "port 21000", unknown: func(a *account) {
		noPages(a)
		a.group(func(g *awssim.TargetGroup) { g.Check.Port = "21000" })
	}},
	{id: "health.slow", broken: func(a *account) { a.group(func(g *awssim.TargetGroup) { g.Check.Interval, g.Check.Healthy = 30, 10 }) }, as: notes, says: "more than 180 s", denied: elb("DescribeTargetGroups")},
	{id: "health.slow", broken: func(a *account) { a.group(func(g *awssim.TargetGroup) { g.Check.Unhealthy = 10 }) }, as: notes, says: "stays in service for 10 checks", denied: elb("DescribeTargetGroups")},
	{id: "health.tls13", healthy: func(a *account) { a.group(func(g *awssim.TargetGroup) { g.Check.Protocol = "HTTPS" }) }, broken: func(a *account) { a.page.MinTLS = "tlsv1.3" }, as: notes, says: "TLS 1.3 alone", unknown: noPages},
	{id: "drain.delay", broken: func(a *account) { a.attribute("deregistration_delay.timeout_seconds", "60") }, as: notes, says: "for 60 s; a query, or Impala's shutdown, takes 120 s", denied: elb("DescribeTargetGroupAttributes")},
	{id: "drain.unhealthy", broken: func(a *account) {
		a.attribute("target_health_state.unhealthy.connection_termination.enabled", "true")
	}, as: notes, says: "as soon as it is unhealthy", denied: elb("DescribeTargetGroupAttributes")},
	{id: "proxy.protocol", broken: func(a *account) { a.attribute("proxy_protocol_v2.enabled", "true") }, as: fails, says: "PROXY header", denied: elb("DescribeTargetGroupAttributes")},
	{id: "sticky", broken: func(a *account) { a.attribute("stickiness.enabled", "true") }, as: fails, says: "sends all sessions of an address to one target", denied: elb("DescribeTargetGroupAttributes")},
	{id: "sticky", broken: func(a *account) { a.config.Sticky = 21050 }, as: fails, says: "must keep a client", denied: elb("DescribeListeners")},
	{id: "sticky", broken: func(a *account) { a.config.Sticky = 21051 }, as: fails, says: "no listener has the port 21051", denied: elb("DescribeTargetGroups")},
	{id: "hairpin", broken: func(a *account) {
		a.attribute("preserve_client_ip.enabled", "true")
		a.config.ClientsOn = true
	}, as: notes, says: "clients run on its targets", unknown: func(a *account) { a.attribute("preserve_client_ip.enabled", "true") }},
	{id: "targets.role", broken: func(a *account) { a.page.Coordinator = new(false) }, as: fails, says: "is_coordinator is false", unknown: noPages},
	{id: "targets.port", broken: func(a *account) { a.group(func(g *awssim.TargetGroup) { g.Port = 8080 }) }, as: notes, says: "port 8080", denied: elb("DescribeTargetHealth")},
	{id: "targets.double", broken: setTargets(func(a *account, ts []awssim.Target) []awssim.Target {
		return append(ts, awssim.Target{ID: a.instances[0], Port: 28000})
	}), as: notes, says: "which are one machine", denied: elb("DescribeTargetHealth")},
	{id: "listener.clear", healthy: (*account).serveTLS, broken: func(a *account) { a.group(func(g *awssim.TargetGroup) { g.Protocol = "TCP" }) }, as: notes, says: "in clear (TCP)", denied: elb("DescribeTargetGroups")},
	{id: "tls.policy", healthy: (*account).serveTLS, broken: func(a *account) {
		a.network(func(b *awssim.NetworkBalancer) { b.Listeners[0].Policy = "" })
	}, as: notes, says: "ELBSecurityPolicy-2016-08, which allows TLSv1 and TLSv1.1", denied: elb("DescribeSSLPolicies")},
	{id: "tls.cert", healthy: (*account).serveTLS, broken: func(a *account) { expireAt(a, networkName, 6) }, as: fails, says: "6 more days", denied: "acm:DescribeCertificate"},
	{id: "tls.cert", healthy: (*account).serveTLS, broken: func(a *account) {
		arn := a.AddCertificate(awssim.Certificate{Domain: "imported.example.com", Imported: true})
		a.network(func(b *awssim.NetworkBalancer) { b.Listeners[0].Certificates = []string{arn} })
	}, as: notes, says: "imported", denied: elb("DescribeListeners")},
	{id: "tls.cert", healthy: (*account).serveTLS, broken: func(a *account) {
		arn := a.AddCertificate(awssim.Certificate{Domain: "renewed.example.com", Renewal: "PENDING_VALIDATION"})
		a.network(func(b *awssim.NetworkBalancer) { b.Listeners[0].Certificates = []string{a.certificate, arn} })
	}, as: notes, says: "its renewal is PENDING_VALIDATION", denied: "acm:DescribeCertificate"},
	{id: "sg.open", broken: func(a *account) { a.network(func(b *awssim.NetworkBalancer) { b.Groups = nil }) }, as: fails, says: "no security group", denied: "ec2:DescribeSecurityGroups"},
	{id: "sg.open", broken: func(a *account) {
		a.SetGroup(a.back, func(g *awssim.Group) {
			g.Rules = append(g.Rules, awssim.Rule{Protocol: "tcp", From: 25000, To: 25000, CIDR: everyone})
		})
	}, as: fails, says: "of the targets: ", denied: "ec2:DescribeSecurityGroups"},
	{id: "sg.egress", broken: func(a *account) {
		a.SetGroup(a.front, func(g *awssim.Group) { g.Egress = []awssim.Rule{} })
	}, as: fails, says: "no outbound rule", denied: "ec2:DescribeSecurityGroups"},
}
