package provision

import (
	"cmp"
	"context"
	"errors"
	"maps"
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
	encryption   string // default: "AES256", "aws:kms", ...; "": none
	testFile     string // key of the test file, if it exists and was looked for
}

// defaultRegion is the region of buckets without a location constraint.
const defaultRegion = "us-east-1"

// managesBucket reports whether the bucket is read and changed: it may be managed by
// someone else, in another account too, whose policy must then allow the writing.
func (s *state) managesBucket() bool { return s.spec.AccessLogs != nil && s.spec.AccessLogs.Managed() }

func (s *state) bucketName() *string { return aws.String(s.spec.AccessLogs.Bucket) }

// bucketOwner is in every call: a bucket's name is global, and one that was deleted
// may be somebody else's by now.
func (s *state) bucketOwner() *string { return aws.String(s.identity.account) }

func (s *state) readBucket(ctx context.Context) error {
	s.bucket = bucket{}
	if !s.managesBucket() {
		return nil
	}
	name, owner := s.bucketName(), s.bucketOwner()
	head, err := s.cloud.S3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: name, ExpectedBucketOwner: owner})
	if err != nil {
		return s.readHeadError(err)
	}
	s.bucket.exists, s.bucket.region = true, text(head.BucketRegion)
	tags, err := s.cloud.S3.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: name, ExpectedBucketOwner: owner})
	if err != nil && code(err) != "NoSuchTagSet" {
		return err
	} else if err == nil {
		s.bucket.tags = tags.TagSet
	}
	policy, err := s.cloud.S3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: name, ExpectedBucketOwner: owner})
	if err != nil && code(err) != "NoSuchBucketPolicy" {
		return err
	} else if err == nil {
		s.bucket.policy = text(policy.Policy)
	}
	return nil
}

// readWritableBucket also reads what would prevent Elastic Load Balancing from
// writing.
func (s *state) readWritableBucket(ctx context.Context) error {
	if err := s.readBucket(ctx); err != nil || !s.bucket.exists || s.bucket.inaccessible || s.bucket.region != "" && s.bucket.region != s.cloud.Region {
		return err
	}
	encryption, err := s.cloud.S3.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: s.bucketName(), ExpectedBucketOwner: s.bucketOwner()})
	if err != nil && code(err) != "ServerSideEncryptionConfigurationNotFoundError" {
		return err
	} else if err == nil && encryption.ServerSideEncryptionConfiguration != nil {
		for _, rule := range encryption.ServerSideEncryptionConfiguration.Rules {
			if rule.ApplyServerSideEncryptionByDefault != nil {
				s.bucket.encryption = string(rule.ApplyServerSideEncryptionByDefault.SSEAlgorithm)
			}
		}
	}
	return nil
}

// readLogs looks for the object that Elastic Load Balancing writes when access
// logs are enabled: it proves that writing is permitted.
func (s *state) readLogs(ctx context.Context) error {
	if err := s.readBucket(ctx); err != nil || !s.bucket.exists || s.bucket.inaccessible || !s.kind.writesTestFile() {
		return err
	}
	_, err := s.cloud.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: s.bucketName(), ExpectedBucketOwner: s.bucketOwner(), Key: aws.String(s.testFileKey())})
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
	if !s.managesBucket() {
		return nil
	}
	logs, b := s.spec.AccessLogs, s.bucket
	c := noChange("bucket", logs.Bucket, "exists")
	switch {
	case !b.exists && !logs.Create:
		return []Change{blocked(c, "it does not exist; access_logs.create: true creates it")}
	case !b.exists:
		return []Change{s.createBucket(), s.putPolicy()}
	case b.inaccessible:
		return []Change{blocked(c, "it belongs to another account, which access_logs.manage: false allows, or the caller lacks the permission s3:ListBucket")}
	case b.region != "" && b.region != s.cloud.Region:
		return []Change{blocked(c, "it is in %s, and access logs need one in %s", b.region, s.cloud.Region)}
	case s.kind.refusesEncryption(b.encryption) != "":
		return []Change{blocked(c, "its default encryption is %s, %s", b.encryption, s.kind.refusesEncryption(b.encryption))}
	case s.ownsS3(b.tags) && !logs.Adopt, s.createdBucket && len(b.tags) == 0: // by an S3 that ignored the tags in the call
		return []Change{c, s.bucketTags(), s.policyRow()}
	case logs.Adopt:
		return []Change{c, s.policyRow()}
	}
	c.Action = Conflict
	c.Why = "a bucket of this name exists without our tag " + ownerTag + "=" + s.identity.owner + ": access_logs.adopt: true uses it as it is, adds our statement to its policy and never deletes it"
	return []Change{c}
}

// createBucket creates it with the owner's tags in the same call, so that a bucket
// without them is never one of ours.
func (s *state) createBucket() Change {
	c := Change{Resource: "bucket", Name: s.spec.AccessLogs.Bucket, Action: Create, After: "in " + s.cloud.Region}
	in := &s3.CreateBucketInput{Bucket: s.bucketName(), CreateBucketConfiguration: &types.CreateBucketConfiguration{Tags: tagged(s, s3Tag)}}
	if s.cloud.Region != defaultRegion {
		in.CreateBucketConfiguration.LocationConstraint = types.BucketLocationConstraint(s.cloud.Region)
	}
	c = writes(c, s.cloud.S3.CreateBucket, in)
	create := c.apply
	c.apply = func(ctx context.Context) error {
		err := create(ctx)
		s.createdBucket = s.createdBucket || err == nil
		return err
	}
	return c
}

// bucketTags adds missing tags. S3 replaces all of them, so the others are sent too.
func (s *state) bucketTags() Change {
	tags := map[string]string{}
	for _, t := range s.bucket.tags {
		tags[text(t.Key)] = text(t.Value)
	}
	lacking := s.lackingTags(tags)
	c := noChange("bucket's tags", s.spec.AccessLogs.Bucket, tagsText(s.wantedTags()))
	if len(lacking) == 0 {
		return c
	}
	c.Action, c.Before, c.After = Update, tagsText(tags), "with "+tagsText(lacking)
	maps.Copy(tags, lacking)
	return writes(c, s.cloud.S3.PutBucketTagging,
		&s3.PutBucketTaggingInput{Bucket: s.bucketName(), ExpectedBucketOwner: s.bucketOwner(), Tagging: &types.Tagging{TagSet: tagList(tags, s3Tag)}})
}

func (s *state) policyRow() Change {
	c := noChange("bucket policy", s.spec.AccessLogs.Bucket, "allows Elastic Load Balancing to write access logs")
	has, err := hasStatements(s.bucket.policy, s.kind.logStatements())
	switch {
	case err != nil:
		return blocked(c, "its policy could not be read: %v", err)
	case s.deniedBy() != "":
		return blocked(c, "its %s denies Elastic Load Balancing to write access logs: remove it, or exclude this folder from it", s.deniedBy())
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
	merged, err := mergeStatements(s.bucket.policy, s.kind.logStatements())
	if err != nil {
		return blocked(c, "its policy could not be read: %v", err)
	}
	return writes(c, s.cloud.S3.PutBucketPolicy,
		&s3.PutBucketPolicyInput{Bucket: s.bucketName(), ExpectedBucketOwner: s.bucketOwner(), Policy: aws.String(merged)})
}
