package awssim

import (
	"encoding/json"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Bucket is an S3 bucket.
type Bucket struct {
	Name    string
	Region  string // "": the home region
	Owner   string // account; "": Account
	Policy  string // JSON; "": none
	Tags    map[string]string
	KMS     bool     // its default encryption is SSE-KMS
	Objects []string // keys
	// Contents are those of objects, by key, and Modified when they were written; an
	// object without them is empty, and of the time when the simulation began.
	Contents map[string][]byte
	Modified map[string]time.Time

	unseenPolicy int // attempts to enable logs that do not see the policy yet
}

// AddBucket adds an existing bucket.
func (a *AWS) AddBucket(b Bucket) {
	r, unlock := a.lockHome()
	defer unlock()
	if b.Region == "" {
		b.Region = r.name
	}
	if b.Owner == "" {
		b.Owner = Account
	}
	b.Tags, b.Objects = maps.Clone(b.Tags), slices.Clone(b.Objects)
	a.buckets = append(a.buckets, &b)
}

// SetBucket changes a bucket, as a manual change does.
func (a *AWS) SetBucket(name string, change func(*Bucket)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if b := find(a.buckets, func(b *Bucket) bool { return b.Name == name }); b != nil {
		change(b)
	}
}

// Buckets lists the buckets of all regions and owners.
func (a *AWS) Buckets() []Bucket {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]Bucket, 0, len(a.buckets))
	for _, b := range a.buckets {
		copied := *b
		copied.Tags, copied.Objects = maps.Clone(b.Tags), slices.Clone(b.Objects)
		out = append(out, copied)
	}
	return out
}

// bucketIn holds the parameters of every S3 call.
type bucketIn struct {
	Bucket string
	Key    string
	Owner  string // account that it must belong to; "": any
}

// bucketName is S3's rule, besides those for dots and addresses.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func validBucketName(name string) bool {
	_, err := netip.ParseAddr(name)
	return bucketName.MatchString(name) && !strings.Contains(name, "..") && err != nil && !strings.HasPrefix(name, "xn--")
}

// bucket finds one of the caller's buckets in the request's region.
func (r *region) bucket(in bucketIn) (*Bucket, error) {
	b := find(r.aws.buckets, func(b *Bucket) bool { return b.Name == in.Bucket })
	switch {
	case b == nil:
		return nil, refuseAs(404, "NoSuchBucket", "The specified bucket does not exist")
	case b.Owner != Account, in.Owner != "" && in.Owner != b.Owner:
		return nil, refuseAs(403, "AccessDenied", "Access Denied")
	case b.Region != r.name:
		return nil, refuseAs(301, "PermanentRedirect", "The bucket you are attempting to access must be addressed using the specified endpoint: %s", b.Region)
	}
	return b, nil
}

type createBucket struct {
	bucketIn
	LocationConstraint string
	Tags               []tag
}

func (c createBucket) carriesTags() bool { return len(c.Tags) > 0 }

func (r *region) createBucket(in createBucket) (*Bucket, error) {
	if !validBucketName(in.Bucket) {
		return nil, refuse("InvalidBucketName", "The specified bucket is not valid.")
	}
	if err := r.checkLocation(in.LocationConstraint); err != nil {
		return nil, err
	}
	tags, err := s3Tags.set(in.Tags)
	if err != nil {
		return nil, err
	}
	if b := find(r.aws.buckets, func(b *Bucket) bool { return b.Name == in.Bucket }); b != nil {
		switch {
		case b.Owner != Account:
			return nil, refuseAs(409, "BucketAlreadyExists", "The requested bucket name is not available.")
		case r.name == "us-east-1" && b.Region == r.name: // the oldest region's exception
			return b, nil
		}
		return nil, refuseAs(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")
	}
	b := &Bucket{Name: in.Bucket, Region: r.name, Owner: Account, Tags: tags}
	r.aws.buckets = append(r.aws.buckets, b)
	return b, nil
}

// checkLocation compares a location constraint with the request's region: none in
// us-east-1, the region's name elsewhere.
func (r *region) checkLocation(constraint string) error {
	switch {
	case r.name == "us-east-1" && constraint == "us-east-1":
		return refuse("InvalidLocationConstraint", "The specified location-constraint is not valid")
	case r.name == "us-east-1" && constraint == "", constraint == r.name:
		return nil
	case constraint == "":
		constraint = "unspecified"
	}
	return refuse("IllegalLocationConstraintException", "The %s location constraint is incompatible for the region specific endpoint this request was sent to.", constraint)
}

func (r *region) headBucket(in bucketIn) (*Bucket, error) { return r.bucket(in) }

func (r *region) bucketTags(in bucketIn) (*Bucket, error) {
	b, err := r.bucket(in)
	if err == nil && len(b.Tags) == 0 {
		return nil, refuseAs(404, "NoSuchTagSet", "The TagSet does not exist")
	}
	return b, err
}

type putTags struct {
	bucketIn
	Tags []tag
}

// putTags replaces all tags.
func (r *region) putTags(in putTags) (none, error) {
	b, err := r.bucket(in.bucketIn)
	if err != nil {
		return none{}, err
	}
	tags, err := s3Tags.set(in.Tags)
	if err != nil {
		return none{}, err
	}
	b.Tags = tags
	return none{}, nil
}

func (r *region) bucketPolicy(in bucketIn) (*Bucket, error) {
	b, err := r.bucket(in)
	if err == nil && b.Policy == "" {
		return nil, refuseAs(404, "NoSuchBucketPolicy", "The bucket policy does not exist")
	}
	return b, err
}

type putPolicy struct {
	bucketIn
	Policy string
}

// maxPolicy is the largest bucket policy in bytes.
const maxPolicy = 20 << 10

// putPolicy replaces the policy.
func (r *region) putPolicy(in putPolicy) (none, error) {
	b, err := r.bucket(in.bucketIn)
	if err != nil {
		return none{}, err
	}
	var p bucketPolicy
	switch err := json.Unmarshal([]byte(in.Policy), &p); {
	case err != nil:
		return none{}, refuse("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
	case len(in.Policy) > maxPolicy:
		return none{}, refuse("PolicyTooLarge", "Policy exceeds the maximum allowed document size.")
	case len(p.Statement) == 0:
		return none{}, refuse("MalformedPolicy", "Could not parse the policy: Statement is empty!")
	}
	for _, s := range p.Statement {
		if err := s.valid(b.Name); err != nil {
			return none{}, err
		}
		if s.public() { // BlockPublicPolicy is on for every new bucket
			return none{}, refuseAs(403, "AccessDenied", "User: %s is not authorized to perform: s3:PutBucketPolicy because public policies are blocked by the BlockPublicPolicy block public access setting.", callerARN)
		}
	}
	b.Policy, b.unseenPolicy = in.Policy, r.aws.config.PolicyLag
	return none{}, nil
}

// headObject does not simulate the 403 for callers that may not list the bucket.
func (r *region) headObject(in bucketIn) (string, error) {
	b, err := r.bucket(in)
	if err != nil {
		return "", err
	}
	if !slices.Contains(b.Objects, in.Key) {
		return "", refuseAs(404, "NoSuchKey", "The specified key does not exist.")
	}
	return in.Key, nil
}
