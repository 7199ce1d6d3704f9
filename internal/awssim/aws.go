package awssim

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Account is the simulated account.
const Account = "123456789012"

// Config sets the delays. Every lag is counted in calls, never in time; the zero
// value has no delays.
type Config struct {
	// Region is the region of the Add, Set and list methods; "" is us-east-1.
	// Requests go to the region of their signature.
	Region string
	// VisibleLag is how many calls, of whatever service, do not see a group, a
	// balancer, a target group or a certificate after its creation.
	VisibleLag int
	// HealthLag is how many calls of DescribeInstanceHealth show an instance as
	// out of service after its registration, and how many of DescribeTargetHealth a target
	// as initial after that and after a listener forwards to it.
	HealthLag int
	// InterfaceLag is how many calls of DescribeNetworkInterfaces still show the
	// interfaces of a balancer after its deletion; until then its groups are in use.
	InterfaceLag int
	// ActiveLag is how many calls of DescribeLoadBalancers (2015-12-01) show a new
	// network load balancer as provisioning.
	ActiveLag int
	// EndState is what it is afterwards: "" is active; active_impaired, or failed.
	EndState string
	// DrainLag is how many calls of DescribeTargetHealth show a target as draining after
	// its deregistration.
	DrainLag int
	// DetailsLag is how many calls of DescribeCertificate show no CNAME yet.
	DetailsLag int
	// IssueAfter is how many calls of DescribeCertificate show the CNAME before
	// the certificate is issued; 0 leaves that to CompleteValidation.
	IssueAfter int
	// CertificateLag is how many uses of an issued certificate are answered with
	// CertificateNotFound by Elastic Load Balancing.
	CertificateLag int
	// UseLag is how many calls about a certificate, to describe or delete it, or to delete
	// a target group, still see a use of it that has ended.
	UseLag int
	// PolicyLag is how many attempts to switch access logs on do not see a new
	// bucket policy yet.
	PolicyLag int
	// PageSize is how many items a page of an answer has at most; 0: all.
	PageSize int
	// Now dates what is made; nil is time.Now.
	Now func() time.Time
}

// AWS is a running simulation. All methods may be used at any time.
type AWS struct {
	mu                 sync.Mutex
	config             Config
	regions            map[string]*region
	buckets            []*Bucket // S3's names are global
	serverCertificates []ServerCertificate
	denied             map[string]bool
	quotas             Quotas
	calls              []Call
	ids                int

	server *http.Server
	url    string
	served chan struct{}
}

// region is what there is in one region.
type region struct {
	aws          *AWS
	name         string
	vpcs         []*VPC
	subnets      []*Subnet
	instances    []*Instance
	interfaces   []*Interface
	groups       []*Group
	balancers    []*Balancer
	certificates []*Certificate
	networks     []*NetworkBalancer
	targetGroups []*TargetGroup
}

// Start listens on 127.0.0.1 at a free port. Close ends it.
func Start(config Config) (*AWS, error) {
	if config.Region == "" {
		config.Region = "us-east-1"
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	a := &AWS{config: config, regions: map[string]*region{}, denied: map[string]bool{}, served: make(chan struct{})}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("simulated AWS: %w", err)
	}
	a.url = "http://" + l.Addr().String()
	a.server = &http.Server{Handler: http.HandlerFunc(a.serve), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(a.served)
		_ = a.server.Serve(l) // always http.ErrServerClosed: nothing but Close ends it
	}()
	return a, nil
}

// URL is the endpoint of every service: the BaseEndpoint of a client. S3 is
// asked by path (UsePathStyle).
func (a *AWS) URL() string { return a.url }

// Close ends it, with its connections.
func (a *AWS) Close() error {
	err := a.server.Close()
	<-a.served
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Tune changes the configuration while it runs. Region stays.
func (a *AWS) Tune(change func(*Config)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	home := a.config.Region
	change(&a.config)
	a.config.Region = home
}

// lockHome locks, and returns the configured region and the function that unlocks.
func (a *AWS) lockHome() (*region, func()) {
	a.mu.Lock()
	return a.region(a.config.Region), a.mu.Unlock
}

func (a *AWS) region(name string) *region {
	r := a.regions[name]
	if r == nil {
		r = &region{aws: a, name: name}
		a.regions[name] = r
	}
	return r
}

// id makes the next id of a kind: "sg" gives sg-0, followed by 16 hex digits.
func (a *AWS) id(kind string) string {
	a.ids++
	return fmt.Sprintf("%s-0%016x", kind, a.ids)
}

// creation is when something was created, in calls.
type creation struct{ call int }

func (a *AWS) createdNow() creation { return creation{call: len(a.calls)} }

// preexisting is the creation of everything that a test adds: long ago.
func preexisting() creation { return creation{call: -1 << 30} }

// visible reports whether the current call sees it.
func (a *AWS) visible(b creation) bool { return len(a.calls) > b.call+a.config.VisibleLag }
