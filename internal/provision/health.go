package provision

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

func (s *state) healthCheckChanges() []Change {
	h := s.spec.HealthCheck
	want := &types.HealthCheck{
		Target:             aws.String(h.Target),
		Interval:           aws.Int32(h.Interval.Seconds()),
		Timeout:            aws.Int32(h.Timeout.Seconds()),
		UnhealthyThreshold: aws.Int32(int32(h.Unhealthy)),
		HealthyThreshold:   aws.Int32(int32(h.Healthy)),
	}
	c := Change{Resource: "health check", Name: s.spec.Balancer(), After: healthCheckText(want)}
	if s.ownsBalancer() {
		c.Before = healthCheckText(s.balancer.description.HealthCheck)
	}
	if c.Before == c.After {
		return []Change{noChange(c.Resource, c.Name, c.After)}
	}
	c.Action = Update
	return []Change{writes(c, s.cloud.ELB.ConfigureHealthCheck,
		&elb.ConfigureHealthCheckInput{LoadBalancerName: s.balancerName(), HealthCheck: want})}
}

func healthCheckText(h *types.HealthCheck) string {
	if h == nil {
		return ""
	}
	return fmt.Sprintf("%s every %ds, timeout %ds, out after %d, back after %d", text(h.Target),
		aws.ToInt32(h.Interval), aws.ToInt32(h.Timeout), aws.ToInt32(h.UnhealthyThreshold), aws.ToInt32(h.HealthyThreshold))
}
