package provision

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// bucket is the one for the access logs.
type bucket struct {
	exists       bool
	inaccessible bool   // it exists and cannot be read: another account's, or a permission is missing
	region       string // "": unknown
	tags         []types.Tag
	policy       string // "": none
	testFile     string // key of the test file, if it exists and was looked for
}

// defaultRegion is the region of buckets without a location constraint.
const defaultRegion = "us-east-1"

func (s *state) readBucket(ctx context.Context) error {
	s.bucket = bucket{}
	if s.spec.AccessLogs == nil {
		return nil
	}
	name := aws.String(s.spec.AccessLogs.Bucket)
	head, err := s.cloud.S3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: name})
	if err != nil {
		return s.readHeadError(err)
	}
	s.bucket.exists, s.bucket.region = true, text(head.BucketRegion)
	tags, err := s.cloud.S3.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: name})
	if err != nil && code(err) != "NoSuchTagSet" {
		return err
	} else if err == nil {
		s.bucket.tags = tags.TagSet
	}
	policy, err := s.cloud.S3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: name})
	if err != nil && code(err) != "NoSuchBucketPolicy" {
		return err
	} else if err == nil {
		s.bucket.policy = text(policy.Policy)
	}
	return nil
}

// readLogs looks for the object that Elastic Load Balancing writes when access
// logs are enabled: it proves that writing is permitted.
func (s *state) readLogs(ctx context.Context) error {
	if err := s.readBucket(ctx); err != nil || !s.bucket.exists || s.bucket.inaccessible {
		return err
	}
	_, err := s.cloud.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String(s.spec.AccessLogs.Bucket), Key: aws.String(s.testFileKey())})
	switch {
	case err == nil:
		s.bucket.testFile = s.testFileKey()
		return nil
	case code(err) == "NotFound" || code(err) == "NoSuchKey" || denied(code(err)): // S3 answers 403 to callers that may not list
		return nil
	}
	return err
}

// readHeadError interprets a failed HEAD, which has no body, only a status.
func (s *state) readHeadError(err error) error {
	answer, ok := errors.AsType[*smithyhttp.ResponseError](err)
	status := 0
	if ok {
		status = answer.HTTPStatusCode()
	}
	switch {
	case status == http.StatusNotFound || code(err) == "NotFound" || code(err) == "NoSuchBucket":
		return nil
	case status == http.StatusForbidden || denied(code(err)):
		s.bucket.exists, s.bucket.inaccessible = true, true
		return nil
	case status == http.StatusMovedPermanently || status == http.StatusBadRequest && answer.Response.Header.Get("X-Amz-Bucket-Region") != "":
		s.bucket.exists, s.bucket.region = true, cmp.Or(answer.Response.Header.Get("X-Amz-Bucket-Region"), "another region")
		return nil
	}
	return err
}

func (s *state) bucketChanges() []Change {
	logs := s.spec.AccessLogs
	if logs == nil {
		return nil
	}
	c := noChange("bucket", logs.Bucket, "exists")
	switch b := s.bucket; {
	case !b.exists && !logs.Create:
		return []Change{blocked(c, "it does not exist; access_logs.create: true creates it")}
	case !b.exists:
		return []Change{s.createBucket(), s.tagBucket(), s.putPolicy()}
	case b.inaccessible:
		return []Change{blocked(c, "it belongs to another account, or the caller lacks the permission s3:ListBucket")}
	case b.region != "" && b.region != s.cloud.Region:
		return []Change{blocked(c, "it is in %s, and access logs need one in %s", b.region, s.cloud.Region)}
	case logs.Create && s.leftUntagged():
		return []Change{c, s.tagBucket(), s.putPolicy()}
	}
	return []Change{c, s.policyRow()}
}

// leftUntagged reports whether the bucket has neither tags nor policy, as a run
// leaves it that was interrupted between creating and tagging it.
func (s *state) leftUntagged() bool { return len(s.bucket.tags) == 0 && s.bucket.policy == "" }

func (s *state) createBucket() Change {
	c := Change{Resource: "bucket", Name: s.spec.AccessLogs.Bucket, Action: Create, After: "in " + s.cloud.Region}
	in := &s3.CreateBucketInput{Bucket: aws.String(s.spec.AccessLogs.Bucket)}
	if s.cloud.Region != defaultRegion {
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(s.cloud.Region)}
	}
	return writes(c, s.cloud.S3.CreateBucket, in)
}

func (s *state) tagBucket() Change {
	c := Change{Resource: "bucket's tags", Name: s.spec.AccessLogs.Bucket, Action: Create, After: ownerTag + "=" + s.identity.owner}
	return writes(c, s.cloud.S3.PutBucketTagging,
		&s3.PutBucketTaggingInput{Bucket: aws.String(s.spec.AccessLogs.Bucket), Tagging: &types.Tagging{TagSet: tagged(s, s3Tag)}})
}

func (s *state) policyRow() Change {
	c := noChange("bucket policy", s.spec.AccessLogs.Bucket, "allows Elastic Load Balancing to write access logs")
	has, err := hasStatement(s.bucket.policy, s.logStatement())
	switch {
	case err != nil:
		return blocked(c, "its policy could not be read: %v", err)
	case has:
		return c
	}
	return s.putPolicy()
}

func (s *state) putPolicy() Change {
	c := Change{Resource: "bucket policy", Name: s.spec.AccessLogs.Bucket, Action: Create, After: "allows Elastic Load Balancing to write access logs"}
	if s.bucket.policy != "" {
		c.Action, c.Before = Update, "other statements, which are kept"
	}
	merged, err := mergeStatement(s.bucket.policy, s.logStatement())
	if err != nil {
		return blocked(c, "its policy could not be read: %v", err)
	}
	return writes(c, s.cloud.S3.PutBucketPolicy,
		&s3.PutBucketPolicyInput{Bucket: aws.String(s.spec.AccessLogs.Bucket), Policy: aws.String(merged)})
}
