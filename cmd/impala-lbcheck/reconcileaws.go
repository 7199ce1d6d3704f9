//go:build !noaws

package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/internal/s3log"
)

// bucketLogs are the logs in a bucket that may have lines of a time.
func bucketLogs(ctx context.Context, name string, start, end time.Time) ([]logFile, error) {
	place, err := s3log.Parse(name)
	if err != nil {
		return nil, err
	}
	bucket, err := s3log.Open(ctx, place, provision.Access{})
	if err != nil {
		return nil, err
	}
	keys, err := bucket.List(ctx, start, end)
	if err == nil && len(keys) == 0 {
		err = fmt.Errorf("%s: no object there is of the time of the run, %s: is the prefix right, and was the log delivered?", name, start.Format(time.RFC3339))
	}
	var out []logFile
	for _, key := range keys {
		out = append(out, logFile{bucket.Path(key), bucket.Name(key), func(ctx context.Context) (io.ReadCloser, error) { return bucket.Open(ctx, key) }})
	}
	return out, err
}

// bucketPolicy prints the IAM policy that reading logs in a bucket needs; of any, where none
// is named.
func bucketPolicy(ctx context.Context, e env, places []string) error {
	text := s3log.Policy
	if len(places) > 0 {
		place, err := s3log.Parse(places[0])
		if err != nil {
			return err
		}
		text = place.Policy(s3log.Region(ctx, provision.Access{}))
	}
	_, err := io.WriteString(e.out, text)
	return err
}
