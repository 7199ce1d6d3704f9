package awssim

import (
	"slices"
	"strconv"
)

// attributeRule reports whether a value is one of an attribute's.
type attributeRule func(value string) bool

func oneOf(values ...string) attributeRule {
	return func(value string) bool { return slices.Contains(values, value) }
}

func numberIn(low, high int) attributeRule {
	return func(value string) bool {
		n, err := strconv.Atoi(value)
		return err == nil && low <= n && n <= high
	}
}

func orOff(rule attributeRule) attributeRule {
	return func(value string) bool { return value == "off" || rule(value) }
}

var onOff = oneOf("true", "false")

func anyValue(string) bool { return true }

// The values of the API reference.
var (
	networkRules = map[string]attributeRule{
		"deletion_protection.enabled": onOff, "load_balancing.cross_zone.enabled": onOff, "zonal_shift.config.enabled": onOff,
		"dns_record.client_routing_policy":       oneOf("any_availability_zone", "partial_availability_zone_affinity", "availability_zone_affinity"),
		"secondary_ips.auto_assigned.per_subnet": numberIn(0, 7),
		logEnabledKey:                            onOff, logBucketKey: anyValue, logPrefixKey: anyValue,
	}
	listenerRules    = map[string]attributeRule{idleKey: numberIn(60, 6000)}
	targetGroupRules = map[string]attributeRule{
		"deregistration_delay.timeout_seconds": numberIn(0, 3600), "deregistration_delay.connection_termination.enabled": onOff,
		"preserve_client_ip.enabled": onOff, "proxy_protocol_v2.enabled": onOff,
		"stickiness.enabled": onOff, "stickiness.type": oneOf("source_ip"),
		"load_balancing.cross_zone.enabled": oneOf("true", "false", "use_load_balancer_configuration"),
		terminationKey:                      onOff,
		drainingKey:                         numberIn(0, 360000),
		"target_group_health.dns_failover.minimum_healthy_targets.count":                 orOff(numberIn(1, 1000)),
		"target_group_health.dns_failover.minimum_healthy_targets.percentage":            orOff(numberIn(1, 100)),
		"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count":      numberIn(1, 1000),
		"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": orOff(numberIn(1, 100)),
	}
)

const (
	terminationKey = "target_health_state.unhealthy.connection_termination.enabled"
	drainingKey    = "target_health_state.unhealthy.draining_interval_seconds"
)

// changedAttributes are the own ones with those of a request, all or none.
func changedAttributes(rules map[string]attributeRule, own map[string]string, in []tag) (map[string]string, error) {
	next := overlaid(map[string]string{}, own)
	for _, one := range in {
		rule := rules[one.Key]
		switch {
		case rule == nil:
			return nil, refuse("ValidationError", "Attribute key '%s' is not recognized", one.Key)
		case !rule(one.Value):
			return nil, refuse("ValidationError", "'%s' is not a valid value for attribute '%s'", one.Value, one.Key)
		}
		next[one.Key] = one.Value
	}
	return next, nil
}

type modifyNetworkAttributes struct {
	LoadBalancerArn string
	Attributes      []tag
}

func (r *region) modifyNetworkAttributes(in modifyNetworkAttributes) (map[string]string, error) {
	b, err := r.network(in.LoadBalancerArn)
	if err != nil {
		return nil, err
	}
	own, err := changedAttributes(networkRules, b.Attributes, in.Attributes)
	if err != nil {
		return nil, err
	}
	all := overlaid(networkDefaults, own)
	if all[logEnabledKey] == "true" {
		if err := r.startNetworkLog(all); err != nil {
			return nil, err
		}
	}
	b.Attributes = own
	return all, nil
}

type modifyTargetGroupAttributes struct {
	TargetGroupArn string
	Attributes     []tag
}

// modifyTargetGroupAttributes: connections to an unhealthy target drain only where they are
// not terminated.
func (r *region) modifyTargetGroupAttributes(in modifyTargetGroupAttributes) (map[string]string, error) {
	g, err := r.targetGroupOf(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	next := g.clone()
	if next.Attributes, err = changedAttributes(targetGroupRules, g.Attributes, in.Attributes); err != nil {
		return nil, err
	}
	if all := next.attributes(); all[terminationKey] == "true" && all[drainingKey] != "0" { // guess: the code
		return nil, refuse("InvalidConfigurationRequest", "'%s' needs '%s' to be false", drainingKey, terminationKey)
	}
	g.Attributes = next.Attributes
	return g.attributes(), nil
}
