package awssim

import (
	"encoding/json"
	"slices"
	"strings"
)

// The attributes of a network load balancer's access log.
const (
	logEnabledKey = "access_logs.s3.enabled"
	logBucketKey  = "access_logs.s3.bucket"
	logPrefixKey  = "access_logs.s3.prefix"
)

// deliveryService writes the access logs of network load balancers.
const deliveryService = "delivery.logs.amazonaws.com"

// startNetworkLog refuses an access log without a bucket in the region that lets the
// delivery of logs read its access control list and put objects under the prefix.
func (r *region) startNetworkLog(attributes map[string]string) error {
	name, prefix := attributes[logBucketKey], attributes[logPrefixKey]
	b := find(r.aws.buckets, func(b *Bucket) bool { return b.Name == name })
	switch {
	case name == "":
		return refuse("ValidationError", "The attribute '%s' is required where logs are enabled", logBucketKey)
	case b == nil || b.Region != r.name:
		return refuse("InvalidConfigurationRequest", "The S3 bucket '%s' is not in the region of the load balancer, or is not there", name)
	case strings.Contains(prefix, "AWSLogs"):
		return refuse("ValidationError", "The S3 bucket prefix cannot contain 'AWSLogs'")
	}
	object := "arn:aws:s3:::" + name + "/" + strings.TrimPrefix(prefix+"/AWSLogs/"+Account+"/", "/") + "elasticloadbalancing/a.log.gz"
	if b.unseenPolicy > 0 || !r.delivers(b, "s3:GetBucketAcl", "arn:aws:s3:::"+name) || !r.delivers(b, "s3:PutObject", object) {
		b.unseenPolicy = max(0, b.unseenPolicy-1)
		return refuse("InvalidConfigurationRequest", "Access Denied for bucket: %s. Please check S3bucket permission", name)
	}
	return nil
}

// delivers evaluates a bucket's policy for the delivery of logs.
func (r *region) delivers(b *Bucket, action, resource string) bool {
	var p bucketPolicy
	if json.Unmarshal([]byte(b.Policy), &p) != nil {
		return false
	}
	allowed := false
	for _, s := range p.Statement {
		to := slices.Contains(s.Principal["Service"], deliveryService) || slices.Contains(s.Principal["AWS"], "*")
		if !to || !anyFold(s.Action, action) || !anyMatches(s.Resource, resource) {
			continue
		}
		if s.Effect == "Deny" {
			return false
		}
		allowed = allowed || r.deliveryMeets(s.Condition)
	}
	return allowed
}

// deliveryMeets: the delivery acts for this account and region, and gives objects to the
// bucket's owner; any other condition is not met.
func (r *region) deliveryMeets(conditions map[string]any) bool {
	facts := map[string]string{
		"aws:sourceaccount": Account, "aws:sourcearn": "arn:aws:logs:" + r.name + ":" + Account + ":delivery-source:x",
		"s3:x-amz-acl": "bucket-owner-full-control",
	}
	for operator, keys := range conditions {
		tests, ok := keys.(map[string]any)
		if !ok || !slices.Contains([]string{"StringEquals", "StringLike", "ArnLike", "ArnEquals"}, operator) {
			return false
		}
		for key, value := range tests {
			var patterns stringOrList
			text, _ := json.Marshal(value)
			if json.Unmarshal(text, &patterns) != nil || !anyMatches(patterns, facts[strings.ToLower(key)]) {
				return false
			}
		}
	}
	return true
}
