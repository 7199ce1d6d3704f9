package provision

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// neighbours is an account in which others have load balancers before the same
// coordinators, and what one apply of ours made in it.
type neighbours struct {
	*cluster
	spec              lbfile.Spec
	front, back       string // ids of the groups of another load balancer, which the coordinators are in
	ourFront, ourBack string // "": lb.yaml names a group of theirs instead
	balancer          string // ours, of the kind of spec; as the next, "": there is none of ours
	cert, bucket      string
	pools             []string // ARNs of our target groups
}

// neighbourhood is which lb.yaml is applied among them.
type neighbourhood string

const (
	classicAmong neighbourhood = "Classic"
	sharedAmong  neighbourhood = "Classic, and the coordinators' group, the certificate and the bucket are theirs"
	networkAmong neighbourhood = "network"
)

const theirStatement = `{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::blue-logs/public/*"}`

func newNeighbours(t *testing.T, among neighbourhood) *neighbours {
	t.Helper()
	n := &neighbours{cluster: newCluster(t, awssim.Config{IssueAfter: 1, DrainLag: 1}), spec: tlsFile(t)}
	if among == networkAmong {
		n.spec = networkTLSFile(t)
	}
	everyone := []awssim.Rule{{Protocol: "tcp", From: 21000, To: 21050, CIDR: netip.MustParsePrefix("10.0.0.0/8")}}
	n.front = n.AddGroup(awssim.Group{Name: "green Impala FE", VPC: n.vpc, Tags: otherOwner, Rules: everyone})
	n.back = n.AddGroup(awssim.Group{Name: "green Impala BE", VPC: n.vpc, Tags: otherOwner, Rules: []awssim.Rule{{Protocol: "tcp", From: 21050, To: 21050, Group: n.front, Tags: otherOwner}}})
	for _, e := range n.ENIs() {
		n.SetInterfaceGroups(e.ID, append(e.Groups, n.back)...)
	}
	theirs := n.AddCertificate(awssim.Certificate{Domain: "green.example.com", Tags: otherOwner})
	n.AddBalancer(awssim.Balancer{
		Name: "elb-impala-green", Subnets: n.subnets, Groups: []string{n.front}, Instances: n.instances, Tags: otherOwner, HealthCheck: checkAt("TCP:21050"),
		Listeners: []awssim.Listener{{Protocol: "SSL", Port: 21050, InstanceProtocol: "SSL", InstancePort: 21050, Certificate: theirs}},
	})
	n.AddTargetGroup(awssim.TargetGroup{Name: "green", Port: 21050, VPC: n.vpc, Targets: []awssim.Target{{ID: n.instances[0]}}})
	if among == sharedAmong {
		n.AddBucket(awssim.Bucket{Name: "blue-logs", Policy: `{"Version":"2012-10-17","Statement":[` + theirStatement + `]}`})
		n.spec.AccessLogs.Adopt, n.spec.Coordinators.SecurityGroup = true, n.back
		n.spec.TLS.Domain, n.spec.TLS.Certificate = "", theirs
	}
	mustApply(t, n.cluster, n.spec)
	n.balancer, n.ourFront = n.spec.Balancer(), n.group(n.spec.FrontGroup()).ID
	for _, g := range n.TargetGroups()[1:] {
		n.pools = append(n.pools, g.ARN)
	}
	n.addOtherKind()
	if among != sharedAmong {
		n.ourBack, n.bucket = n.group(n.spec.BackGroup()).ID, "blue-logs"
		n.cert = n.Certificates()[1].ARN
	}
	return n
}

// addOtherKind is another's load balancer of our name: the names of the two kinds are not
// one space.
func (n *neighbours) addOtherKind() {
	name := n.spec.Balancer()
	if n.isNetwork() {
		n.AddNetworkBalancer(awssim.NetworkBalancer{Name: "elb-impala-green", Subnets: n.subnets, Groups: []string{n.front}, Listeners: []awssim.NetworkListener{{Port: 21050, Groups: []string{"green"}}}})
		n.addClassic(name, 21050, n.front)
		return
	}
	n.AddNetworkBalancer(awssim.NetworkBalancer{Name: name, Subnets: n.subnets, Groups: []string{n.front}, Listeners: []awssim.NetworkListener{{Port: 21050, Groups: []string{"green"}}}})
}

func (n *neighbours) isNetwork() bool { return n.spec.Kind == lbfile.NetworkBalancer }

// ourClassic and ourNetwork report whether a load balancer is ours.
func (n *neighbours) ourClassic(name string) bool { return !n.isNetwork() && name == n.balancer }
func (n *neighbours) ourNetwork(name string) bool { return n.isNetwork() && name == n.balancer }

func (n *neighbours) addClassic(name string, port int32, group string) {
	n.AddBalancer(awssim.Balancer{
		Name: name, Subnets: n.subnets, Groups: []string{group}, Instances: n.instances, HealthCheck: checkAt(fmt.Sprint("TCP:", port)),
		Listeners: []awssim.Listener{{Protocol: "TCP", Port: port, InstanceProtocol: "TCP", InstancePort: port}},
	})
}

func checkAt(target string) awssim.HealthCheck {
	return awssim.HealthCheck{Target: target, Interval: 30, Timeout: 5, Unhealthy: 2, Healthy: 2}
}

// theirs is everything that is not ours, byte for byte; of what names ours, the rest.
func (n *neighbours) theirs(t *testing.T) string {
	t.Helper()
	ours := func(id string) bool { return id != "" && (id == n.ourFront || id == n.ourBack) }
	all := map[string]any{}
	for _, b := range n.LoadBalancers() {
		if !n.ourClassic(b.Name) {
			all["balancer "+b.DNSName] = b
		}
	}
	for _, g := range n.Groups() {
		names := func(r awssim.Rule) bool { return ours(r.Group) }
		g.Rules, g.Egress = slices.DeleteFunc(g.Rules, names), slices.DeleteFunc(g.Egress, names)
		if !ours(g.ID) {
			all["group "+g.ID] = g
		}
	}
	for _, e := range n.ENIs() {
		e.Groups = slices.DeleteFunc(e.Groups, ours)
		name, _, _ := strings.Cut(strings.TrimPrefix(e.Description, "ELB net/"), "/")
		if e.Description != "ELB "+n.balancer && !n.ourNetwork(name) || n.isNetwork() && e.Description == "ELB "+name {
			all["interface "+e.ID] = e
		}
	}
	for _, c := range n.Certificates() {
		if c.ARN != n.cert {
			all["certificate "+c.ARN] = c
		}
	}
	for _, b := range n.Buckets() {
		if b.Name != n.bucket {
			b.Policy, b.Objects = withoutOurs(t, b.Policy), nil // AWS writes a file when logs are switched on
			all["bucket "+b.Name] = b
		}
	}
	for _, b := range n.NetworkBalancers() {
		if !n.ourNetwork(b.Name) {
			all["network balancer "+b.ARN] = b
		}
	}
	for _, g := range n.TargetGroups() {
		if !slices.Contains(n.pools, g.ARN) {
			all["target group "+g.ARN] = g
		}
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// withoutOurs is a policy without our statement, in one form.
func withoutOurs(t *testing.T, policy string) string {
	t.Helper()
	var p struct{ Statement []map[string]any }
	if policy == "" {
		return ""
	}
	if err := json.Unmarshal([]byte(policy), &p); err != nil {
		t.Fatal(err)
	}
	rest := slices.DeleteFunc(p.Statement, func(s map[string]any) bool {
		sid, _ := s["Sid"].(string)
		return strings.HasPrefix(sid, "ImpalaLbcheck")
	})
	if len(rest) == 0 {
		return ""
	}
	text, _ := json.Marshal(rest)
	return string(text)
}

// serving are the coordinators in service of every load balancer that is not ours.
func (n *neighbours) serving(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	cloud := n.cloudHere(t)
	for _, b := range n.LoadBalancers() {
		if n.ourClassic(b.Name) {
			continue
		}
		health, err := cloud.ELB.DescribeInstanceHealth(t.Context(), &elb.DescribeInstanceHealthInput{LoadBalancerName: aws.String(b.Name)})
		succeeds(t, err)
		for _, s := range health.InstanceStates {
			if text(s.State) == "InService" {
				out["Classic "+b.Name] = append(out["Classic "+b.Name], text(s.InstanceId))
			}
		}
	}
	for _, b := range n.NetworkBalancers() {
		for _, l := range b.Listeners {
			if n.ourNetwork(b.Name) {
				continue
			}
			listener := fmt.Sprint("network ", b.Name, " ", l.Port)
			for _, g := range n.TargetGroups() {
				if slices.Contains(l.Groups, g.Name) {
					health, err := cloud.ELBv2.DescribeTargetHealth(t.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: aws.String(g.ARN)})
					succeeds(t, err)
					for _, d := range health.TargetHealthDescriptions {
						if d.TargetHealth.State == v2types.TargetHealthStateEnumHealthy {
							out[listener] = append(out[listener], text(d.Target.Id))
						}
					}
				}
			}
		}
	}
	return out
}

// left names what we made and is still there.
func (n *neighbours) left() []string {
	var out []string
	for _, b := range n.LoadBalancers() {
		if n.ourClassic(b.Name) {
			out = append(out, b.Name)
		}
	}
	for _, b := range n.NetworkBalancers() {
		if n.ourNetwork(b.Name) {
			out = append(out, b.Name)
		}
	}
	for _, g := range n.TargetGroups() {
		if slices.Contains(n.pools, g.ARN) {
			out = append(out, g.Name)
		}
	}
	for _, g := range n.Groups() {
		if g.ID == n.ourFront || g.ID == n.ourBack {
			out = append(out, g.Name)
		}
	}
	for _, c := range n.Certificates() {
		if c.ARN == n.cert {
			out = append(out, c.ARN)
		}
	}
	for _, b := range n.Buckets() {
		if b.Name == n.bucket {
			out = append(out, b.Name)
		}
	}
	return out
}
