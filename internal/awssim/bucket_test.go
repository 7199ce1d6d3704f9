package awssim_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

func (c *clients) bucket(t *testing.T, name, constraint string, tags ...s3types.Tag) error {
	in := &s3.CreateBucketInput{Bucket: &name}
	if constraint != "" || len(tags) > 0 {
		in.CreateBucketConfiguration = &s3types.CreateBucketConfiguration{LocationConstraint: s3types.BucketLocationConstraint(constraint), Tags: tags}
	}
	_, err := c.s3.CreateBucket(t.Context(), in)
	return err
}

func TestCreateBucket_ChecksTheRegion(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ region, constraint, code string }{
		"the oldest region without a constraint": {"us-east-1", "", ""},
		"the oldest region with its own":         {"us-east-1", "us-east-1", "InvalidLocationConstraint"},
		"the oldest region with another's":       {"us-east-1", "eu-west-1", "IllegalLocationConstraintException"},
		"any other region with its own":          {"eu-west-1", "eu-west-1", ""},
		"any other region without a constraint":  {"eu-west-1", "", "IllegalLocationConstraintException"},
		"any other region with another's":        {"eu-west-1", "eu-north-1", "IllegalLocationConstraintException"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := start(t, awssim.Config{Region: c.region})
			wantCode(t, sim.bucket(t, "c1-logs", c.constraint), c.code)
		})
	}
}

func TestBucket_BelongsToOneAccount(t *testing.T) {
	t.Parallel()
	c := start(t, awssim.Config{Region: "eu-west-1"})
	c.AddBucket(awssim.Bucket{Name: "theirs", Owner: "210987654321"})
	wantCode(t, c.bucket(t, "ours", "eu-west-1", s3types.Tag{Key: aws.String("owner"), Value: aws.String("us")}), "")
	if err := c.bucket(t, "ours", "eu-west-1"); !is[*s3types.BucketAlreadyOwnedByYou](err) {
		t.Errorf("our own: %v", err)
	}
	if err := c.bucket(t, "theirs", "eu-west-1"); !is[*s3types.BucketAlreadyExists](err) {
		t.Errorf("another's: %v", err)
	}
	wantCode(t, c.bucket(t, "C1-logs", "eu-west-1"), "InvalidBucketName")
	oldest := start(t, awssim.Config{})
	wantCode(t, oldest.bucket(t, "ours", ""), "")
	wantCode(t, oldest.bucket(t, "ours", ""), "") // there it succeeds
	head := func(c *clients, name string) error {
		_, err := c.s3.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: &name})
		return err
	}
	wantCode(t, head(c, "ours"), "")
	_, err := c.s3.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("ours"), ExpectedBucketOwner: aws.String("210987654321")})
	wantCode(t, err, "Forbidden")
	wantCode(t, head(c, "theirs"), "Forbidden")
	if err := head(c, "missing"); !is[*s3types.NotFound](err) {
		t.Errorf("a missing bucket: %v", err)
	}
	if head(connect(t, c.AWS, "eu-north-1"), "ours") == nil {
		t.Error("found from another region")
	}
}

func TestBucket_ReplacesTagsAndPolicy(t *testing.T) {
	t.Parallel()
	c := start(t, awssim.Config{})
	name, ctx := aws.String("c1-logs"), t.Context()
	tags := func() (map[string]string, error) {
		out, err := c.s3.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: name})
		if err != nil {
			return nil, err
		}
		got := map[string]string{}
		for _, tag := range out.TagSet {
			got[*tag.Key] = *tag.Value
		}
		return got, nil
	}
	_, err := tags()
	wantCode(t, err, "NoSuchBucket")
	wantCode(t, c.bucket(t, *name, ""), "")
	_, err = tags()
	wantCode(t, err, "NoSuchTagSet")
	_, err = c.s3.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: name, Tagging: &s3types.Tagging{TagSet: []s3types.Tag{{Key: aws.String("a<b"), Value: aws.String("c&d")}}}})
	wantCode(t, err, "")
	if got, err := tags(); err != nil || got["a<b"] != "c&d" {
		t.Errorf("tags %v, %v", got, err)
	}
	_, err = c.s3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: name})
	wantCode(t, err, "NoSuchBucketPolicy")
	put := func(policy string) error {
		_, err := c.s3.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: name, Policy: &policy})
		return err
	}
	good := logPolicy("127311923021", "impala")(*name)
	wantCode(t, put(good), "")
	wantCode(t, put("{"), "MalformedPolicy")
	wantCode(t, put(logPolicy("127311923021", "impala")("another")), "MalformedPolicy")
	wantCode(t, put(`{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::c1-logs/*"}]}`), "AccessDenied")
	out := must[*s3.GetBucketPolicyOutput](t)(c.s3.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: name}))
	if *out.Policy != good {
		t.Errorf("policy %s", *out.Policy)
	}
}

func TestAccessLog_WritesTheTestFile(t *testing.T) {
	t.Parallel()
	for region, policy := range map[string]string{
		"us-east-1":    logPolicy("127311923021", "impala")("logs"),
		"eu-central-2": `{"Statement": {"Effect": "Allow", "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}, "Action": ["s3:GetObject", "s3:Put*"], "Resource": ["arn:aws:s3:::logs/*"]}}`,
	} {
		s := build(t, awssim.Config{Region: region, PolicyLag: 1})
		s.AddBucket(awssim.Bucket{Name: "logs"})
		wantCode(t, s.create(t, s.input("one")), "")
		_, err := s.s3.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("logs"), Policy: &policy})
		wantCode(t, err, "")
		wantCode(t, s.modify(t, logTo("logs", "impala", 60)), "InvalidConfigurationRequest") // not seen yet
		look := func() error {
			_, err := s.s3.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("logs"), Key: aws.String("impala/AWSLogs/123456789012/ELBAccessLogTestFile")})
			return err
		}
		wantCode(t, look(), "NotFound")
		wantCode(t, s.modify(t, logTo("logs", "impala", 60)), "")
		wantCode(t, look(), "")
	}
}
