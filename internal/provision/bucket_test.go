package provision

import (
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// TestBucket_IsAdoptedOnlyWhereTheFileSaysSo: one that exists is somebody's. It is
// a conflict without the word, and never deleted with it.
func TestBucket_IsAdoptedOnlyWhereTheFileSaysSo(t *testing.T) {
	t.Parallel()
	for name, there := range map[string]awssim.Bucket{
		"bare":             {Name: "blue-logs"},
		"with tags":        {Name: "blue-logs", Tags: map[string]string{"team": "data"}},
		"another owner's":  {Name: "blue-logs", Tags: otherOwner},
		"tagged as ours":   {Name: "blue-logs", Tags: map[string]string{ownerTag: "123456789012/us-east-1/blue"}},
		"with the folders": {Name: "blue-logs", Objects: []string{"impala/AWSLogs/123456789012/elasticloadbalancing/x.log"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), plainFile(t)
			c.AddBucket(there)
			if name != "tagged as ours" {
				p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
				if err != nil || !slices.Equal(actions(p.Stops()), []string{"conflict bucket blue-logs"}) {
					t.Errorf("stops %q, %v", actions(p.Stops()), err)
				}
			}
			spec.AccessLogs.Adopt = true
			mustApply(t, c, spec)
			if b := c.Buckets()[0]; b.Tags[ownerTag] != there.Tags[ownerTag] || !strings.Contains(b.Policy, "ImpalaLbcheck") {
				t.Errorf("adopted %+v", b)
			}
			c.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Objects = nil })
			report, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true})
			if err != nil || len(c.Buckets()) != 1 || c.Buckets()[0].Policy != "" {
				t.Errorf("%v, buckets %+v", err, c.Buckets())
			}
			if !slices.ContainsFunc(report.Left, func(l Leftover) bool { return l.Kept && l.Resource == "bucket" }) {
				t.Errorf("left %+v", report.Left)
			}
		})
	}
}

// TestBucket_EveryCallNamesItsOwner: a bucket of the same name in another account
// gets nothing of ours.
func TestBucket_EveryCallNamesItsOwner(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
	mustApply(t, c, spec)
	mustDestroy(t, c, spec)
	for _, call := range c.Calls() {
		if call.Service == "s3" && call.Name != "CreateBucket" && call.Params["ExpectedBucketOwner"] != awssim.Account {
			t.Errorf("%s for the owner %q", call.Name, call.Params["ExpectedBucketOwner"])
		}
	}
}

// TestBucket_UnmanagedIsNotTouched: its policy, in whatever account, is somebody
// else's task, and the balancer still logs to it.
func TestBucket_UnmanagedIsNotTouched(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	unmanaged := false
	spec.AccessLogs = &lbfile.AccessLogs{Bucket: "central-logs", Prefix: "impala", Every: spec.AccessLogs.Every, Manage: &unmanaged}
	c.AddBucket(awssim.Bucket{
		Name: "central-logs", Owner: "999999999999",
		Policy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::127311923021:root"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::central-logs/impala/AWSLogs/123456789012/*"}]}`,
	})
	report := mustApply(t, c, spec)
	if log := c.LoadBalancers()[0].Attributes.AccessLog; !log.Enabled || log.Bucket != "central-logs" {
		t.Errorf("access log %+v", log)
	}
	if !strings.Contains(report.AccessLog, "manage is false") || len(report.Drift) > 0 {
		t.Errorf("access log %q, drift %q", report.AccessLog, actions(report.Drift))
	}
	removed, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true})
	if err != nil || !slices.ContainsFunc(removed.Left, func(l Leftover) bool { return l.Name == "central-logs" && l.Kept }) {
		t.Errorf("left %+v, %v", removed.Left, err)
	}
	for _, call := range c.Calls() {
		if call.Service == "s3" {
			t.Errorf("it asked S3 for %s", call.Name)
		}
	}
}
