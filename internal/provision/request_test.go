package provision

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// TestApply_SendsTheRecipesParameters holds each call to what the recipe asks for.
// The parameters are those that came over the wire.
func TestApply_SendsTheRecipesParameters(t *testing.T) {
	t.Parallel()
	c := newCluster(t, awssim.Config{IssueAfter: 1})
	mustApply(t, c, tlsFile(t))
	for call, want := range map[string][]map[string]string{
		"CreateSecurityGroup": {
			{"GroupName": "blue Impala FE", "TagSpecification.1.ResourceType": "security-group", "TagSpecification.1.Tag.1.Key": ownerTag},
			{"GroupName": "blue Impala BE", "TagSpecification.1.Tag.1.Value": "123456789012/us-east-1/blue"},
		},
		"AuthorizeSecurityGroupIngress": {
			{"IpPermissions.1.FromPort": "21000", "IpPermissions.1.ToPort": "21000", "IpPermissions.1.IpRanges.1.CidrIp": "10.0.0.0/8", "TagSpecification.1.ResourceType": "security-group-rule"},
			{"IpPermissions.1.FromPort": "21050", "IpPermissions.1.IpRanges.1.CidrIp": "10.0.0.0/8", "IpPermissions.2.FromPort": ""},
			{"IpPermissions.1.FromPort": "21000", "IpPermissions.1.IpRanges.1.CidrIp": ""},
			{"IpPermissions.1.FromPort": "21050", "IpPermissions.1.IpProtocol": "tcp"},
		},
		"CreateLoadBalancer": {{
			"LoadBalancerName": "elb-impala-blue", "Scheme": "internal", "Tags.member.1.Key": ownerTag,
			"Listeners.member.1.LoadBalancerPort": "21000", "Listeners.member.1.InstancePort": "21000", "Listeners.member.1.Protocol": "TCP",
			"Listeners.member.2.LoadBalancerPort": "21050", "Listeners.member.2.InstancePort": "21050", "Listeners.member.2.InstanceProtocol": "TCP",
		}},
		"ModifyLoadBalancerAttributes": {
			{"LoadBalancerAttributes.ConnectionSettings.IdleTimeout": "3600", "LoadBalancerAttributes.AccessLog.Enabled": "", "LoadBalancerAttributes.ConnectionDraining.Enabled": "false"},
			{
				"LoadBalancerAttributes.AccessLog.Enabled": "true", "LoadBalancerAttributes.AccessLog.EmitInterval": "60",
				"LoadBalancerAttributes.AccessLog.S3BucketName": "blue-logs", "LoadBalancerAttributes.AccessLog.S3BucketPrefix": "impala",
				"LoadBalancerAttributes.ConnectionSettings.IdleTimeout": "",
			},
		},
		"ConfigureHealthCheck": {{
			"HealthCheck.Target": "TCP:21000", "HealthCheck.Interval": "30", "HealthCheck.Timeout": "5",
			"HealthCheck.UnhealthyThreshold": "2", "HealthCheck.HealthyThreshold": "5",
		}},
		"RegisterInstancesWithLoadBalancer": {{"Instances.member.3.InstanceId": c.instances[2], "Instances.member.4.InstanceId": ""}},
		"RequestCertificate":                {{"DomainName": `"impala.blue.example.com"`, "ValidationMethod": `"DNS"`, "KeyAlgorithm": `"RSA_2048"`, "SubjectAlternativeNames": ""}},
		"DeleteLoadBalancerListeners": {
			{"LoadBalancerPorts.member.1": "21000", "LoadBalancerPorts.member.2": ""}, {"LoadBalancerPorts.member.1": "21050"},
		},
		"CreateLoadBalancerListeners": {
			{"Listeners.member.1.LoadBalancerPort": "21000", "Listeners.member.1.Protocol": "SSL", "Listeners.member.1.InstanceProtocol": "TCP", "Listeners.member.1.SSLCertificateId": c.Certificates()[0].ARN},
			{"Listeners.member.1.LoadBalancerPort": "21050", "Listeners.member.1.Protocol": "SSL"},
		},
		"CreateLoadBalancerPolicy": {{
			"PolicyName": "impala-lbcheck-2016-08", "PolicyTypeName": "SSLNegotiationPolicyType",
			"PolicyAttributes.member.1.AttributeName": "Reference-Security-Policy", "PolicyAttributes.member.1.AttributeValue": "ELBSecurityPolicy-2016-08",
		}},
	} {
		sent := c.sent(call)
		if len(sent) != len(want) {
			t.Errorf("%s: %d calls, want %d: %v", call, len(sent), len(want), sent)
			continue
		}
		for i := range want {
			for key, value := range want[i] {
				if sent[i][key] != value {
					t.Errorf("%s %d: %s = %q, want %q in %v", call, i+1, key, sent[i][key], value, sent[i])
				}
			}
		}
	}
}

// sent lists the parameters of each write of that name.
func (c *cluster) sent(name string) []map[string]string {
	var all []map[string]string
	for _, call := range c.Calls() {
		if call.Name == name && call.Write {
			all = append(all, call.Params)
		}
	}
	return all
}

func TestCreateBucket_FollowsItsRegion(t *testing.T) {
	t.Parallel()
	for region, want := range map[string]string{
		"us-east-1":  "",
		"eu-west-1":  "<LocationConstraint>eu-west-1</LocationConstraint>",
		"eu-south-2": "<LocationConstraint>eu-south-2</LocationConstraint>",
	} {
		t.Run(region, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, awssim.Config{Region: region})
			if _, err := Apply(t.Context(), c.cloud(t, c.URL(), region), plainFile(t), Options{}); err != nil {
				t.Fatal(err)
			}
			body := c.sent("CreateBucket")[0]["Body"]
			if !strings.Contains(body, want) || strings.Contains(body, "LocationConstraint") != (want != "") {
				t.Errorf("body %q, want %q", body, want)
			}
			service := strings.Contains(c.Buckets()[0].Policy, "logdelivery.elasticloadbalancing.amazonaws.com")
			if service != (region == "eu-south-2") {
				t.Errorf("policy %s", c.Buckets()[0].Policy)
			}
		})
	}
}
