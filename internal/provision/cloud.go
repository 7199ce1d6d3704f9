package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// attempts is how often the SDK tries a call that fails because of the network or
// of AWS, with growing pauses, where the AWS configuration does not say. A missing
// answer is such a failure.
const attempts = 5

// Access says whose AWS it is, beyond what the AWS configuration says.
type Access struct {
	Region  string                              // "": the configuration's
	Profile string                              // "": the configuration's
	MFACode func(device string) (string, error) // asked where the profile has mfa_serial; nil: refused
}

// sessionTime is how long a role is assumed for where the profile does not say, as by
// the AWS CLI. The SDK's own is less than a run may take, and MFA is asked again then.
const sessionTime = time.Hour

// Open makes clients from the configuration that the AWS CLI uses: environment,
// shared files, SSO, instance roles. Other endpoints come from AWS_ENDPOINT_URL and
// AWS_ENDPOINT_URL_SERVICE. It makes no call, unless credentials come from a role.
func Open(ctx context.Context, a Access) (Cloud, error) {
	return open(ctx, a, defaultLimits)
}

// Config is the configuration of [Open], with its limits and attempts, for clients of
// other services.
func Config(ctx context.Context, a Access) (aws.Config, error) {
	return configure(ctx, a, defaultLimits)
}

func open(ctx context.Context, a Access, l limits, options ...func(*config.LoadOptions) error) (Cloud, error) {
	cfg, err := configure(ctx, a, l, options...)
	if err != nil {
		return Cloud{}, err
	}
	return newCloud(cfg), nil
}

func configure(ctx context.Context, a Access, l limits, options ...func(*config.LoadOptions) error) (aws.Config, error) {
	client := l.client()
	options = append(options, config.WithHTTPClient(client), config.WithAPIOptions(answerOptions),
		config.WithEndpointCredentialOptions(func(o *endpointcreds.Options) { o.HTTPClient, o.APIOptions = client, answerOptions }), // the default has no limits
		config.WithAssumeRoleCredentialOptions(a.assumeRole))
	if a.Region != "" {
		options = append(options, config.WithRegion(a.Region))
	}
	if a.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(a.Profile))
	}
	cfg, err := load(ctx, l, options)
	if err != nil {
		return aws.Config{}, err
	}
	cfg.RetryMaxAttempts = cmp.Or(cfg.RetryMaxAttempts, attempts)
	if cfg.Credentials != nil {
		cfg.Credentials = limitedCredentials{cfg.Credentials, 2 * l.answer, a.Profile}
	}
	return cfg, nil
}

// load reads the configuration within the time for files, and until ctx ends. The SDK
// opens the files that the environment names however long that takes: a pipe to which
// nobody writes then keeps one goroutine until the process ends.
func load(ctx context.Context, l limits, options []func(*config.LoadOptions) error) (aws.Config, error) {
	type outcome struct {
		cfg aws.Config
		err error
	}
	ctx, stop := context.WithTimeoutCause(ctx, l.files, fmt.Errorf("no end of a file of the AWS configuration within %v: see AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE and AWS_CA_BUNDLE", l.files))
	defer stop()
	done := make(chan outcome, 1)
	go func() {
		cfg, err := config.LoadDefaultConfig(ctx, options...)
		done <- outcome{cfg, err}
	}()
	select {
	case o := <-done:
		return o.cfg, o.err
	case <-ctx.Done():
		return aws.Config{}, context.Cause(ctx)
	}
}

// assumeRole asks for the code of a device, where the role needs one.
func (a Access) assumeRole(o *stscreds.AssumeRoleOptions) {
	o.Duration = cmp.Or(o.Duration, sessionTime)
	o.TokenProvider = func() (string, error) {
		if a.MFACode == nil {
			return "", errors.New("the profile needs a code of an MFA device (mfa_serial), and nobody can be asked for it here")
		}
		return a.MFACode(aws.ToString(o.SerialNumber))
	}
}

// S3Client is the client of S3 with a configuration.
func S3Client(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = o.BaseEndpoint != nil             // BUCKET.HOST does not resolve for a custom endpoint
		o.DisableLogOutputChecksumValidationSkipped = true // a line on stderr for each object of a load balancer
	})
}

func newCloud(cfg aws.Config) Cloud {
	return Cloud{
		EC2: ec2.NewFromConfig(cfg), ELB: elb.NewFromConfig(cfg), ELBv2: elbv2.NewFromConfig(cfg), ACM: acm.NewFromConfig(cfg),
		S3: S3Client(cfg), STS: sts.NewFromConfig(cfg), Quotas: servicequotas.NewFromConfig(cfg), Region: cfg.Region,
	}
}
