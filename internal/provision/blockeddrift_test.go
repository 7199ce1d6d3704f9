package provision

import (
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// TestStatus_SeesWhatOnlyItsOwnerCanMend: what others changed, and what apply must not
// change back by itself.
func TestStatus_SeesWhatOnlyItsOwnerCanMend(t *testing.T) {
	t.Parallel()
	deny := func(statement string) func(*cluster) {
		return func(c *cluster) {
			c.SetBucket("blue-logs", func(b *awssim.Bucket) {
				b.Policy = strings.Replace(b.Policy, `"Statement":[`, `"Statement":[`+statement+`,`, 1)
			})
		}
	}
	for name, tc := range map[string]struct {
		hand func(*cluster)
		want string // the blocked change; "": none
	}{
		"a statement that denies everybody": {
			deny(`{"Sid":"Freeze","Effect":"Deny","Principal":"*","Action":"s3:Put*","Resource":"arn:aws:s3:::blue-logs/*"}`),
			"bucket policy blue-logs: its statement Freeze denies",
		},
		"a statement that denies the log's writer": {
			deny(`{"Effect":"Deny","Principal":{"AWS":["127311923021"]},"Action":["s3:PutObject"],"Resource":"arn:aws:s3:::blue-logs/impala/AWSLogs/*"}`),
			"bucket policy blue-logs: its statement 1 denies",
		},
		"a statement about another folder": {
			hand: deny(`{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::blue-logs/theirs/*"}`),
		},
		"a statement about another principal": {
			hand: deny(`{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::999999999999:root"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::blue-logs/*"}`),
		},
		"a statement about plain HTTP": {
			hand: deny(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::blue-logs/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`),
		},
		"another default encryption": {
			func(c *cluster) { c.SetBucket("blue-logs", func(b *awssim.Bucket) { b.KMS = true }) },
			"bucket blue-logs: its default encryption is aws:kms",
		},
		"ciphers of its own under the policy's name": {
			func(c *cluster) {
				c.SetBalancer("elb-impala-blue", func(b *awssim.Balancer) {
					for i := range b.Policies {
						if b.Policies[i].Name == "impala-lbcheck-2016-08" {
							b.Policies[i].Reference = ""
						}
					}
				})
			},
			"TLS policy impala-lbcheck-2016-08: a policy of this name exists and refers to no predefined policy",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
			mustApply(t, c, spec)
			tc.hand(c)
			report, err := Status(t.Context(), c.cloudHere(t), spec)
			if err != nil {
				t.Fatal(err)
			}
			said := mapSlice(report.Stops(), func(c Change) string { return c.Resource + " " + c.Name + ": " + c.Why })
			want := []string{tc.want}
			if tc.want == "" {
				want = nil
			}
			if !slices.EqualFunc(said, want, strings.HasPrefix) {
				t.Errorf("stops for %q, want %q", said, tc.want)
			}
		})
	}
}
