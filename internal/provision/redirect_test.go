package provision

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// Whoever answers in AWS's place cannot have a call, and the session's token in it, sent on
// to another host.
func TestRedirect_AnotherHostHearsNothing(t *testing.T) {
	t.Parallel()
	var heard atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard.Add(1) }))
	t.Cleanup(other.Close)
	first := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	t.Cleanup(first.Close)
	client := limits{connect: time.Minute, answer: time.Minute}.client()
	t.Cleanup(func() { client.GetTransport().CloseIdleConnections() })
	cloud := newCluster(t, awssim.Config{}).cloud(t, first.URL, "us-east-1", func(config *aws.Config) { config.HTTPClient = client })
	for range 50 { // each one is a race of its connection with its end
		_, err := cloud.S3.GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: aws.String("logs")}) // a GET, which Go's client would send on
		if want := "is a redirect from " + strings.TrimPrefix(first.URL, "http://"); err == nil || !strings.Contains(err.Error(), want) {
			t.Fatalf("%v, want %q", err, want)
		}
	}
	if n := heard.Load(); n > 0 {
		t.Errorf("it heard %d calls", n)
	}
}
