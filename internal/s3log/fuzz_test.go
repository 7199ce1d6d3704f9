package s3log_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/s3log"
)

// FuzzParse reads arbitrary text as a place in S3: one that is written again as it was, and
// whose policy is JSON for that bucket alone; or an error in one line.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"s3://elb-logs/impala/", "s3://elb-logs", "s3://elb-logs/", "s3://a/b", "s3://bucket/a\"b*?${aws:username}", "s3://Bucket/", "http://bucket/", "s3:///", "s3://b\n/x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		place, err := s3log.Parse(text)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r\x1b") || len(err.Error()) > 4096 {
				t.Errorf("%q", err)
			}
			return
		}
		if again, err := s3log.Parse(place.String()); err != nil || again != place {
			t.Errorf("%q is %+v, then %+v (%v)", text, place, again, err)
		}
		var policy struct{ Statement []struct{ Resource []string } }
		if err := json.Unmarshal([]byte(place.Policy("eu-west-1")), &policy); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for _, s := range policy.Statement {
			if len(s.Resource) != 1 || !strings.HasPrefix(s.Resource[0], "arn:aws:s3:::"+place.Bucket) {
				t.Errorf("%q: %q", text, s.Resource)
			}
		}
	})
}
