package provision

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// neighbours is an account in which others have load balancers before the same
// coordinators, and what one apply of ours made in it.
type neighbours struct {
	*cluster
	spec                   lbfile.Spec
	front, back            string // ids of the groups of another load balancer, which the coordinators are in
	ourFront, ourBack      string // "": lb.yaml names a group of theirs instead
	balancer, cert, bucket string // ours; "": theirs
}

const theirStatement = `{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::blue-logs/public/*"}`

// newNeighbours applies a file among them; with shared, the coordinators' group, the
// certificate and the bucket are theirs.
func newNeighbours(t *testing.T, shared bool) *neighbours {
	t.Helper()
	n := &neighbours{cluster: newCluster(t, awssim.Config{IssueAfter: 1}), spec: tlsFile(t)}
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
	if shared {
		n.AddBucket(awssim.Bucket{Name: "blue-logs", Policy: `{"Version":"2012-10-17","Statement":[` + theirStatement + `]}`})
		n.spec.AccessLogs.Adopt, n.spec.Coordinators.SecurityGroup = true, n.back
		n.spec.TLS.Domain, n.spec.TLS.Certificate = "", theirs
	}
	mustApply(t, n.cluster, n.spec)
	// A network load balancer's name is another space: this is a twin from the beginning.
	n.AddNetworkBalancer(awssim.NetworkBalancer{Name: "elb-impala-blue", Subnets: n.subnets, Groups: []string{n.front}, Listeners: []awssim.NetworkListener{{Port: 21050, Groups: []string{"green"}}}})
	n.balancer, n.ourFront = n.spec.Balancer(), n.group(n.spec.FrontGroup()).ID
	if !shared {
		n.ourBack, n.bucket = n.group(n.spec.BackGroup()).ID, "blue-logs"
		n.cert = n.Certificates()[1].ARN
	}
	return n
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
		if b.Name != n.balancer {
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
		if e.Description != "ELB "+n.balancer {
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
	all["network balancers"], all["target groups"] = n.NetworkBalancers(), n.TargetGroups()
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

// lit are the coordinators in service of every Classic balancer that is not ours.
func (n *neighbours) lit(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, b := range n.LoadBalancers() {
		if b.Name == n.balancer {
			continue
		}
		health, err := n.cloudHere(t).ELB.DescribeInstanceHealth(t.Context(), &elb.DescribeInstanceHealthInput{LoadBalancerName: aws.String(b.Name)})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range health.InstanceStates {
			if text(s.State) == "InService" {
				out[b.Name] = append(out[b.Name], text(s.InstanceId))
			}
		}
	}
	return out
}

// left names what we made and is still there.
func (n *neighbours) left() []string {
	var out []string
	for _, b := range n.LoadBalancers() {
		if b.Name == n.balancer {
			out = append(out, b.Name)
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

// Deletions by hand, as AWS allows them.

func (n *neighbours) deleteBalancer(t *testing.T) {
	t.Helper()
	_, err := n.cloudHere(t).ELB.DeleteLoadBalancer(t.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerName: aws.String(n.spec.Balancer())})
	succeeds(t, err)
}

func succeeds(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// deleteFront gives our balancer another's group first.
func (n *neighbours) deleteFront(t *testing.T) {
	t.Helper()
	n.SetBalancer(n.spec.Balancer(), func(b *awssim.Balancer) { b.Groups = []string{n.front} })
	for _, id := range []string{n.ourBack, n.back} {
		n.SetGroup(id, func(g *awssim.Group) {
			g.Rules = slices.DeleteFunc(g.Rules, func(r awssim.Rule) bool { return r.Group == n.ourFront })
		})
	}
	n.deleteGroup(t, n.ourFront)
	n.ourFront = ""
}

// deleteBack takes it off the coordinators first.
func (n *neighbours) deleteBack(t *testing.T) {
	t.Helper()
	for _, e := range n.ENIs() {
		n.SetInterfaceGroups(e.ID, slices.DeleteFunc(e.Groups, func(id string) bool { return id == n.ourBack })...)
	}
	n.deleteGroup(t, n.ourBack)
	n.ourBack = ""
}

func (n *neighbours) deleteGroup(t *testing.T, id string) {
	t.Helper()
	_, err := n.cloudHere(t).EC2.DeleteSecurityGroup(t.Context(), &ec2.DeleteSecurityGroupInput{GroupId: &id})
	succeeds(t, err)
}

// deleteCertificate makes the listeners plain first.
func (n *neighbours) deleteCertificate(t *testing.T) {
	t.Helper()
	n.SetBalancer(n.spec.Balancer(), func(b *awssim.Balancer) {
		for i, l := range b.Listeners {
			b.Listeners[i] = awssim.Listener{Protocol: "TCP", Port: l.Port, InstanceProtocol: "TCP", InstancePort: l.InstancePort}
		}
	})
	_, err := n.cloudHere(t).ACM.DeleteCertificate(t.Context(), &acm.DeleteCertificateInput{CertificateArn: &n.cert})
	succeeds(t, err)
	n.cert = ""
}

// deleteBucket switches the logs off and empties it first.
func (n *neighbours) deleteBucket(t *testing.T) {
	t.Helper()
	n.SetBalancer(n.spec.Balancer(), func(b *awssim.Balancer) { b.Attributes.AccessLog.Enabled = false })
	n.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Objects = nil })
	_, err := n.cloudHere(t).S3.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: aws.String("blue-logs")})
	succeeds(t, err)
	n.bucket = ""
}

// twin is a balancer with our name that is another's, before the same coordinators.
func (n *neighbours) twin(port int32, group string) {
	n.AddBalancer(awssim.Balancer{
		Name: n.spec.Balancer(), Subnets: n.subnets, Groups: []string{group}, Instances: n.instances, HealthCheck: checkAt(fmt.Sprint("TCP:", port)),
		Listeners: []awssim.Listener{{Protocol: "TCP", Port: port, InstanceProtocol: "TCP", InstancePort: port}},
	})
	n.balancer = ""
}

// admit opens a port of a group to another group, without a tag.
func (n *neighbours) admit(to, from string, port int32) {
	n.SetGroup(to, func(g *awssim.Group) {
		g.Rules = append(g.Rules, awssim.Rule{Protocol: "tcp", From: port, To: port, Group: from})
	})
}

// enter puts a group on every interface of an instance.
func (n *neighbours) enter(group string) {
	for _, e := range n.ENIs() {
		if e.Instance != "" {
			n.SetInterfaceGroups(e.ID, append(e.Groups, group)...)
		}
	}
}
