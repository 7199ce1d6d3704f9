package provision

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// Attributes of a network load balancer (Elastic Load Balancing API 2015-12-01).
const (
	crossZone       = "load_balancing.cross_zone.enabled" // of a target group too, which wins
	clientRouting   = "dns_record.client_routing_policy"
	deletionGuard   = "deletion_protection.enabled"
	logsEnabled     = "access_logs.s3.enabled"
	logsBucket      = "access_logs.s3.bucket"
	logsPrefix      = "access_logs.s3.prefix"
	anyZone         = "any_availability_zone"
	fromTheBalancer = "use_load_balancer_configuration"
)

// attributes are a resource's by key.
type attributes map[string]string

// lacking are those of the wanted that are not so. One that AWS does not show has its
// default.
func (want attributes) lacking(have, defaults attributes) attributes {
	out := attributes{}
	for key, value := range want {
		is, shown := have[key]
		if !shown {
			is = defaults[key]
		}
		if is != value {
			out[key] = value
		}
	}
	return out
}

// text is the wanted attributes as they are.
func (want attributes) text(have, defaults attributes) string {
	return tagsText(attributesOf(overlaid(defaults, have), slices.Sorted(maps.Keys(want))))
}

// overlaid are the defaults with what replaces them.
func overlaid(defaults, by attributes) attributes {
	all := maps.Clone(defaults)
	maps.Copy(all, by)
	return all
}

func attributesOf(all attributes, keys []string) map[string]string {
	out := map[string]string{}
	for _, key := range keys {
		out[key] = all[key]
	}
	return out
}

// balancerDefaults are AWS's.
var balancerDefaults = attributes{crossZone: "false", clientRouting: anyZone, logsEnabled: "false", deletionGuard: "false"}

func (s netKind) readAttributes(ctx context.Context, arn string) (attributes, error) {
	out, err := s.cloud.ELBv2.DescribeLoadBalancerAttributes(ctx, &elbv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: aws.String(arn)})
	if err != nil {
		return nil, err
	}
	have := attributes{}
	for _, a := range out.Attributes {
		have[text(a.Key)] = text(a.Value)
	}
	return have, nil
}

// attributeChanges sets cross-zone, and that the load balancer's name has the
// addresses of every zone.
func (s netKind) attributeChanges() []Change {
	want := attributes{crossZone: strconv.FormatBool(s.spec.CrossZone), clientRouting: anyZone}
	return s.modifyAttributes("attributes", want)
}

// accessLogChanges has a call of its own: a problem with the bucket must not leave
// cross-zone off.
func (s netKind) accessLogChanges() []Change {
	want := attributes{logsEnabled: "false"}
	if logs := s.spec.AccessLogs; logs != nil {
		want = attributes{logsEnabled: "true", logsBucket: logs.Bucket, logsPrefix: logs.Prefix}
	}
	return s.modifyAttributes("access log", want)
}

func (s netKind) modifyAttributes(resource string, want attributes) []Change {
	c := Change{Resource: resource, Name: s.spec.Balancer(), Action: Update, Before: want.text(s.net.attributes, balancerDefaults), After: tagsText(want)}
	if len(want.lacking(s.net.attributes, balancerDefaults)) == 0 {
		return []Change{noChange(c.Resource, c.Name, c.After)}
	}
	in := &elbv2.ModifyLoadBalancerAttributesInput{LoadBalancerArn: aws.String(s.net.arn())}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		in.Attributes = append(in.Attributes, types.LoadBalancerAttribute{Key: aws.String(key), Value: aws.String(want[key])})
	}
	return []Change{writes(c, s.cloud.ELBv2.ModifyLoadBalancerAttributes, in)}
}

// networkLogStatements allow the delivery service to look at the bucket and to write
// into the folder of the account's logs, for this account and region only (Elastic Load
// Balancing, "Access logs for your Network Load Balancer").
func (s netKind) networkLogStatements() []map[string]any {
	bucket := fmt.Sprintf("arn:%s:s3:::%s", s.identity.partition, s.spec.AccessLogs.Bucket)
	allow := func(sid, action, resource string, equals map[string]any) map[string]any {
		equals["aws:SourceAccount"] = s.identity.account
		return map[string]any{
			"Sid": s.logSid() + sid, "Effect": "Allow", "Principal": map[string]any{"Service": "delivery.logs.amazonaws.com"}, "Action": action, "Resource": resource,
			"Condition": map[string]any{
				"StringEquals": equals,
				"ArnLike":      map[string]any{"aws:SourceArn": fmt.Sprintf("arn:%s:logs:%s:%s:*", s.identity.partition, s.cloud.Region, s.identity.account)},
			},
		}
	}
	return []map[string]any{
		allow("Write", "s3:PutObject", bucket+"/"+s.logFolder()+"*", map[string]any{"s3:x-amz-acl": "bucket-owner-full-control"}),
		allow("Acl", "s3:GetBucketAcl", bucket, map[string]any{}),
	}
}
