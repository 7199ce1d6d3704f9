package provision

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// cluster is a simulated AWS with what a run finds there: a VPC, two subnets in
// two zones, three coordinators, and a clock that only Sleep moves.
type cluster struct {
	*awssim.AWS
	vpc       string
	subnets   []string
	instances []string

	hand Cloud // for what the simulation's own methods cannot do

	mu  sync.Mutex
	now time.Time
	dns map[string][]string
}

func newCluster(t *testing.T, config awssim.Config) *cluster {
	t.Helper()
	c := &cluster{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), dns: map[string][]string{}}
	config.Now = c.time
	sim, err := awssim.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	c.AWS = sim
	c.hand = c.cloudHere(t)
	c.vpc = sim.AddVPC(awssim.VPC{Internet: true, Tags: map[string]string{"Name": "blue VPC"}})
	region := config.Region
	if region == "" {
		region = "us-east-1"
	}
	for _, zone := range []string{"a", "b"} {
		c.subnets = append(c.subnets, sim.AddSubnet(awssim.Subnet{VPC: c.vpc, Zone: region + zone, Tags: map[string]string{"Name": "blue Private subnet 0"}}))
	}
	for i := range 3 {
		c.instances = append(c.instances, sim.AddInstance(awssim.Instance{Subnet: c.subnets[i%2], Tags: map[string]string{"env": "blue", "type": "worker"}}))
	}
	return c
}

func (c *cluster) time() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *cluster) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

func (c *cluster) lookup(_ context.Context, name string) ([]string, error) {
	if a, ok := c.dns[name]; ok {
		return a, nil
	}
	return nil, fmt.Errorf("no such host")
}

// tryOnce has clients try a call once, unless their own side closed its connection: the
// SDK's attempts get over that, and it is no answer of AWS.
func tryOnce() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.RateLimiter = 4, ratelimit.None
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
		o.Retryables = []retry.IsErrorRetryable{retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
			late, limited := errors.AsType[net.Error](err)
			return aws.BoolTernary(errors.Is(err, net.ErrClosed) && (!limited || !late.Timeout()))
		})}
	})
}

// cloud makes the real clients for an endpoint.
func (c *cluster) cloud(t *testing.T, endpoint, region string, with ...func(*aws.Config)) Cloud {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	config := aws.Config{
		Region: region, BaseEndpoint: aws.String(endpoint), HTTPClient: &http.Client{Transport: transport},
		Retryer: tryOnce, APIOptions: answerOptions,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: secretKey}, nil
		}),
	}
	for _, change := range with {
		change(&config)
	}
	cloud := newCloud(config)
	cloud.Now, cloud.Sleep, cloud.LookupHost = c.time, c.sleep, c.lookup
	return cloud
}

func (c *cluster) cloudHere(t *testing.T) Cloud { return c.cloud(t, c.URL(), "us-east-1") }

// plainFile is the recipe without TLS; tlsFile with it.
func plainFile(t *testing.T) lbfile.Spec {
	t.Helper()
	text, _, _ := strings.Cut(lbfile.Init(lbfile.RecipePage, "blue"), "\ntls:")
	return parse(t, text)
}

func tlsFile(t *testing.T) lbfile.Spec {
	t.Helper()
	return parse(t, lbfile.Init(lbfile.RecipePage, "blue"))
}

// networkFile is a network load balancer for two listeners, over TCP; networkTLSFile
// the same over TLS, with an access log.
func networkFile(t *testing.T) lbfile.Spec {
	t.Helper()
	return parse(t, networkText)
}

func networkTLSFile(t *testing.T) lbfile.Spec {
	t.Helper()
	return parse(t, strings.Replace(networkText, "idle_timeout: 3600s\n", "", 1)+`
tls: {domain: impala.blue.example.com}
access_logs: {bucket: blue-logs, prefix: impala, create: true}
`)
}

const networkText = `
cluster: blue
kind: network
network:
  vpc: {tags: {Name: blue VPC}}
  subnets: {tags: {Name: blue Private subnet 0}}
coordinators: {tags: {env: blue, type: worker}}
clients: [10.0.0.0/8]
listeners: [21000, 21050]
idle_timeout: 3600s
health_check: {target: "TCP:21050"}
draining: 60s
`

func parse(t *testing.T, text string) lbfile.Spec {
	t.Helper()
	spec, err := lbfile.Parse("lb.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return spec
}

// anyGroup is the VPC's default group, for a balancer that is not ours.
func (c *cluster) anyGroup() []string { return []string{c.Groups()[0].ID} }

// tagged lists everything in AWS with our tag.
func (c *cluster) tagged() []string {
	var names []string
	note := func(kind, name string, tags map[string]string) {
		if strings.HasSuffix(tags[ownerTag], "/blue") {
			names = append(names, kind+" "+name)
		}
	}
	for _, b := range c.LoadBalancers() {
		note("load balancer", b.Name, b.Tags)
	}
	for _, b := range c.NetworkBalancers() {
		note("network load balancer", b.Name, b.Tags)
	}
	for _, g := range c.TargetGroups() {
		note("target group", g.Name, g.Tags)
	}
	for _, g := range c.Groups() {
		note("group", g.Name, g.Tags)
		for _, r := range g.Rules {
			note("rule of", g.Name, r.Tags)
		}
	}
	for _, cert := range c.Certificates() {
		note("certificate", cert.Domain, cert.Tags)
	}
	for _, b := range c.Buckets() {
		note("bucket", b.Name, b.Tags)
	}
	return names
}

// writes are the names of the calls since n that changed something.
func (c *cluster) writesSince(n int) []string {
	var names []string
	for _, call := range c.Calls()[n:] {
		if call.Write {
			names = append(names, call.Name)
		}
	}
	return names
}

func mustApply(t *testing.T, c *cluster, spec lbfile.Spec) Report {
	t.Helper()
	var said []string
	report, err := Apply(t.Context(), c.cloudHere(t), spec, Options{Progress: func(e Event) { said = append(said, e.Step+": "+e.Text) }})
	if err != nil {
		t.Fatalf("apply: %v\n%s", err, strings.Join(said, "\n"))
	}
	return report
}

func actions(changes []Change) []string {
	return slices.DeleteFunc(mapSlice(changes, func(c Change) string {
		if c.Action == NoOp {
			return ""
		}
		return fmt.Sprintf("%s %s %s", c.Action, c.Resource, c.Name)
	}), func(s string) bool { return s == "" })
}

func parsePrefixes(list ...string) []netip.Prefix {
	return mapSlice(list, netip.MustParsePrefix)
}

// secretKey is in no message.
const secretKey = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
