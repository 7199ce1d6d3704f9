package provision

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Cloud holds the SDK's clients. They may point at AWS or at any endpoint that
// answers like it; no code makes a difference.
type Cloud struct {
	EC2    *ec2.Client
	ELB    *elb.Client   // of the API of 2012-06-01 (Classic)
	ELBv2  *elbv2.Client // of the API of 2015-12-01 (network)
	ACM    *acm.Client
	S3     *s3.Client
	STS    *sts.Client
	Quotas *servicequotas.Client
	Region string

	// Clock and resolver; nil is the real one.
	Now        func() time.Time
	Sleep      func(context.Context, time.Duration) error // until the context ends, whose error it then returns
	LookupHost func(context.Context, string) ([]string, error)
}
