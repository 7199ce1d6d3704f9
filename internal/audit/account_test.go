package audit_test

import (
	"context"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/audit"
	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/impalaweb"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// now is when everything is read.
var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// account is a simulated AWS with a Classic and a network load balancer before two
// coordinators, both as Impala needs them, and what the coordinators' pages say.
type account struct {
	*awssim.AWS
	vpc         string
	subnets     []string
	instances   []string
	front, back string // security groups
	certificate string
	page        impalaweb.View
	options     audit.Options
	config      scenarios.AuditConfig
}

// The load balancers.
const (
	classicName = "impala-classic"
	networkName = "impala-network"
	groupName   = "impala-hs2"
)

func newAccount(t *testing.T) *account {
	t.Helper()
	sim, err := awssim.Start(awssim.Config{Region: "eu-west-1", PageSize: 1, Now: func() time.Time { return now }})
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
	a := &account{AWS: sim, page: coordinator()}
	a.options = audit.Options{
		Now:        func() time.Time { return now },
		LookupHost: func(context.Context, string) ([]string, error) { return nil, context.DeadlineExceeded },
		Pages:      func(context.Context, string) (impalaweb.View, error) { return a.page, nil },
	}
	a.vpc = sim.AddVPC(awssim.VPC{})
	a.front = sim.AddGroup(awssim.Group{Name: "front", VPC: a.vpc, Rules: []awssim.Rule{{Protocol: "tcp", From: 21050, To: 21050, CIDR: netip.MustParsePrefix("10.0.0.0/8")}}})
	a.back = sim.AddGroup(awssim.Group{Name: "back", VPC: a.vpc, Rules: []awssim.Rule{{Protocol: "tcp", From: 0, To: 65535, Group: a.front}}})
	for _, zone := range []string{"a", "b"} {
		subnet := sim.AddSubnet(awssim.Subnet{VPC: a.vpc, Zone: "eu-west-1" + zone})
		a.subnets = append(a.subnets, subnet)
		a.instances = append(a.instances, a.machine(subnet))
	}
	a.certificate = sim.AddCertificate(awssim.Certificate{Domain: "impala.example.com"})
	a.addClassic()
	a.addNetwork()
	return a
}

// coordinator is what the pages of a coordinator say.
func coordinator() impalaweb.View {
	return impalaweb.View{
		Coordinator: new(true), Quiescing: new(false), Keepalive: new(5 * time.Minute), IdleSession: new(10 * time.Minute),
		Grace: new(2 * time.Minute), BeeswaxPort: new(0), MinTLS: "tlsv1.2",
	}
}

func (a *account) machine(subnet string) string {
	return a.AddInstance(awssim.Instance{Subnet: subnet, Interfaces: []awssim.Interface{{Groups: []string{a.back}}}})
}

func (a *account) addClassic() {
	a.AddBalancer(awssim.Balancer{
		Name: classicName, Subnets: a.subnets, Groups: []string{a.front}, Instances: a.instances,
		Listeners: []awssim.Listener{
			{Protocol: "SSL", Port: 21050, InstanceProtocol: "SSL", InstancePort: 21050, Certificate: a.certificate, Policies: []string{"new"}},
		},
		Policies:    []awssim.Policy{{Name: "new", Reference: "ELBSecurityPolicy-TLS-1-2-2017-01"}, {Name: "proxy", Type: "ProxyProtocolPolicyType"}},
		HealthCheck: awssim.HealthCheck{Target: "HTTP:25000/healthz", Interval: 10, Timeout: 5, Unhealthy: 2, Healthy: 2},
		Attributes:  awssim.Attributes{IdleTimeout: 3600, CrossZone: true, Draining: true, DrainTimeout: 300},
	})
}

func (a *account) addNetwork() {
	a.AddTargetGroup(awssim.TargetGroup{
		Name: groupName, Protocol: "TLS", Port: 21050, VPC: a.vpc,
		Check: awssim.NetworkCheck{Protocol: "HTTP", Port: "25000", Path: "/healthz", Interval: 10, Healthy: 2, Unhealthy: 2},
		Attributes: map[string]string{
			"target_health_state.unhealthy.connection_termination.enabled": "false",
			"target_health_state.unhealthy.draining_interval_seconds":      "300",
			"preserve_client_ip.enabled":                                   "false",
		},
		Targets: []awssim.Target{{ID: a.instances[0]}, {ID: a.instances[1]}},
	})
	a.AddNetworkBalancer(awssim.NetworkBalancer{
		Name: networkName, Subnets: a.subnets, Groups: []string{a.front}, Tags: map[string]string{"owner": awssim.Account + "/us"},
		Attributes: map[string]string{"load_balancing.cross_zone.enabled": "true", "future.attribute": "on"},
		Listeners: []awssim.NetworkListener{
			{Port: 21050, Groups: []string{groupName}, Attributes: map[string]string{"tcp.idle_timeout.seconds": "3600"}},
		},
	})
}

// serveTLS makes the network load balancer's listener one that ends TLS.
func (a *account) serveTLS() {
	a.SetNetworkBalancer(networkName, func(b *awssim.NetworkBalancer) {
		b.Listeners = []awssim.NetworkListener{{Port: 21050, Protocol: "TLS", Groups: []string{groupName}, Policy: "ELBSecurityPolicy-TLS13-1-2-2021-06", Certificates: []string{a.certificate}}}
	})
}

// attribute sets an attribute of the network load balancer's target group.
func (a *account) attribute(key, value string) {
	a.SetTargetGroup(groupName, func(g *awssim.TargetGroup) { g.Attributes[key] = value })
}

// classic changes the Classic load balancer.
func (a *account) classic(change func(*awssim.Balancer)) { a.SetBalancer(classicName, change) }

// network changes the network load balancer.
func (a *account) network(change func(*awssim.NetworkBalancer)) {
	a.SetNetworkBalancer(networkName, change)
}

// group changes its target group.
func (a *account) group(change func(*awssim.TargetGroup)) { a.SetTargetGroup(groupName, change) }

// read audits a load balancer by its name.
func (a *account) read(t *testing.T, name string) scenarios.Measured {
	t.Helper()
	found, err := audit.Read(t.Context(), name, a.options)
	if err != nil {
		t.Fatal(err)
	}
	return scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindAudit, Audit: a.config}, Audit: &found}
}

// judged is the findings on a load balancer, by id.
func (a *account) judged(t *testing.T, name string) map[string]scenarios.Finding {
	t.Helper()
	out := map[string]scenarios.Finding{}
	for _, f := range judge.Judge(a.read(t, name)).Findings {
		out[f.ID] = f
	}
	return out
}
