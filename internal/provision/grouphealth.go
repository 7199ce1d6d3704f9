package provision

// How many targets must be healthy, so that connections go to those alone (state) and the
// load balancer's name has the zone's address (DNS). With other values than AWS's own, a
// zone counts as failed although coordinators in it are healthy, and connections go to
// unhealthy ones too, or to no target of the zone.
const (
	minHealthyTargets        = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count"
	minHealthyTargetsPercent = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"
	minHealthyDNS            = "target_group_health.dns_failover.minimum_healthy_targets.count"
	minHealthyDNSPercent     = "target_group_health.dns_failover.minimum_healthy_targets.percentage"
)

// groupHealth are AWS's defaults, and what is wanted.
var groupHealth = attributes{minHealthyTargets: "1", minHealthyTargetsPercent: "off", minHealthyDNS: "1", minHealthyDNSPercent: "off"}
