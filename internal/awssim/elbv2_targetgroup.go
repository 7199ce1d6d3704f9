package awssim

import (
	"slices"
	"strconv"
)

// checkIn is a health check in a request; what is not given stays.
type checkIn struct {
	HealthCheckEnabled         *bool
	HealthCheckProtocol        string
	HealthCheckPort            string
	HealthCheckPath            string
	HealthCheckIntervalSeconds *int32
	HealthCheckTimeoutSeconds  *int32
	HealthyThresholdCount      *int32
	UnhealthyThresholdCount    *int32
	Matcher                    struct{ HttpCode string }
}

// filled has the defaults of the API reference.
func (c NetworkCheck) filled() NetworkCheck {
	c.Protocol, c.Port = orText(c.Protocol, "TCP"), orText(c.Port, "traffic-port")
	timeout := int32(10)
	if c.Protocol == "HTTP" {
		timeout = 6
	}
	if c.Protocol != "TCP" {
		c.Path, c.Matcher = orText(c.Path, "/"), orText(c.Matcher, "200-399")
	}
	for _, field := range []struct {
		value *int32
		usual int32
	}{{&c.Interval, 30}, {&c.Timeout, timeout}, {&c.Healthy, 5}, {&c.Unhealthy, 2}} {
		if *field.value == 0 {
			*field.value = field.usual
		}
	}
	return c
}

// into changes a health check, or refuses it.
func (in checkIn) into(c NetworkCheck) (NetworkCheck, error) {
	if in.HealthCheckEnabled != nil && !*in.HealthCheckEnabled {
		return c, refuse("InvalidConfigurationRequest", "Health checks of targets by instance or address cannot be switched off")
	}
	c.Protocol, c.Port = orText(in.HealthCheckProtocol, c.Protocol), orText(in.HealthCheckPort, c.Port)
	c.Path, c.Matcher = orText(in.HealthCheckPath, c.Path), orText(in.Matcher.HttpCode, c.Matcher)
	if c.filled().Protocol == "TCP" {
		if in.HealthCheckPath != "" || in.Matcher.HttpCode != "" { // guess: the code
			return c, refuse("InvalidConfigurationRequest", "A health check of TCP has no path and no matcher")
		}
		c.Path, c.Matcher = "", ""
	}
	for _, number := range []struct {
		given     *int32
		value     *int32
		path      string
		low, high int32
	}{
		{in.HealthCheckIntervalSeconds, &c.Interval, "healthCheckIntervalSeconds", 5, 300},
		{in.HealthCheckTimeoutSeconds, &c.Timeout, "healthCheckTimeoutSeconds", 2, 120},
		{in.HealthyThresholdCount, &c.Healthy, "healthyThresholdCount", 2, 10},
		{in.UnhealthyThresholdCount, &c.Unhealthy, "unhealthyThresholdCount", 2, 10},
	} {
		if number.given == nil {
			continue
		}
		if err := between(number.path, *number.given, number.low, number.high); err != nil {
			return c, err
		}
		*number.value = *number.given
	}
	return c, c.valid()
}

func (c NetworkCheck) valid() error {
	c = c.filled()
	if !slices.Contains([]string{"TCP", "HTTP", "HTTPS"}, c.Protocol) {
		return refuse("UnsupportedProtocol", "The health check protocol '%s' is not supported", c.Protocol)
	}
	if n, err := strconv.Atoi(c.Port); c.Port != "traffic-port" && (err != nil || n < 1 || n > 65535) {
		return refuse("ValidationError", "Health check port '%s' must be either 'traffic-port' or in the range [1, 65535]", c.Port)
	}
	return nil
}

type createTargetGroup struct {
	checkIn
	Name          string
	Protocol      string
	Port          int32
	VpcId         string
	TargetType    string
	IpAddressType string
	Tags          []tag
}

func (c createTargetGroup) carriesTags() bool { return len(c.Tags) > 0 }

// createTargetGroup creates one, or returns the one of that name and the same settings.
// Tags are not compared (guess).
func (r *region) createTargetGroup(in createTargetGroup) (page[targetGroupView], error) {
	wanted, err := r.newTargetGroup(in)
	if err != nil {
		return page[targetGroupView]{}, err
	}
	g := r.targetGroup(in.Name)
	switch {
	case g != nil && !g.sameSettings(wanted):
		return page[targetGroupView]{}, refuse("DuplicateTargetGroupName", "A target group with the same name '%s' exists, but with different settings", in.Name)
	case g == nil && len(r.targetGroups) >= r.aws.quotas.targetGroups():
		return page[targetGroupView]{}, refuse("TooManyTargetGroups", "The maximum number of target groups has been reached")
	case g == nil:
		g = wanted
		g.creation = r.aws.createdNow()
		r.addTargetGroup(g)
	}
	return r.targetGroupPage(g), nil
}

func (r *region) targetGroupPage(g *TargetGroup) page[targetGroupView] {
	return page[targetGroupView]{Items: []targetGroupView{r.targetGroupView(g)}}
}

func (g *TargetGroup) sameSettings(w *TargetGroup) bool {
	return g.Protocol == w.Protocol && g.Port == w.Port && g.VPC == w.VPC && g.Kind == w.Kind && g.Check.filled() == w.Check.filled()
}

func (r *region) newTargetGroup(in createTargetGroup) (*TargetGroup, error) {
	g := &TargetGroup{Name: in.Name, Protocol: in.Protocol, Port: in.Port, VPC: in.VpcId, Kind: orText(in.TargetType, "instance"), Attributes: map[string]string{}}
	switch {
	case !balancerName.MatchString(in.Name):
		return nil, refuse("ValidationError", "Target group name '%s': at most 32 letters, digits and hyphens, no hyphen at either end", in.Name)
	case g.Kind != "instance" && g.Kind != "ip" || !slices.Contains([]string{"", "ipv4"}, in.IpAddressType):
		return nil, notSimulated("a target group of " + g.Kind + " " + in.IpAddressType)
	case in.Protocol == "" || in.Port == 0:
		return nil, refuse("ValidationError", "A protocol and a port must be specified")
	case in.Protocol != "TCP" && in.Protocol != "TLS":
		return nil, notSimulated("a target group of the protocol " + in.Protocol)
	case r.vpc(in.VpcId) == nil: // guess: the code
		return nil, refuse("ValidationError", "The VPC ID '%s' is not found", in.VpcId)
	}
	err := between("port", in.Port, 1, 65535)
	if err != nil {
		return nil, err
	}
	if g.Tags, err = elbv2Tags.set(in.Tags); err != nil {
		return nil, err
	}
	g.Check, err = in.into(NetworkCheck{})
	return g, err
}

type modifyTargetGroup struct {
	checkIn
	TargetGroupArn string
}

func (r *region) modifyTargetGroup(in modifyTargetGroup) (page[targetGroupView], error) {
	g, err := r.targetGroupOf(in.TargetGroupArn)
	if err != nil {
		return page[targetGroupView]{}, err
	}
	check, err := in.into(g.Check)
	if err != nil {
		return page[targetGroupView]{}, err
	}
	g.Check = check
	return r.targetGroupPage(g), nil
}

// deleteTargetGroup refuses one that a listener forwards to, for some calls after it did,
// too. It succeeds where nothing is (guess: the reference has no code for that).
func (r *region) deleteTargetGroup(in targetGroupArn) (none, error) {
	g := find(r.targetGroups, func(g *TargetGroup) bool { return g.ARN == in.TargetGroupArn })
	if g == nil {
		return none{}, nil
	}
	if late := g.lateUses > 0; late || len(r.users(g)) > 0 {
		g.lateUses = max(0, g.lateUses-1)
		return none{}, refuse("ResourceInUse", "Target group '%s' is currently in use by a listener or a rule", g.ARN)
	}
	r.targetGroups = slices.DeleteFunc(r.targetGroups, func(o *TargetGroup) bool { return o == g })
	return none{}, nil
}
