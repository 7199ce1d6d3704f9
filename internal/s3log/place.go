package s3log

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// Scheme begins the name of a prefix in a bucket.
const Scheme = "s3://"

// Place is a prefix in a bucket.
type Place struct{ Bucket, Prefix string }

var bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// Parse reads s3://BUCKET/PREFIX.
func Parse(name string) (Place, error) {
	rest, is := strings.CutPrefix(name, Scheme)
	bucket, prefix, _ := strings.Cut(rest, "/")
	if !is || !bucketForm.MatchString(bucket) || len(prefix) > 1024 {
		return Place{}, fmt.Errorf("%.200q is no s3://BUCKET/PREFIX", name)
	}
	return Place{bucket, prefix}, nil
}

// String is Parse's.
func (p Place) String() string { return Scheme + p.Bucket + "/" + p.Prefix }

// literal writes what IAM takes for a pattern or a variable so that it stands for itself.
var literal = strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}")

// Policy is the IAM policy of the calls that reading a place in a region takes. Without a
// region PARTITION stays in it.
func (p Place) Policy(region string) string {
	prefix, _ := json.Marshal(literal.Replace(p.Prefix)) // of a string: it cannot fail
	words := []string{"BUCKET", p.Bucket, "PREFIX", string(prefix[1 : len(prefix)-1])}
	if region != "" {
		words = append(words, "PARTITION", partitionOf(region))
	}
	return strings.NewReplacer(words...).Replace(Policy)
}

// Policy is the policy of any place: PARTITION, BUCKET and PREFIX stand for its own, as in
// docs/iam.
const Policy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ListLogs",
      "Effect": "Allow",
      "Action": ["s3:ListBucket"],
      "Resource": ["arn:PARTITION:s3:::BUCKET"],
      "Condition": {
        "StringLike": {
          "s3:prefix": ["PREFIX*"]
        }
      }
    },
    {
      "Sid": "ReadLogs",
      "Effect": "Allow",
      "Action": ["s3:GetObject"],
      "Resource": ["arn:PARTITION:s3:::BUCKET/PREFIX*"]
    }
  ]
}
`
