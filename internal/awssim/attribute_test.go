package awssim_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

func idle(seconds int32) elbtypes.LoadBalancerAttributes {
	return elbtypes.LoadBalancerAttributes{ConnectionSettings: &elbtypes.ConnectionSettings{IdleTimeout: &seconds}}
}

func drain(on bool, seconds *int32) elbtypes.LoadBalancerAttributes {
	return elbtypes.LoadBalancerAttributes{ConnectionDraining: &elbtypes.ConnectionDraining{Enabled: on, Timeout: seconds}}
}

func logTo(bucket, prefix string, minutes int32) elbtypes.LoadBalancerAttributes {
	return elbtypes.LoadBalancerAttributes{AccessLog: &elbtypes.AccessLog{Enabled: true, S3BucketName: &bucket, S3BucketPrefix: &prefix, EmitInterval: &minutes}}
}

func (s *fixture) modify(t *testing.T, a elbtypes.LoadBalancerAttributes) error {
	_, err := s.elb.ModifyLoadBalancerAttributes(t.Context(), &elb.ModifyLoadBalancerAttributesInput{LoadBalancerName: aws.String("one"), LoadBalancerAttributes: &a})
	return err
}

func TestModifyAttributes_HasRanges(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		attributes elbtypes.LoadBalancerAttributes
		code       string
	}{
		"an idle timeout of 1 s":                     {idle(1), ""},
		"an idle timeout of 4000 s":                  {idle(4000), ""},
		"an idle timeout of 0":                       {idle(0), "ValidationError"},
		"an idle timeout of 4001 s":                  {idle(4001), "ValidationError"},
		"draining for 3600 s":                        {drain(true, aws.Int32(3600)), ""},
		"draining for 3601 s":                        {drain(true, aws.Int32(3601)), "ValidationError"},
		"no draining":                                {drain(false, nil), ""},
		"no draining, for so long":                   {drain(false, aws.Int32(300)), "InvalidConfigurationRequest"},
		"a log every 60 minutes":                     {logTo("logs", "impala", 60), ""},
		"a log every 17 minutes":                     {logTo("logs", "impala", 17), "ValidationError"},
		"a log to a bucket that is not there":        {logTo("nowhere", "impala", 60), "InvalidConfigurationRequest"},
		"a log to a bucket in another region":        {logTo("far", "impala", 60), "InvalidConfigurationRequest"},
		"a log to a bucket without a policy":         {logTo("closed", "impala", 60), "InvalidConfigurationRequest"},
		"a log to an encrypted bucket":               {logTo("sealed", "impala", 60), "InvalidConfigurationRequest"},
		"a log where the policy allows another path": {logTo("logs", "other", 60), "InvalidConfigurationRequest"},
		"a log with AWSLogs in its prefix":           {logTo("logs", "x/AWSLogs", 60), "ValidationError"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := build(t, awssim.Config{})
			policy := logPolicy("127311923021", "impala")
			s.AddBucket(awssim.Bucket{Name: "logs", Policy: policy("logs")})
			s.AddBucket(awssim.Bucket{Name: "sealed", Policy: policy("sealed"), KMS: true})
			s.AddBucket(awssim.Bucket{Name: "far", Policy: policy("far"), Region: "eu-west-1"})
			s.AddBucket(awssim.Bucket{Name: "closed"})
			wantCode(t, s.create(t, s.input("one")), "")
			before := s.LoadBalancers()[0].Attributes
			wantCode(t, s.modify(t, c.attributes), c.code)
			if after := s.LoadBalancers()[0].Attributes; c.code != "" && after != before {
				t.Errorf("refused, and changed to %+v", after)
			}
		})
	}
}

// logPolicy lets an account of Elastic Load Balancing write below a prefix.
func logPolicy(account, prefix string) func(bucket string) string {
	return func(bucket string) string {
		return `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::` + account + `:root"},
			"Action": "s3:PutObject", "Resource": "arn:aws:s3:::` + bucket + `/` + prefix + `/AWSLogs/` + awssim.Account + `/*"}]}`
	}
}

func TestModifyAttributes_KeepsWhatIsNotGiven(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	wantCode(t, s.create(t, s.input("one")), "")
	wantCode(t, s.modify(t, idle(3600)), "")
	wantCode(t, s.modify(t, elbtypes.LoadBalancerAttributes{CrossZoneLoadBalancing: &elbtypes.CrossZoneLoadBalancing{Enabled: true}}), "")
	out := must[*elb.DescribeLoadBalancerAttributesOutput](t)(s.elb.DescribeLoadBalancerAttributes(t.Context(), &elb.DescribeLoadBalancerAttributesInput{LoadBalancerName: aws.String("one")}))
	a := out.LoadBalancerAttributes
	if *a.ConnectionSettings.IdleTimeout != 3600 || !a.CrossZoneLoadBalancing.Enabled || a.ConnectionDraining.Enabled || a.AccessLog.Enabled || *a.ConnectionDraining.Timeout != 300 {
		t.Errorf("attributes %+v", a)
	}
}

func TestConfigureHealthCheck_HasRanges(t *testing.T) {
	t.Parallel()
	check := func(target string, numbers ...int32) *elbtypes.HealthCheck {
		return &elbtypes.HealthCheck{Target: &target, Interval: &numbers[0], Timeout: &numbers[1], UnhealthyThreshold: &numbers[2], HealthyThreshold: &numbers[3]}
	}
	cases := map[string]struct {
		check *elbtypes.HealthCheck
		code  string
	}{
		"the recipe's":                      {check("TCP:21050", 30, 5, 2, 5), ""},
		"the shortest":                      {check("SSL:1", 5, 2, 2, 2), ""},
		"the longest":                       {check("HTTP:65535/healthz", 300, 60, 10, 10), ""},
		"too short an interval":             {check("TCP:1", 4, 2, 2, 2), "ValidationError"},
		"too long an interval":              {check("TCP:1", 301, 2, 2, 2), "ValidationError"},
		"too short a timeout":               {check("TCP:1", 30, 1, 2, 2), "ValidationError"},
		"too long a timeout":                {check("TCP:1", 300, 61, 2, 2), "ValidationError"},
		"a timeout as long as the interval": {check("TCP:1", 30, 30, 2, 2), "ValidationError"},
		"one failure":                       {check("TCP:1", 30, 5, 1, 2), "ValidationError"},
		"eleven successes":                  {check("TCP:1", 30, 5, 2, 11), "ValidationError"},
		"TCP with a path":                   {check("TCP:1/x", 30, 5, 2, 2), "ValidationError"},
		"HTTP without a path":               {check("HTTP:25000", 30, 5, 2, 2), "ValidationError"},
		"no port":                           {check("TCP:0", 30, 5, 2, 2), "ValidationError"},
		"an unknown protocol":               {check("UDP:53", 30, 5, 2, 2), "ValidationError"},
	}
	s := build(t, awssim.Config{})
	wantCode(t, s.create(t, s.input("one")), "")
	if got := s.LoadBalancers()[0].HealthCheck; got.Target != "TCP:21000" || got.Healthy != 10 {
		t.Errorf("default %+v", got)
	}
	for name, c := range cases {
		_, err := s.elb.ConfigureHealthCheck(t.Context(), &elb.ConfigureHealthCheckInput{LoadBalancerName: aws.String("one"), HealthCheck: c.check})
		if got := codeOf(t, err); got != c.code {
			t.Errorf("%s: code %q, want %q", name, got, c.code)
		}
	}
}
