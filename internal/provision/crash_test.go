package provision

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/faultproxy"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// laggingConfig is an AWS in which nothing is seen at once.
func laggingConfig() awssim.Config {
	return awssim.Config{
		VisibleLag: 2, HealthLag: 1, InterfaceLag: 1, DetailsLag: 1, IssueAfter: 1, CertificateLag: 1, PolicyLag: 1,
		ActiveLag: 1, DrainLag: 1, UseLag: 1,
	}
}

// TestApply_ContinuesAfterACut cuts apply off before its k-th write, for every
// k. What AWS is left with depends on the writes alone, so that a cut at a call
// that reads, or after a write, is one of these.
func TestApply_ContinuesAfterACut(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]func(*testing.T) lbfile.Spec{"plain": plainFile, "with TLS": tlsFile, "network": networkFile, "network with TLS": networkTLSFile} {
		whole := newCluster(t, laggingConfig())
		mustApply(t, whole, file(t))
		for k := 1; k <= whole.Writes(); k++ {
			t.Run(fmt.Sprintf("%s, killed before write %d", name, k), func(t *testing.T) {
				t.Parallel()
				cutAndContinue(t, file(t), func(p *faultproxy.Proxy) { p.CutFromWrite(k) })
			})
		}
	}
}

// TestApply_SurvivesALostAnswer loses the answer to the k-th write, which the SDK
// then sends again: AWS says that it is there already, and that is that.
func TestApply_SurvivesALostAnswer(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]struct {
		file                   func(*testing.T) lbfile.Spec
		balancers, nets, pools int
	}{"classic": {tlsFile, 1, 0, 0}, "network": {networkTLSFile, 0, 1, 2}} {
		whole := newCluster(t, laggingConfig())
		mustApply(t, whole, kind.file(t))
		for k := 1; k <= whole.Writes(); k++ {
			t.Run(fmt.Sprintf("%s, to write %d", name, k), func(t *testing.T) {
				t.Parallel()
				c := newCluster(t, laggingConfig())
				p := newProxy(t, c)
				p.FailWriteAt(k, faultproxy.CutAfter)
				cloud := c.cloud(t, p.URL(), "us-east-1", func(config *aws.Config) { config.Retryer = retryAtOnce })
				report, err := Apply(t.Context(), cloud, kind.file(t), Options{})
				if err != nil || len(report.Drift) > 0 || p.Failed() != 1 {
					t.Errorf("%v, drift %q, %d calls failed", err, actions(report.Drift), p.Failed())
				}
				if len(c.Groups()) != 3 || len(c.Certificates()) != 1 || len(c.LoadBalancers()) != kind.balancers || len(c.NetworkBalancers()) != kind.nets || len(c.TargetGroups()) != kind.pools {
					t.Errorf("%d groups, %d certificates, %d and %d load balancers, %d target groups", len(c.Groups()), len(c.Certificates()), len(c.LoadBalancers()), len(c.NetworkBalancers()), len(c.TargetGroups()))
				}
			})
		}
	}
}

// retryAtOnce is the SDK's own way to try again, without its pauses.
func retryAtOnce() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
}

func cutAndContinue(t *testing.T, spec lbfile.Spec, cut func(*faultproxy.Proxy)) {
	c := newCluster(t, laggingConfig())
	p := newProxy(t, c)
	cut(p)
	cloud := c.cloud(t, p.URL(), "us-east-1")
	if _, err := Apply(t.Context(), cloud, spec, Options{}); err == nil {
		t.Error("apply was cut off and says that all is well")
	}
	p.Reset()
	mustApply(t, c, spec)
	before := len(c.Calls())
	if report := mustApply(t, c, spec); len(report.Drift) > 0 {
		t.Errorf("drift %q", actions(report.Drift))
	}
	if again := c.writesSince(before); len(again) > 0 {
		t.Errorf("the third apply wrote %q", again)
	}
	mustDestroy(t, c, spec)
}

func mustDestroy(t *testing.T, c *cluster, spec lbfile.Spec) {
	t.Helper()
	if _, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true}); err != nil {
		t.Errorf("destroy: %v", err)
	}
	if left := c.tagged(); len(left) > 0 {
		t.Errorf("destroy left %q", left)
	}
	if i := slices.IndexFunc(c.ENIs(), func(n awssim.Interface) bool { return len(n.Groups) != 1 }); i >= 0 {
		t.Errorf("destroy left %+v", c.ENIs()[i])
	}
}

// TestDestroy_ContinuesAfterACut is the same on the way back.
func TestDestroy_ContinuesAfterACut(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]func(*testing.T) lbfile.Spec{"classic": tlsFile, "network": networkTLSFile} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for k, done := 1, false; !done; k++ {
				done = destroyCutBefore(t, k, file(t))
			}
		})
	}
}

// destroyCutBefore cuts destroy off before its k-th write and destroys again. done
// reports whether there was no such write.
func destroyCutBefore(t *testing.T, k int, spec lbfile.Spec) (done bool) {
	t.Helper()
	c := newCluster(t, laggingConfig())
	mustApply(t, c, spec)
	p := newProxy(t, c)
	p.CutFromWrite(k)
	_, err := Destroy(t.Context(), c.cloud(t, p.URL(), "us-east-1"), spec, DestroyOptions{PurgeLogs: true})
	done = p.Failed() == 0
	if done != (err == nil) {
		t.Errorf("cut before write %d: %v, with %d calls cut", k, err, p.Failed())
	}
	p.Reset()
	mustDestroy(t, c, spec)
	return done
}

func newProxy(t *testing.T, c *cluster) *faultproxy.Proxy {
	t.Helper()
	p, err := faultproxy.New(c.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}
