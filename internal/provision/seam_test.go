package provision

import (
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// The SDK's own clients fit.
var (
	_ EC2 = (*ec2.Client)(nil)
	_ ELB = (*elb.Client)(nil)
	_ ACM = (*acm.Client)(nil)
	_ S3  = (*s3.Client)(nil)
	_ STS = (*sts.Client)(nil)
)
