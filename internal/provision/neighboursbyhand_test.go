package provision

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// Deletions by hand, as AWS allows them.

func (n *neighbours) deleteBalancer(t *testing.T) {
	t.Helper()
	if !n.isNetwork() {
		_, err := n.cloudHere(t).ELB.DeleteLoadBalancer(t.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerName: aws.String(n.spec.Balancer())})
		succeeds(t, err)
		return
	}
	for _, b := range n.NetworkBalancers() {
		if n.ourNetwork(b.Name) {
			_, err := n.cloudHere(t).ELBv2.DeleteLoadBalancer(t.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: aws.String(b.ARN)})
			succeeds(t, err)
		}
	}
}

// change changes our load balancer, of either kind.
func (n *neighbours) change(classic func(*awssim.Balancer), network func(*awssim.NetworkBalancer)) {
	if n.isNetwork() {
		n.SetNetworkBalancer(n.spec.Balancer(), network)
		return
	}
	n.SetBalancer(n.spec.Balancer(), classic)
}

// regroup gives our load balancer another security group.
func (n *neighbours) regroup(id string) {
	n.change(func(b *awssim.Balancer) { b.Groups = []string{id} }, func(b *awssim.NetworkBalancer) { b.Groups = []string{id} })
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
	n.regroup(n.front)
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
	n.change(func(b *awssim.Balancer) {
		for i, l := range b.Listeners {
			b.Listeners[i] = awssim.Listener{Protocol: "TCP", Port: l.Port, InstanceProtocol: "TCP", InstancePort: l.InstancePort}
		}
	}, func(b *awssim.NetworkBalancer) {
		for i, l := range b.Listeners {
			b.Listeners[i] = awssim.NetworkListener{Port: l.Port, Groups: l.Groups}
		}
	})
	_, err := n.cloudHere(t).ACM.DeleteCertificate(t.Context(), &acm.DeleteCertificateInput{CertificateArn: &n.cert})
	succeeds(t, err)
	n.cert = ""
}

// deleteBucket switches the logs off and empties it first.
func (n *neighbours) deleteBucket(t *testing.T) {
	t.Helper()
	n.change(func(b *awssim.Balancer) { b.Attributes.AccessLog.Enabled = false }, func(b *awssim.NetworkBalancer) { b.Attributes[logsEnabled] = "false" })
	n.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Objects = nil })
	_, err := n.cloudHere(t).S3.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: aws.String("blue-logs")})
	succeeds(t, err)
	n.bucket = ""
}

// sameName is a load balancer with our name, of our kind, that is another's, before the same
// coordinators.
func (n *neighbours) sameName(port int32, group string) {
	n.balancer = ""
	if !n.isNetwork() {
		n.addClassic(n.spec.Balancer(), port, group)
		return
	}
	n.AddTargetGroup(awssim.TargetGroup{Name: "theirs", Port: port, VPC: n.vpc, Targets: mapSlice(n.instances, func(id string) awssim.Target { return awssim.Target{ID: id} })})
	n.forwardSameName(group, port, "theirs")
}

// forwardSameName is such a network load balancer, for a target group.
func (n *neighbours) forwardSameName(group string, port int32, pool string) {
	n.balancer = ""
	n.AddNetworkBalancer(awssim.NetworkBalancer{Name: n.spec.Balancer(), Subnets: n.subnets, Groups: []string{group}, Listeners: []awssim.NetworkListener{{Port: port, Groups: []string{pool}}}})
}

// deletePool deletes a target group of ours, of which no listener is left, and returns its
// name.
func (n *neighbours) deletePool(t *testing.T) string {
	t.Helper()
	arn := n.pools[0]
	name := ""
	for _, g := range n.TargetGroups() {
		if g.ARN == arn {
			name = g.Name
		}
	}
	n.SetNetworkBalancer(n.spec.Balancer(), func(b *awssim.NetworkBalancer) {
		b.Listeners = slices.DeleteFunc(b.Listeners, func(l awssim.NetworkListener) bool { return slices.Contains(l.Groups, name) })
	})
	_, err := n.cloudHere(t).ELBv2.DeleteTargetGroup(t.Context(), &elbv2.DeleteTargetGroupInput{TargetGroupArn: &arn})
	succeeds(t, err)
	n.pools = n.pools[1:]
	return name
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
