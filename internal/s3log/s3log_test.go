package s3log_test

import (
	"encoding/json"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/internal/s3log"
)

// began is when the run of every test began; it lasted a minute.
var began = time.Date(2026, 11, 28, 23, 58, 0, 0, time.UTC)

const logsOf = "impala/AWSLogs/" + awssim.Account + "/elasticloadbalancing/eu-west-1/"

// account has a bucket of a load balancer's logs.
func account(t *testing.T) *awssim.AWS {
	t.Helper()
	sim, err := awssim.Start(awssim.Config{Region: "eu-west-1", PageSize: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	none := filepath.Join(t.TempDir(), "none")
	for k, v := range map[string]string{
		"AWS_ENDPOINT_URL": sim.URL(), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_REGION": "eu-west-1",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_PROFILE": "", "AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none,
	} {
		t.Setenv(k, v)
	}
	b := awssim.Bucket{Name: "elb-logs", Contents: map[string][]byte{}, Modified: map[string]time.Time{}}
	for key, modified := range map[string]time.Time{
		logsOf + "2026/11/28/" + awssim.Account + "_elasticloadbalancing_eu-west-1_impala_20261128T2355Z_10.0.0.9_a.log": began.Add(-time.Minute),
		logsOf + "2026/11/29/" + awssim.Account + "_elasticloadbalancing_eu-west-1_impala_20261129T0000Z_10.0.0.9_b.log": began.Add(48 * time.Hour), // copied later
		logsOf + "2026/11/27/" + awssim.Account + "_elasticloadbalancing_eu-west-1_impala_20261127T0000Z_10.0.0.9_c.log": began,                     // copied, too
		logsOf + "2026/12/01/" + awssim.Account + "_elasticloadbalancing_eu-west-1_impala_20261201T0000Z_10.0.0.9_d.log": began.Add(48 * time.Hour),
		"impala/AWSLogs/" + awssim.Account + "/ELBAccessLogTestFile":                                                     began,
		"impala/AWSLogs/":          began,
		"impala/haproxy.log.gz":    began.Add(time.Hour),
		"impala/haproxy.log.1.gz":  began.Add(-2 * time.Hour),
		"impala/haproxy.log.2.gz":  began.Add(24 * time.Hour), // of a day, written at its end
		"impala/haproxy.log.3.gz":  began.Add(26 * time.Hour),
		"somebody-else/haproxy.gz": began,
	} {
		b.Objects = append(b.Objects, key)
		b.Contents[key], b.Modified[key] = []byte("of "+key), modified
	}
	sim.AddBucket(b)
	return sim
}

func list(t *testing.T, name string) ([]string, error) {
	t.Helper()
	place, err := s3log.Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	bucket, err := s3log.Open(t.Context(), place, provision.Access{})
	if err != nil {
		return nil, err
	}
	keys, err := bucket.List(t.Context(), began, began.Add(time.Minute))
	var out []string
	for _, key := range keys {
		body, err := bucket.Open(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(body)
		_ = body.Close()
		if string(text) != "of "+key || err != nil || strings.Contains(bucket.Name(key), awssim.Account) || !strings.HasPrefix(bucket.Name(key), "s3://elb-logs/impala/") {
			t.Errorf("%s: %q, %v; it is called %s", key, text, err, bucket.Name(key))
		}
		out = append(out, key[strings.LastIndex(key, "/")+1:])
	}
	return out, err
}

// Of a prefix the objects of the run's time are read: by the time in their names, or else
// by when they were written.
func TestBucket_ListsWhatIsOfTheTime(t *testing.T) {
	sim := account(t)
	got, err := list(t, "s3://elb-logs/impala/")
	own := awssim.Account + "_elasticloadbalancing_eu-west-1_impala_"
	want := []string{own + "20261128T2355Z_10.0.0.9_a.log", own + "20261129T0000Z_10.0.0.9_b.log", "haproxy.log.2.gz", "haproxy.log.gz"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if sim.Writes() > 0 {
		t.Errorf("%d writes", sim.Writes())
	}
}

// The account's number is hidden where AWS writes it, and no other twelve digits are: a
// time may have as many.
func TestBucket_NameHidesTheAccountAlone(t *testing.T) {
	account(t)
	bucket, err := s3log.Open(t.Context(), s3log.Place{Bucket: "logs"}, provision.Access{})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{
		"AWSLogs/123456789012/elasticloadbalancing/123456789012_elasticloadbalancing_x.log": "s3://logs/AWSLogs/ACCOUNT/elasticloadbalancing/ACCOUNT_elasticloadbalancing_x.log",
		"AWSLogs/aws-account-id=123456789012/123456789012_vpcflowlogs_x.log.gz":             "s3://logs/AWSLogs/aws-account-id=ACCOUNT/ACCOUNT_vpcflowlogs_x.log.gz",
		"123456789012_elasticloadbalancing_x.log":                                           "s3://logs/ACCOUNT_elasticloadbalancing_x.log",
		"haproxy/haproxy-202611282355.log.gz":                                               "s3://logs/haproxy/haproxy-202611282355.log.gz",
		"haproxy/202611282355/haproxy.log.gz":                                               "s3://logs/haproxy/202611282355/haproxy.log.gz",
	} {
		if got := bucket.Name(key); got != want || bucket.Path(key) != "s3://logs/"+key {
			t.Errorf("%s is called %s, want %s; it is at %s", key, got, want, bucket.Path(key))
		}
	}
}

func TestBucket_SaysWhyItCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*awssim.AWS)
		of     string
		says   string
	}{
		"no right to list": {func(a *awssim.AWS) { a.Deny("s3:ListBucket") }, "elb-logs", "the caller lacks the permission s3:ListBucket"},
		"another region":   {func(a *awssim.AWS) { a.AddBucket(awssim.Bucket{Name: "far", Region: "us-east-1"}) }, "far", "the bucket is in "},
		"none":             {nil, "missing", "NoSuchBucket"},
	} {
		t.Run(name, func(t *testing.T) {
			sim := account(t)
			if c.change != nil {
				c.change(sim)
			}
			if _, err := list(t, "s3://"+c.of+"/impala/"); err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestBucket_NeedsARegion(t *testing.T) {
	account(t)
	t.Setenv("AWS_REGION", "")
	if _, err := list(t, "s3://elb-logs/impala/"); err == nil || !strings.Contains(err.Error(), "set AWS_REGION") {
		t.Errorf("%v", err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]s3log.Place{
		"s3://elb-logs/impala/AWSLogs/": {Bucket: "elb-logs", Prefix: "impala/AWSLogs/"},
		"s3://elb-logs":                 {Bucket: "elb-logs"},
	} {
		if got, err := s3log.Parse(name); got != want || err != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, name := range []string{"elb-logs/impala", "s3:///impala", "s3://UPPER/x", "s3://x", "s3://a b/c"} {
		if got, err := s3log.Parse(name); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestPolicy_IsOfThePlace(t *testing.T) {
	t.Parallel()
	place, err := s3log.Parse(`s3://elb-logs/a"b/`)
	if text := place.Policy("eu-west-1"); err != nil || !json.Valid([]byte(text)) || !strings.Contains(text, `"arn:aws:s3:::elb-logs/a\"b/*"`) || strings.Contains(text, "BUCKET") || strings.Contains(text, "PREFIX") {
		t.Errorf("%v\n%s", err, text)
	}
	if !json.Valid([]byte(s3log.Policy)) {
		t.Error("the policy is not JSON")
	}
}

func TestPolicy_IsOfThePartition(t *testing.T) {
	t.Parallel()
	place := s3log.Place{Bucket: "elb-logs", Prefix: "a/"}
	for region, want := range map[string]string{
		"eu-west-1": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn", "eusc-de-east-1": "aws-eusc", "us-isob-east-1": "aws-iso-b", "": "PARTITION",
	} {
		text := place.Policy(region)
		if strings.Count(text, `"arn:`+want+`:s3:::elb-logs`) != 2 {
			t.Errorf("%s: %s", region, text)
		}
	}
}

// A prefix stands for itself, and is no pattern that allows more.
func TestPolicy_HasNoPatternOfThePrefix(t *testing.T) {
	t.Parallel()
	text := s3log.Place{Bucket: "elb-logs", Prefix: "a*b?c${aws:username}/"}.Policy("eu-west-1")
	for _, want := range []string{`"s3:prefix": ["a${*}b${?}c${$}{aws:username}/*"]`, `"arn:aws:s3:::elb-logs/a${*}b${?}c${$}{aws:username}/*"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

func TestRegion(t *testing.T) {
	account(t)
	if got := s3log.Region(t.Context(), provision.Access{}); got != "eu-west-1" {
		t.Errorf("%q", got)
	}
	t.Setenv("AWS_PROFILE", "missing")
	if got := s3log.Region(t.Context(), provision.Access{}); got != "" {
		t.Errorf("of a profile that there is not: %q", got)
	}
}
