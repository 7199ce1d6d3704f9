package s3log

import (
	"context"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
)

// Region is that of the environment and of the AWS CLI's files; "": they name none, or
// cannot be read, which printing a policy does not need.
func Region(ctx context.Context, a provision.Access) string {
	cfg, err := provision.Config(ctx, a)
	if err != nil {
		return ""
	}
	return cfg.Region
}

// partitions are those beside aws, by how their regions begin.
var partitions = map[string]string{
	"cn-": "aws-cn", "us-gov-": "aws-us-gov", "eusc-": "aws-eusc",
	"us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "eu-isoe-": "aws-iso-e", "us-isof-": "aws-iso-f",
}

// partitionOf is the partition that every ARN of a region has.
func partitionOf(region string) string {
	for begins, partition := range partitions {
		if strings.HasPrefix(region, begins) {
			return partition
		}
	}
	return "aws"
}
