package provision

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// monitor has the command line's own limits.
var monitor = Limits{CertificateDays: 30}

// TestJudge_FindsWhatOnlyShowsLater: AWS is as the file says, and clients are or soon
// will be without a service.
func TestJudge_FindsWhatOnlyShowsLater(t *testing.T) {
	t.Parallel()
	const host = "impala.blue.example.com"
	certificate := func(change func(*awssim.Certificate, time.Time)) func(*cluster) {
		return func(c *cluster) {
			c.SetCertificate(c.Certificates()[0].ARN, func(is *awssim.Certificate) { change(is, c.time()) })
		}
	}
	for name, tc := range map[string]struct {
		hand   func(*cluster)
		failed []string // checks, with what was found
	}{
		"all is well": {hand: func(*cluster) {}},
		"two days left": {
			hand: certificate(func(is *awssim.Certificate, now time.Time) {
				is.NotAfter, is.Renewal = now.Add(50*time.Hour), "PENDING_AUTO_RENEWAL"
			}),
			failed: []string{"certificate.days: 2 days left"},
		},
		"30 days left": {hand: certificate(func(is *awssim.Certificate, now time.Time) { is.NotAfter = now.Add(30*24*time.Hour + time.Minute) })},
		"a renewal that failed": {
			hand:   certificate(func(is *awssim.Certificate, _ time.Time) { is.Renewal = "FAILED" }),
			failed: []string{"certificate.renewal: FAILED"},
		},
		"a renewal that waits for its record": {
			hand:   certificate(func(is *awssim.Certificate, _ time.Time) { is.Renewal = "PENDING_VALIDATION" }),
			failed: []string{"certificate.renewal: PENDING_VALIDATION: the validation record is missing in DNS"},
		},
		"a host that does not resolve": {
			hand:   func(c *cluster) { delete(c.dns, host) },
			failed: []string{"dns.host: no answer: no such host"},
		},
		"a host that is an alias of another balancer": {
			hand:   func(c *cluster) { c.dns[host] = []string{"10.0.0.11", "10.9.9.9"} },
			failed: []string{"dns.host: 10.9.9.9 is not the load balancer's: it has 10.0.0.11, 10.0.1.11"},
		},
		"no test file": {
			hand:   func(c *cluster) { c.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Objects = nil }) },
			failed: []string{"access_log.test_file: it does not exist"},
		},
		"a coordinator that hangs": {
			hand:   func(c *cluster) { c.SetInstanceHealth(c.instances[1], "Instance has failed its checks.") },
			failed: []string{"coordinators.in_service: 2 of 3: i-"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
			report := mustApply(t, c, spec)
			c.dns[report.Outputs.DNSName] = []string{"10.0.0.11", "10.0.1.11"}
			c.dns[host] = []string{"10.0.1.11"}
			tc.hand(c)
			report, err := Status(t.Context(), c.cloudHere(t), spec)
			report.Verdicts = report.Judge(monitor)
			if err != nil || tc.failed == nil && len(report.Verdicts) < 4 {
				t.Errorf("%v, verdicts %+v", err, report.Verdicts)
			}
			failed := mapSlice(report.Failed(), func(v Verdict) string { return v.Check + ": " + v.Found })
			if !slices.EqualFunc(failed, tc.failed, strings.HasPrefix) {
				t.Errorf("failed %q, want %q", failed, tc.failed)
			}
		})
	}
}

// TestJudge_HasNoVerdictOnWhatWasNotRead: no check passes by missing data.
func TestJudge_HasNoVerdictOnWhatWasNotRead(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
	nothing, err := Status(t.Context(), c.cloudHere(t), spec)
	if err != nil || len(nothing.Judge(monitor)) > 0 {
		t.Errorf("%v, verdicts %+v without a load balancer", err, nothing.Judge(monitor))
	}
	mustApply(t, c, spec)
	c.Deny("acm:ListCertificates")
	partial, err := Status(t.Context(), c.cloudHere(t), spec)
	if err == nil || len(partial.Judge(monitor)) > 0 {
		t.Errorf("%v, verdicts %+v", err, partial.Judge(monitor))
	}
}
