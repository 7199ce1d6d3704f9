package awssim_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// A load balancer without a security group never gets one.
func TestSetSecurityGroups_NeedsOneAtCreation(t *testing.T) {
	t.Parallel()
	s := serve(t, awssim.Config{})
	s.balancer = *s.other(t)
	wantCode(t, regroup(s.group)(t, s), "InvalidConfigurationRequest")
}

// A listener's way to TLS and back: the certificate is in use, the idle timeout is none
// that can be set, and both are gone afterwards.
func TestModifyListener_ToTLSAndBack(t *testing.T) {
	t.Parallel()
	s := serve(t, awssim.Config{})
	ctx := t.Context()
	wantCode(t, quiet("600")(t, s), "")
	arn := s.AddCertificate(awssim.Certificate{Domain: "impala.example.com", Key: "EC_prime256v1"})
	out := must[*elbv2.ModifyListenerOutput](t)(s.elbv2.ModifyListener(ctx, &elbv2.ModifyListenerInput{
		ListenerArn: &s.listener, Protocol: v2types.ProtocolEnumTls, Certificates: []v2types.Certificate{{CertificateArn: &arn}},
		SslPolicy: aws.String("ELBSecurityPolicy-TLS13-1-2-2021-06"),
	}))
	if l := out.Listeners[0]; *l.SslPolicy != "ELBSecurityPolicy-TLS13-1-2-2021-06" || *l.Certificates[0].CertificateArn != arn || *l.DefaultActions[0].TargetGroupArn != s.pools {
		t.Errorf("changed to %+v", l)
	}
	_, err := s.acm.DeleteCertificate(ctx, &acm.DeleteCertificateInput{CertificateArn: &arn})
	wantCode(t, err, "ResourceInUseException")
	wantCode(t, quiet("600")(t, s), "InvalidConfigurationRequest")
	must[*elbv2.ModifyListenerOutput](t)(s.elbv2.ModifyListener(ctx, &elbv2.ModifyListenerInput{ListenerArn: &s.listener, Protocol: v2types.ProtocolEnumTcp}))
	_, err = s.acm.DeleteCertificate(ctx, &acm.DeleteCertificateInput{CertificateArn: &arn})
	wantCode(t, err, "")
	shown := must[*elbv2.DescribeListenersOutput](t)(s.elbv2.DescribeListeners(ctx, &elbv2.DescribeListenersInput{ListenerArns: []string{s.listener}})).Listeners[0]
	if shown.Protocol != v2types.ProtocolEnumTcp || shown.SslPolicy != nil || len(shown.Certificates) != 0 {
		t.Errorf("back as %+v", shown)
	}
	attributes := must[*elbv2.DescribeListenerAttributesOutput](t)(s.elbv2.DescribeListenerAttributes(ctx, &elbv2.DescribeListenerAttributesInput{ListenerArn: &s.listener})).Attributes
	if *attributes[0].Value != "350" {
		t.Errorf("idle timeout %s", *attributes[0].Value)
	}
}

// A changed target group has what was given, and the rest as before.
func TestModifyTargetGroup_ChangesWhatIsGiven(t *testing.T) {
	t.Parallel()
	s := serve(t, awssim.Config{})
	first := must[*elbv2.ModifyTargetGroupOutput](t)(s.elbv2.ModifyTargetGroup(t.Context(), &elbv2.ModifyTargetGroupInput{TargetGroupArn: &s.pools, HealthCheckIntervalSeconds: aws.Int32(10)})).TargetGroups[0]
	if *first.HealthCheckIntervalSeconds != 10 || *first.HealthCheckPath != "/healthz" || *first.HealthCheckTimeoutSeconds != 6 || *first.Matcher.HttpCode != "200-399" || *first.HealthyThresholdCount != 5 {
		t.Errorf("first %+v", first)
	}
	second := must[*elbv2.ModifyTargetGroupOutput](t)(s.elbv2.ModifyTargetGroup(t.Context(), &elbv2.ModifyTargetGroupInput{TargetGroupArn: &s.pools, HealthCheckProtocol: v2types.ProtocolEnumTcp})).TargetGroups[0]
	if second.HealthCheckPath != nil || second.Matcher != nil || *second.HealthCheckIntervalSeconds != 10 || *second.HealthCheckTimeoutSeconds != 10 {
		t.Errorf("second %+v", second)
	}
}

// Tags are those of the creation, and change for each kind of resource.
func TestNetworkTags_AreOfEachResource(t *testing.T) {
	t.Parallel()
	s := serve(t, awssim.Config{})
	ctx := t.Context()
	all := []string{s.balancer, s.pools, s.listener}
	keys := func() []string {
		var out []string
		for _, d := range must[*elbv2.DescribeTagsOutput](t)(s.elbv2.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: all})).TagDescriptions {
			for _, tag := range d.Tags {
				out = append(out, *tag.Key+"="+*tag.Value)
			}
		}
		return out
	}
	must[*elbv2.AddTagsOutput](t)(s.elbv2.AddTags(ctx, &elbv2.AddTagsInput{ResourceArns: all[:2], Tags: []v2types.Tag{{Key: aws.String("run"), Value: aws.String("1")}}}))
	if got := keys(); !slices.Equal(got, []string{"owner=us", "run=1", "owner=us", "run=1", "owner=us"}) {
		t.Errorf("added: %q", got)
	}
	must[*elbv2.RemoveTagsOutput](t)(s.elbv2.RemoveTags(ctx, &elbv2.RemoveTagsInput{ResourceArns: all[1:], TagKeys: []string{"owner", "none"}}))
	if got := keys(); !slices.Equal(got, []string{"owner=us", "run=1", "run=1"}) {
		t.Errorf("removed: %q", got)
	}
}

// A target by address has its machine's health, and the zone of its subnet.
func TestRegisterTargets_ByAddress(t *testing.T) {
	t.Parallel()
	s := serve(t, awssim.Config{})
	in := s.poolInput("addresses")
	in.TargetType = v2types.TargetTypeEnumIp
	s.pools = *must[*elbv2.CreateTargetGroupOutput](t)(s.elbv2.CreateTargetGroup(t.Context(), in)).TargetGroups[0].TargetGroupArn
	address := s.ENIs()[0].Address
	wantCode(t, register(address, 21050)(t, s), "")
	wantCode(t, register("192.168.7.7", 21050)(t, s), "ValidationError")
	_, err := s.elbv2.CreateListener(t.Context(), forward(21001, s.balancer, s.pools))
	wantCode(t, err, "")
	if got := s.targetStates(t); !slices.Equal(got, []string{"healthy"}) {
		t.Errorf("states %q", got)
	}
	s.SetInstanceState(s.instances[0], "stopped")
	if got := s.targetStates(t); got[0] != "unused Target.InvalidState" {
		t.Errorf("stopped: %q", got)
	}
	if got := s.TargetGroups()[1].Targets[0].Zone; got != "us-east-1a" {
		t.Errorf("zone %q", got)
	}
}

func TestDescribeAccountLimits_HasThoseOfNetworkBalancers(t *testing.T) {
	t.Parallel()
	s := serve(t, awssim.Config{})
	limits := map[string]string{}
	for _, l := range must[*elbv2.DescribeAccountLimitsOutput](t)(s.elbv2.DescribeAccountLimits(t.Context(), &elbv2.DescribeAccountLimitsInput{})).Limits {
		limits[*l.Name] = *l.Max
	}
	if limits["network-load-balancers"] != "50" || limits["listeners-per-network-load-balancer"] != "50" || limits["target-groups"] != "3000" {
		t.Errorf("limits %v", limits)
	}
}

// An access log needs a bucket whose policy lets the delivery of logs write.
func TestModifyLoadBalancerAttributes_ChecksTheLogsBucket(t *testing.T) {
	t.Parallel()
	policy := func(account, put string) string {
		return `{"Statement":[{"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::logs",
			"Condition":{"StringEquals":{"aws:SourceAccount":"` + account + `"},"ArnLike":{"aws:SourceArn":["arn:aws:logs:us-east-1:` + account + `:*"]}}},
			{"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/` + put + `"}]}`
	}
	for name, c := range map[string]struct{ bucket, policy, code string }{
		"a policy for it":     {"logs", policy(awssim.Account, "AWSLogs/"+awssim.Account+"/*"), ""},
		"of another account":  {"logs", policy("999999999999", "*"), "InvalidConfigurationRequest"},
		"of another prefix":   {"logs", policy(awssim.Account, "other/*"), "InvalidConfigurationRequest"},
		"no policy":           {"logs", "", "InvalidConfigurationRequest"},
		"no such bucket":      {"others", "", "InvalidConfigurationRequest"},
		"no bucket at all":    {"", "", "ValidationError"},
		"a condition unknown": {"logs", `{"Statement":{"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:*","Resource":["arn:aws:s3:::logs","arn:aws:s3:::logs/*"],"Condition":{"Bool":{"aws:SecureTransport":"true"}}}}`, "InvalidConfigurationRequest"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, awssim.Config{})
			s.AddBucket(awssim.Bucket{Name: "logs", Policy: c.policy})
			if c.bucket != "" {
				wantCode(t, attributed("access_logs.s3.bucket", c.bucket)(t, s), "")
			}
			wantCode(t, attributed("access_logs.s3.enabled", "true")(t, s), c.code)
		})
	}
}
