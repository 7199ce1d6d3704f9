package s3log

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
)

// The most that is listed, and read.
const (
	maxListed  = 1_000_000
	maxObjects = 10_000
	maxPages   = 5_000 // S3 may answer a page without objects
)

// How far from a run the time of an object may be that has lines of it: a file of AWS's is
// of up to an hour and named by either end of it. Others have no time in their names, and
// are written once they are complete: a file of a day the day after.
const (
	before       = time.Hour
	after        = 4 * time.Hour
	afterUnnamed = 25 * time.Hour
)

// Bucket reads objects.
type Bucket struct {
	place  Place
	client *s3.Client
	sizes  map[string]int64 // of what was listed
}

// Open makes a client, and calls nothing.
func Open(ctx context.Context, p Place, a provision.Access) (*Bucket, error) {
	cfg, err := provision.Config(ctx, a)
	if err != nil {
		return nil, err
	}
	if cfg.Region == "" {
		return nil, errors.New("no region: set AWS_REGION to that of the bucket")
	}
	return &Bucket{p, provision.S3Client(cfg), map[string]int64{}}, nil
}

// List lists the objects that may have lines of the time from start to end.
func (b *Bucket) List(ctx context.Context, start, end time.Time) ([]string, error) {
	var keys []string
	seen, asked, last := 0, 0, ""
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.place.Bucket, Prefix: &b.place.Prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, b.explained(ctx, err)
		}
		for _, o := range page.Contents {
			key := aws.ToString(o.Key)
			at, until := timeOf(key), after
			if at.IsZero() {
				at, until = aws.ToTime(o.LastModified), afterUnnamed
			}
			if isLog(key) && !at.Before(start.Add(-before)) && !at.After(end.Add(until)) {
				keys = append(keys, key)
				b.sizes[key] = aws.ToInt64(o.Size)
			}
		}
		next := aws.ToString(page.NextContinuationToken)
		if next != "" && next == last {
			return nil, fmt.Errorf("%s: the list does not end: s3:ListBucket names the same next page again", b.place)
		}
		last = next
		asked++
		if seen += len(page.Contents); seen > maxListed || asked > maxPages || len(keys) > maxObjects {
			return nil, fmt.Errorf("%s: more than %d objects, or %d of the time of the run: name the prefix of a day, such as AWSLogs/ACCOUNT/elasticloadbalancing/REGION/2026/01/02/", b.place, maxListed, maxObjects)
		}
	}
	return keys, nil
}

// isLog leaves out directories, and what AWS puts there to try whether it may.
func isLog(key string) bool {
	return !strings.HasSuffix(key, "/") && !strings.HasSuffix(key, "ELBAccessLogTestFile")
}

// keyTime is the time in the names of AWS's log files.
var keyTime = regexp.MustCompile(`_(\d{8}T\d{4}Z)[_.]`)

// timeOf is the time in an object's name; zero: it has none, and when it was written counts.
// What is copied keeps the one and not the other.
func timeOf(key string) time.Time {
	if m := keyTime.FindStringSubmatch(key); m != nil {
		if t, err := time.Parse("20060102T1504Z", m[1]); err == nil {
			return t
		}
	}
	return time.Time{}
}

// Open opens an object. One that was listed has as many bytes as the list says: of a log
// that is cut, sessions would seem to be missing.
func (b *Bucket) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.place.Bucket, Key: &key})
	if err != nil {
		return nil, b.explained(ctx, err)
	}
	if size, listed := b.sizes[key]; listed {
		return &whole{out.Body, b.Name(key), size, size}, nil
	}
	return out.Body, nil
}

// accountNumber is the account's number where AWS writes it: in the directory, and where
// the name of a file begins. Twelve digits elsewhere may be a time.
var accountNumber = regexp.MustCompile(`(AWSLogs/(?:aws-account-id=)?)[0-9]{12}\b|(^|/)[0-9]{12}(_[a-z])`)

// Path is where an object is.
func (b *Bucket) Path(key string) string { return Scheme + b.place.Bucket + "/" + key }

// Name is what an object is called in messages, without the account's number: several may
// be called the same.
func (b *Bucket) Name(key string) string {
	return b.Path(accountNumber.ReplaceAllString(key, "${1}${2}ACCOUNT${3}"))
}

// explained says which call failed, and for a bucket of another region which.
func (b *Bucket) explained(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if answer, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && answer.HTTPStatusCode() == http.StatusMovedPermanently {
		return fmt.Errorf("%s: the bucket is in %s: set AWS_REGION", b.place, cmp.Or(answer.Response.Header.Get("X-Amz-Bucket-Region"), "another region"))
	}
	if call, is := provision.CallErrorOf(err); is {
		return fmt.Errorf("%s: %w", b.place, call)
	}
	return fmt.Errorf("%s: %w", b.place, err)
}
