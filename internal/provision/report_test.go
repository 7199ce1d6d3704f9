package provision

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// TestReport_IncompleteClaimsNothing runs each command into a failure. Its report
// says that it is not complete, and holds no comparison, no target and no
// settings, since those would come from what was read before the failure.
func TestReport_IncompleteClaimsNothing(t *testing.T) {
	t.Parallel()
	apply := func(wait time.Duration, progress func(*cluster, Event)) func(*testing.T, *cluster, lbfile.Spec) (Report, error) {
		return func(t *testing.T, c *cluster, spec lbfile.Spec) (Report, error) {
			return Apply(t.Context(), c.cloudHere(t), spec, Options{Wait: wait, Progress: func(e Event) { progress(c, e) }})
		}
	}
	for name, tc := range map[string]struct {
		config awssim.Config
		run    func(*testing.T, *cluster, lbfile.Spec) (Report, error)
		done   bool // calls were accepted before it failed
	}{
		"the certificate stays pending": {
			run:  apply(3*time.Second, func(*cluster, Event) {}),
			done: true,
		},
		"a permission is lost while apply waits": {
			config: awssim.Config{HealthLag: 3},
			run: apply(0, func(c *cluster, e Event) {
				if e.Action == Wait {
					c.Deny("elasticloadbalancing:DescribeLoadBalancers")
				}
			}),
			done: true,
		},
		"a permission is missing while apply compares at the end": {
			config: awssim.Config{IssueAfter: 1},
			run: apply(0, func(c *cluster, e Event) {
				if e.Step == "TLS policy" {
					c.Deny("s3:GetObject", "ec2:DescribeVpcs")
				}
			}),
			done: true,
		},
		"plan fails in apply": {
			run: func(t *testing.T, c *cluster, spec lbfile.Spec) (Report, error) {
				c.Deny("ec2:DescribeSecurityGroups")
				return Apply(t.Context(), c.cloudHere(t), spec, Options{})
			},
		},
		"status cannot read half of it": {
			config: awssim.Config{IssueAfter: 1},
			run: func(t *testing.T, c *cluster, spec lbfile.Spec) (Report, error) {
				mustApply(t, c, spec)
				c.Deny("acm:ListCertificates")
				return Status(t.Context(), c.cloudHere(t), spec)
			},
		},
		"status does not learn who asks": {
			run: func(t *testing.T, c *cluster, spec lbfile.Spec) (Report, error) {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				return Status(ctx, c.cloudHere(t), spec)
			},
		},
		"destroy is interrupted": {
			config: awssim.Config{IssueAfter: 1},
			run: func(t *testing.T, c *cluster, spec lbfile.Spec) (Report, error) {
				mustApply(t, c, spec)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				return Destroy(ctx, c.cloudHere(t), spec, DestroyOptions{Progress: func(Event) { cancel() }})
			},
		},
		"destroy does not learn who asks": {
			run: func(t *testing.T, c *cluster, spec lbfile.Spec) (Report, error) {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				return Destroy(ctx, c.cloudHere(t), spec, DestroyOptions{})
			},
		},
		"destroy may not delete a group": {
			config: awssim.Config{IssueAfter: 1},
			run: func(t *testing.T, c *cluster, spec lbfile.Spec) (Report, error) {
				mustApply(t, c, spec)
				c.Deny("ec2:DeleteSecurityGroup")
				return Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{})
			},
			done: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, tc.config), tlsFile(t)
			report, err := tc.run(t, c, spec)
			if err == nil || report.Complete {
				t.Errorf("complete %v, error %v", report.Complete, err)
			}
			if (len(report.Done) > 0) != tc.done {
				t.Errorf("done %q", actions(report.Done))
			}
			if report.Outputs.TLS != nil || report.Outputs.DNSName != "" || len(report.Smoke) > 0 {
				t.Errorf("outputs %+v, smoke %q", report.Outputs, report.Smoke)
			}
			keys := keysOf(t, report)
			if slices.Contains(keys, "drift") || slices.Contains(keys, "outputs") || !slices.Contains(keys, "complete") {
				t.Errorf("keys %q", keys)
			}
		})
	}
}

// keysOf lists a report's keys in JSON.
func keysOf(t *testing.T, r Report) (keys []string) {
	t.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var members map[string]any
	if err := json.Unmarshal(raw, &members); err != nil {
		t.Fatal(err)
	}
	for key := range members {
		keys = append(keys, key)
	}
	return keys
}

// TestReport_CompleteSaysSo: a comparison without a difference is an empty list,
// not a missing key.
func TestReport_CompleteSaysSo(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
	built := mustApply(t, c, spec)
	compared, err := Status(t.Context(), c.cloudHere(t), spec)
	if err != nil {
		t.Fatal(err)
	}
	removed, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]Report{"apply": built, "status": compared, "destroy": removed} {
		if !r.Complete || r.Drift == nil || len(r.Drift) > 0 || !slices.Contains(keysOf(t, r), "drift") {
			t.Errorf("%s: complete %v, drift %q", name, r.Complete, actions(r.Drift))
		}
	}
}

// TestReport_StoppedBeforeTheFirstWriteShowsAllThatStops: nothing was written, so
// the comparison still holds.
func TestReport_StoppedBeforeTheFirstWriteShowsAllThatStops(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), tlsFile(t)
	c.AddBucket(awssim.Bucket{Name: "blue-logs", Owner: "999999999999"})
	c.AddGroup(awssim.Group{Name: "blue Impala BE", VPC: c.vpc})
	report, err := Apply(t.Context(), c.cloudHere(t), spec, Options{})
	if err == nil || report.Complete || len(stops(report.Drift)) != 2 {
		t.Errorf("%v, complete %v, drift %q", err, report.Complete, actions(report.Drift))
	}
}

// TestReport_NetworkThatDoesNotMatchIsNotComplete: what depends on the network was
// not looked at, so neither plan nor status has seen everything.
func TestReport_NetworkThatDoesNotMatchIsNotComplete(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
	mustApply(t, c, spec)
	c.AddVPC(awssim.VPC{Tags: map[string]string{"Name": "blue VPC"}})
	p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
	if err != nil || p.Complete {
		t.Errorf("plan: complete %v, %v", p.Complete, err)
	}
	r, err := Status(t.Context(), c.cloudHere(t), spec)
	if err != nil || r.Complete || len(r.Drift) != 1 || r.Outputs.DNSName != "" {
		t.Errorf("status: complete %v, drift %q, outputs %+v, %v", r.Complete, actions(r.Drift), r.Outputs, err)
	}
}

// TestOutputs_AreWhatIsThere: a listener that is not as the file says is no output,
// and a certificate that no listener uses is no TLS.
func TestOutputs_AreWhatIsThere(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hand      func(*cluster, *lbfile.Spec)
		listeners []uint16
		tls       bool
	}{
		"as the file says": {
			hand:      func(*cluster, *lbfile.Spec) {},
			listeners: []uint16{21000, 21050}, tls: true,
		},
		"TLS is wanted now, and not there yet": {
			hand: func(_ *cluster, s *lbfile.Spec) { s.TLS.Backend = lbfile.Encrypted },
		},
		"a listener was removed by hand": {
			hand: func(c *cluster, _ *lbfile.Spec) {
				c.SetBalancer("elb-impala-blue", func(b *awssim.Balancer) { b.Listeners = b.Listeners[:1] })
			},
			listeners: []uint16{21000}, tls: true,
		},
		"another certificate is wanted": {
			hand: func(c *cluster, s *lbfile.Spec) {
				s.TLS.Domain, s.TLS.Certificate = "", c.AddCertificate(awssim.Certificate{Domain: "other.example.com"})
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
			mustApply(t, c, spec)
			tc.hand(c, &spec)
			r, err := Status(t.Context(), c.cloudHere(t), spec)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(r.Outputs.Listeners, tc.listeners) || (r.Outputs.TLS != nil) != tc.tls || len(r.Smoke) != len(tc.listeners) {
				t.Errorf("outputs %+v, smoke %q", r.Outputs, r.Smoke)
			}
		})
	}
}
