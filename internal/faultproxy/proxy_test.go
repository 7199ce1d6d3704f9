package faultproxy_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/faultproxy"
)

// bench is a simulated AWS behind a proxy, and the SDK's configuration for it.
type bench struct {
	sim    *awssim.AWS
	proxy  *faultproxy.Proxy
	config aws.Config
	ec2    *ec2.Client
	vpc    string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	sim, err := awssim.Start(awssim.Config{})
	if err != nil {
		t.Fatal(err)
	}
	proxy, err := faultproxy.New(sim.URL())
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := errors.Join(proxy.Close(), sim.Close()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	config := aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String(proxy.URL()), RetryMaxAttempts: 1, HTTPClient: &http.Client{Transport: transport},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	}
	return &bench{sim, proxy, config, ec2.NewFromConfig(config), sim.AddVPC(awssim.VPC{})}
}

func (b *bench) look(t *testing.T) error {
	_, err := b.ec2.DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{})
	return err
}

func (b *bench) create(t *testing.T, name string) error {
	_, err := b.ec2.CreateSecurityGroup(t.Context(), &ec2.CreateSecurityGroupInput{GroupName: &name, Description: aws.String("for a test"), VpcId: &b.vpc})
	return err
}

// groups counts those besides the VPC's default one.
func (b *bench) groups() int { return len(b.sim.Groups()) - 1 }

func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

func TestKinds_UseEachServicesCode(t *testing.T) {
	t.Parallel()
	type ask func(context.Context, aws.Config) error
	services := map[string]struct {
		ask   ask
		codes map[faultproxy.Kind]string
	}{
		"EC2": {func(ctx context.Context, c aws.Config) error {
			_, err := ec2.NewFromConfig(c).DescribeVpcs(ctx, &ec2.DescribeVpcsInput{})
			return err
		}, map[faultproxy.Kind]string{faultproxy.Throttled: "RequestLimitExceeded", faultproxy.Internal: "InternalError", faultproxy.Unavailable: "Unavailable", faultproxy.Denied: "UnauthorizedOperation", faultproxy.Expired: "RequestExpired"}},
		"Elastic Load Balancing": {func(ctx context.Context, c aws.Config) error {
			_, err := elb.NewFromConfig(c).DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{})
			return err
		}, map[faultproxy.Kind]string{faultproxy.Throttled: "Throttling", faultproxy.Internal: "InternalFailure", faultproxy.Unavailable: "ServiceUnavailable", faultproxy.Denied: "AccessDenied", faultproxy.Expired: "ExpiredToken"}},
		"Certificate Manager": {func(ctx context.Context, c aws.Config) error {
			_, err := acm.NewFromConfig(c).ListCertificates(ctx, &acm.ListCertificatesInput{})
			return err
		}, map[faultproxy.Kind]string{faultproxy.Throttled: "ThrottlingException", faultproxy.Internal: "InternalServerException", faultproxy.Unavailable: "ServiceUnavailable", faultproxy.Denied: "AccessDeniedException", faultproxy.Expired: "ExpiredTokenException"}},
		"S3": {func(ctx context.Context, c aws.Config) error {
			_, err := s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = true }).GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String("logs")})
			return err
		}, map[faultproxy.Kind]string{faultproxy.Throttled: "SlowDown", faultproxy.Internal: "InternalError", faultproxy.Unavailable: "ServiceUnavailable", faultproxy.Denied: "AccessDenied", faultproxy.Expired: "ExpiredToken"}},
		"STS": {func(ctx context.Context, c aws.Config) error {
			_, err := sts.NewFromConfig(c).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
			return err
		}, map[faultproxy.Kind]string{faultproxy.Throttled: "Throttling", faultproxy.Internal: "InternalFailure", faultproxy.Unavailable: "ServiceUnavailable", faultproxy.Denied: "AccessDenied", faultproxy.Expired: "ExpiredToken"}},
	}
	for name, service := range services {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			for _, kind := range faultproxy.Kinds() {
				b.proxy.Reset()
				b.proxy.FailAt(1, kind)
				ctx, stop := context.WithTimeout(t.Context(), time.Minute)
				if kind == faultproxy.Hung {
					ctx, stop = context.WithTimeout(t.Context(), 20*time.Millisecond)
				}
				err := service.ask(ctx, b.config)
				stop()
				if err == nil {
					t.Errorf("%s: no error", kind)
				}
				if got := codeOf(err); got != service.codes[kind] {
					t.Errorf("%s: code %q, want %q (%v)", kind, got, service.codes[kind], err)
				}
			}
		})
	}
}

func TestThrottled_IsRetriedByTheSDK(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.proxy.FailAt(1, faultproxy.Throttled)
	config := b.config
	config.RetryMaxAttempts = 0 // the Retryer says
	client := ec2.NewFromConfig(config, func(o *ec2.Options) {
		o.Retryer = retry.NewStandard(func(s *retry.StandardOptions) {
			s.MaxAttempts = 2
			s.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		})
	})
	if _, err := client.DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{}); err != nil {
		t.Fatal(err)
	}
	if got := b.proxy.Requests(); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

func TestFailAt_FailsOneCall(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.proxy.FailAt(2, faultproxy.Internal)
	b.proxy.FailWriteAt(2, faultproxy.Denied)
	steps := []struct {
		call func() error
		code string
	}{
		{func() error { return b.look(t) }, ""},
		{func() error { return b.look(t) }, "InternalError"},
		{func() error { return b.create(t, "one") }, ""},
		{func() error { return b.look(t) }, ""},
		{func() error { return b.create(t, "two") }, "UnauthorizedOperation"},
		{func() error { return b.create(t, "two") }, ""},
	}
	for i, step := range steps {
		if got := codeOf(step.call()); got != step.code {
			t.Errorf("call %d: code %q, want %q", i+1, got, step.code)
		}
	}
	if r, w, f := b.proxy.Requests(), b.proxy.Writes(), b.proxy.Failed(); r != 6 || w != 3 || f != 2 {
		t.Errorf("%d requests, %d writes, %d failed, want 6, 3, 2", r, w, f)
	}
}

func TestCut_BeforeAndAfter(t *testing.T) {
	t.Parallel()
	for kind, want := range map[faultproxy.Kind]int{faultproxy.CutBefore: 0, faultproxy.CutAfter: 1} {
		b := newBench(t)
		b.proxy.FailWriteAt(1, kind)
		if err := b.create(t, "front"); err == nil || codeOf(err) != "" {
			t.Errorf("%s: %v, want a broken connection", kind, err)
		}
		if got := b.groups(); got != want {
			t.Errorf("%s: %d groups, want %d", kind, got, want)
		}
		if got := b.proxy.Requests(); got != 1 {
			t.Errorf("%s: %d requests: it was retried", kind, got)
		}
	}
}

func TestCutFrom_EndsEveryCall(t *testing.T) {
	t.Parallel()
	for name, kill := range map[string]func(*faultproxy.Proxy){
		"at its third request": func(p *faultproxy.Proxy) { p.CutFrom(3) },
		"at its second write":  func(p *faultproxy.Proxy) { p.CutFromWrite(2) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			kill(b.proxy)
			if err := errors.Join(b.look(t), b.create(t, "one")); err != nil {
				t.Fatal(err)
			}
			if b.create(t, "two") == nil || b.look(t) == nil {
				t.Error("a call got through")
			}
			if got := b.groups(); got != 1 {
				t.Errorf("%d groups, want 1", got)
			}
			b.proxy.Reset()
			if err := b.create(t, "two"); err != nil {
				t.Errorf("after Reset: %v", err)
			}
		})
	}
}

func TestWrites_DryRunIsNone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := b.ec2.DeleteSecurityGroup(t.Context(), &ec2.DeleteSecurityGroupInput{GroupId: aws.String("sg-00000000"), DryRun: aws.Bool(true)})
	if codeOf(err) != "DryRunOperation" || b.proxy.Writes() != 0 {
		t.Errorf("%v, %d writes", err, b.proxy.Writes())
	}
}
