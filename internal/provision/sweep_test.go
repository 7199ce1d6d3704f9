package provision

import (
	"errors"
	"flag"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/faultproxy"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// sweepConfig has AWS's delays where they make other calls.
func sweepConfig() awssim.Config {
	return awssim.Config{HealthLag: 1, InterfaceLag: 1, IssueAfter: 1, CertificateLag: 1, PolicyLag: 1, ActiveLag: 1, DrainLag: 1, UseLag: 1}
}

// sweepFile is the smallest file with every kind of resource: a sweep makes the square
// of its calls.
func sweepFile(t *testing.T, c *cluster, file func(*testing.T) lbfile.Spec) lbfile.Spec {
	spec := file(t)
	spec.Listeners, spec.Coordinators = []uint16{21050}, lbfile.Coordinators{IDs: c.instances[:1]}
	spec.HealthCheck.Target = "TCP:21050"
	return spec
}

// diverting sends the calls from one number to another to a proxy that fails them.
type diverting struct {
	aws.HTTPClient
	proxy    string // host
	calls    atomic.Int64
	from, to int64
}

func (d *diverting) Do(r *http.Request) (*http.Response, error) {
	if n := d.calls.Add(1); n >= d.from && n <= d.to {
		r = r.Clone(r.Context())
		r.URL.Host = d.proxy
	}
	return d.HTTPClient.Do(r)
}

// sweepStep is how many calls a sweep goes on between two faults: with 1, as make seeds has
// it, every call meets every fault.
var sweepStep = flag.Int("sweep-step", 12, "put a fault at every N-th call")

// faults are what a call may meet, for how many calls, and at which call the first of
// them is. A run that is cut at each write and continued is in crash_test.go.
var faults = map[string]struct {
	kind  faultproxy.Kind
	calls int64
	first int
}{
	"throttled":            {faultproxy.Throttled, 1, 1},
	"hung":                 {faultproxy.Hung, 1, 3},
	"expired from then on": {faultproxy.Expired, 1 << 32, 2},
}

// sweep puts each fault at each sweepStep-th of the calls, and runs on a fresh AWS. Clients try a
// call once, so that a fault is not hidden by the SDK, and wait for an answer only as
// long as a test can. On a busy machine another call may meet that limit too: it is
// one more fault.
func sweep(t *testing.T, calls int, build func(*testing.T) (*cluster, lbfile.Spec), run func(Cloud, lbfile.Spec) (Report, error), check func(*testing.T, *cluster, error)) {
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := faultproxy.New("http://127.0.0.1:1") // nothing is forwarded
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = p.Close() })
			p.FailFrom(1, fault.kind)
			for k := min(fault.first, *sweepStep); k <= calls; k += *sweepStep {
				c, spec := build(t)
				transport := &http.Transport{}
				cloud := c.cloud(t, c.URL(), "us-east-1", func(config *aws.Config) {
					config.HTTPClient = &diverting{
						HTTPClient: &http.Client{Transport: transport, Timeout: 100 * time.Millisecond},
						proxy:      strings.TrimPrefix(p.URL(), "http://"), from: int64(k), to: int64(k) + fault.calls - 1,
					}
				})
				report, err := run(cloud, spec)
				checkEnd(t, k, report, err)
				if err == nil && fault.calls > 1 {
					t.Errorf("call %d: done although every call from there on fails", k)
				}
				check(t, c, err)
				transport.CloseIdleConnections()
				if err := c.Close(); err != nil { // there are hundreds
					t.Error(err)
				}
			}
		})
	}
}

// TestApply_SaysWhatIsUnfinishedAfterAnyFault: a run either gets over a fault and is
// complete, or says what it did not do.
func TestApply_SaysWhatIsUnfinishedAfterAnyFault(t *testing.T) {
	t.Parallel()
	for name, file := range sweepFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fresh := func(t *testing.T) (*cluster, lbfile.Spec) {
				c := newCluster(t, sweepConfig())
				return c, sweepFile(t, c, file)
			}
			whole, spec := fresh(t)
			mustApply(t, whole, spec)
			sweep(t, len(whole.Calls()), fresh, func(cloud Cloud, spec lbfile.Spec) (Report, error) {
				return Apply(t.Context(), cloud, spec, Options{})
			}, func(*testing.T, *cluster, error) {})
		})
	}
}

// sweepFiles have one of each kind.
var sweepFiles = map[string]func(*testing.T) lbfile.Spec{"classic": tlsFile, "network": networkTLSFile}

// checkEnd holds a run's end to what it says: complete, or unfinished with a reason.
func checkEnd(t *testing.T, k int, r Report, err error) {
	t.Helper()
	switch {
	case err == nil && (!r.Complete || len(r.Drift) > 0 || len(r.Unfinished) > 0):
		t.Errorf("call %d: no error, complete %v, drift %q, unfinished %q", k, r.Complete, actions(r.Drift), r.Unfinished)
	case err != nil && (r.Complete || r.Drift != nil || len(r.Unfinished) == 0 || err.Error() == ""):
		t.Errorf("call %d: %v, complete %v, drift %q, unfinished %q", k, err, r.Complete, actions(r.Drift), r.Unfinished)
	}
}

// TestDestroy_SaysWhatIsUnfinishedAfterAnyFault is the same on the way back.
func TestDestroy_SaysWhatIsUnfinishedAfterAnyFault(t *testing.T) {
	t.Parallel()
	for name, file := range sweepFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			built := func(t *testing.T) (*cluster, lbfile.Spec) {
				c := newCluster(t, sweepConfig())
				spec := sweepFile(t, c, file)
				mustApply(t, c, spec)
				return c, spec
			}
			whole, spec := built(t)
			before := len(whole.Calls())
			mustDestroy(t, whole, spec)
			sweep(t, len(whole.Calls())-before, built, func(cloud Cloud, spec lbfile.Spec) (Report, error) {
				return Destroy(t.Context(), cloud, spec, DestroyOptions{PurgeLogs: true})
			}, func(t *testing.T, c *cluster, err error) {
				if left := c.tagged(); err == nil && len(left) > 0 {
					t.Errorf("done, and left %q", left)
				}
			})
		})
	}
}

// TestApply_OutlastsFailuresOfAWS: what a wait of a quarter of an hour meets is longer
// than the SDK's own attempts.
func TestApply_OutlastsFailuresOfAWS(t *testing.T) {
	t.Parallel()
	for _, kind := range []faultproxy.Kind{faultproxy.Internal, faultproxy.Unavailable, faultproxy.CutBefore, faultproxy.CutAfter, faultproxy.Throttled} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			report, failed, steps, err := applyAmongFailures(t, kind)
			if err != nil || !report.Complete || len(report.Drift) > 0 || failed < 5*steps/2 {
				t.Errorf("%v, complete %v, %d calls failed in %d steps", err, report.Complete, failed, steps)
			}
		})
	}
}

// applyAmongFailures applies to a fresh AWS, of which five calls in a row fail where each
// step, and each wait, begins.
func applyAmongFailures(t *testing.T, kind faultproxy.Kind) (r Report, failed, steps int, err error) {
	t.Helper()
	c, spec := newCluster(t, awssim.Config{HealthLag: 3, IssueAfter: 3}), tlsFile(t)
	p := newProxy(t, c)
	begun := map[string]bool{}
	r, err = Apply(t.Context(), c.cloud(t, p.URL(), "us-east-1"), spec, Options{Progress: func(e Event) {
		if !begun[e.Step] {
			begun[e.Step] = true
			for k := range 5 {
				p.FailAt(p.Requests()+1+k, kind)
			}
		}
	}})
	return r, p.Failed(), len(begun), err
}

// TestDestroy_SeesAnApplyAtTheSameTime: what was removed and is there again is told.
func TestDestroy_SeesAnApplyAtTheSameTime(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	mustApply(t, c, spec)
	built := c.LoadBalancers()[0]
	report, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{Progress: func(e Event) {
		if e.Step == "security groups" && len(c.LoadBalancers()) == 0 {
			built.Groups = c.anyGroup()
			c.AddBalancer(built)
		}
	}})
	left, ok := errors.AsType[*LeftError](err)
	if !ok || report.Complete || !slices.ContainsFunc(left.Left, func(l Leftover) bool { return l.Resource == "load balancer" }) {
		t.Errorf("complete %v, %v", report.Complete, err)
	}
}
