package provision

import (
	"cmp"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

// attributeChanges sets idle timeout, cross-zone and draining in one call. The
// access log has a call of its own: one refused block fails a call, and a problem
// with the bucket must not leave the idle timeout at AWS's 60 seconds.
func (s *state) attributeChanges() []Change {
	want := types.LoadBalancerAttributes{
		ConnectionSettings:     &types.ConnectionSettings{IdleTimeout: aws.Int32(s.spec.IdleTimeout.Seconds())},
		CrossZoneLoadBalancing: &types.CrossZoneLoadBalancing{Enabled: s.spec.CrossZone},
		ConnectionDraining:     &types.ConnectionDraining{Enabled: s.spec.Draining != 0},
	}
	if s.spec.Draining != 0 { // AWS takes the time only while draining is on
		want.ConnectionDraining.Timeout = aws.Int32(s.spec.Draining.Seconds())
	}
	c := Change{Resource: "attributes", Name: s.spec.Balancer(), After: attributesText(want)}
	if s.ownsBalancer() {
		c.Before = attributesText(s.balancer.attributes)
	}
	if c.Before == c.After {
		return []Change{noChange(c.Resource, c.Name, c.After)}
	}
	c.Action = Update
	return []Change{s.modify(c, want)}
}

func (s *state) modify(c Change, want types.LoadBalancerAttributes) Change {
	return writes(c, s.cloud.ELB.ModifyLoadBalancerAttributes,
		&elb.ModifyLoadBalancerAttributesInput{LoadBalancerName: s.balancerName(), LoadBalancerAttributes: &want})
}

// attributesText formats the three attributes in one normal form: the draining
// timeout has no meaning while draining is off.
func attributesText(a types.LoadBalancerAttributes) string {
	idle, cross, draining := int32(60), "off", "off"
	if a.ConnectionSettings != nil {
		idle = cmp.Or(aws.ToInt32(a.ConnectionSettings.IdleTimeout), idle)
	}
	if a.CrossZoneLoadBalancing != nil && a.CrossZoneLoadBalancing.Enabled {
		cross = "on"
	}
	if a.ConnectionDraining != nil && a.ConnectionDraining.Enabled {
		draining = fmt.Sprintf("%ds", cmp.Or(aws.ToInt32(a.ConnectionDraining.Timeout), 300))
	}
	return fmt.Sprintf("idle timeout %ds, cross-zone %s, draining %s", idle, cross, draining)
}

// accessLogChanges enables or disables the access log: it cannot be removed, and a
// disabled one counts as none.
func (s *state) accessLogChanges() []Change {
	want := &types.AccessLog{Enabled: false}
	if logs := s.spec.AccessLogs; logs != nil {
		want = &types.AccessLog{Enabled: true, S3BucketName: aws.String(logs.Bucket), EmitInterval: aws.Int32(logs.Every.Seconds() / 60)}
		if logs.Prefix != "" {
			want.S3BucketPrefix = aws.String(logs.Prefix)
		}
	}
	c := Change{Resource: "access log", Name: s.spec.Balancer(), Before: accessLogText(s.balancer.attributes.AccessLog), After: accessLogText(want)}
	if c.Before == c.After {
		return []Change{noChange(c.Resource, c.Name, c.After)}
	}
	c.Action = Update
	return []Change{s.modify(c, types.LoadBalancerAttributes{AccessLog: want})}
}

func accessLogText(l *types.AccessLog) string {
	if l == nil || !l.Enabled {
		return "none"
	}
	where := text(l.S3BucketName)
	if p := text(l.S3BucketPrefix); p != "" {
		where += "/" + p
	}
	return fmt.Sprintf("to %s every %d minutes", where, cmp.Or(aws.ToInt32(l.EmitInterval), 60))
}
