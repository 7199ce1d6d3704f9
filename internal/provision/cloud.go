package provision

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// attempts is how often the SDK tries a call that fails because of the network or
// of AWS, with growing pauses. A missing answer is such a failure.
const attempts = 5

// Open makes clients from the configuration that the AWS CLI uses: environment,
// shared files, instance roles. region, if not "", overrides theirs. Other endpoints
// come from AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_SERVICE. It makes no call, unless
// credentials come from a role.
func Open(ctx context.Context, region string) (Cloud, error) {
	return open(ctx, region, defaultLimits, config.WithRetryMaxAttempts(attempts))
}

// Config is the configuration of [Open], with its limits and attempts, for clients of
// other services.
func Config(ctx context.Context, region string) (aws.Config, error) {
	return configure(ctx, region, defaultLimits, config.WithRetryMaxAttempts(attempts))
}

func open(ctx context.Context, region string, l limits, options ...func(*config.LoadOptions) error) (Cloud, error) {
	cfg, err := configure(ctx, region, l, options...)
	if err != nil {
		return Cloud{}, err
	}
	return newCloud(cfg), nil
}

func configure(ctx context.Context, region string, l limits, options ...func(*config.LoadOptions) error) (aws.Config, error) {
	client := l.client()
	options = append(options, config.WithHTTPClient(client),
		config.WithEndpointCredentialOptions(func(o *endpointcreds.Options) { o.HTTPClient = client })) // the default has no limits
	if region != "" {
		options = append(options, config.WithRegion(region))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, err
	}
	if cfg.Credentials != nil {
		cfg.Credentials = limitedCredentials{cfg.Credentials, 2 * l.answer}
	}
	return cfg, nil
}

func newCloud(cfg aws.Config) Cloud {
	byPath := func(o *s3.Options) {
		o.UsePathStyle = o.BaseEndpoint != nil // BUCKET.HOST does not resolve for a custom endpoint
	}
	return Cloud{
		EC2: ec2.NewFromConfig(cfg), ELB: elb.NewFromConfig(cfg), ACM: acm.NewFromConfig(cfg),
		S3: s3.NewFromConfig(cfg, byPath), STS: sts.NewFromConfig(cfg), Region: cfg.Region,
	}
}
