package provision

import (
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// TestDestroy_NamesAnOutboundRuleInTheWay: a group is kept by EC2 for any rule that names
// it.
func TestDestroy_NamesAnOutboundRuleInTheWay(t *testing.T) {
	t.Parallel()
	n := newNeighbours(t, classicAmong)
	n.SetGroup(n.front, func(g *awssim.Group) {
		g.Egress = append(g.Egress, awssim.Rule{Protocol: "tcp", From: 1, To: 1, Group: n.ourFront})
	})
	_, err := Destroy(t.Context(), n.cloudHere(t), n.spec, DestroyOptions{})
	if err == nil || !strings.Contains(err.Error(), "In use by an outbound rule of "+n.front) {
		t.Errorf("%v", err)
	}
}

// ends are how destroy ends, by the neighbourhood: "stops", before it writes anything;
// "keeps RESOURCE, RESOURCE", which it lists with a reason; or "", with nothing left.
type ends map[neighbourhood]string

func everywhere(end string) ends {
	return ends{classicAmong: end, sharedAmong: end, networkAmong: end}
}

// losses are the ways in which a resource of ours gets out of our control: its tag is
// lost, it is deleted and another's has its name, or others come to depend on it.
var losses = []struct {
	name   string
	byHand func(*testing.T, *neighbours)
	ends   ends
}{
	{"nothing", func(*testing.T, *neighbours) {}, ends{classicAmong: "", sharedAmong: "keeps bucket", networkAmong: ""}},

	{"the balancer, tag lost", func(_ *testing.T, n *neighbours) {
		n.change(func(b *awssim.Balancer) { b.Tags = nil }, func(b *awssim.NetworkBalancer) { b.Tags = nil })
		n.balancer, n.pools = "", nil // which it works through
	}, everywhere("stops")},
	{"the balancer, deleted", func(t *testing.T, n *neighbours) { n.deleteBalancer(t) }, ends{classicAmong: "", sharedAmong: "keeps bucket", networkAmong: ""}},
	{"the balancer, another's of its name", func(t *testing.T, n *neighbours) { n.deleteBalancer(t); n.sameName(21050, n.front) }, ends{classicAmong: "keeps load balancer", sharedAmong: "keeps bucket, load balancer", networkAmong: "keeps load balancer"}},
	{"the balancer, another's of its name in our front group", func(t *testing.T, n *neighbours) { n.deleteBalancer(t); n.sameName(21000, n.ourFront) }, everywhere("stops")},
	{"the balancer, another's of its name that our back group lets in", func(t *testing.T, n *neighbours) { n.deleteBalancer(t); n.letInSameName(n.front) }, ends{classicAmong: "stops", sharedAmong: "keeps bucket, load balancer", networkAmong: "stops"}},
	{"the balancer, another's of its name, let in by address", func(t *testing.T, n *neighbours) { n.deleteBalancer(t); n.letInSameName("") }, ends{classicAmong: "stops", sharedAmong: "keeps bucket, load balancer", networkAmong: "stops"}},
	{"another balancer, that our back group lets in", func(_ *testing.T, n *neighbours) { n.dependOnBack("elb-impala-green", n.front) }, ends{classicAmong: "stops", sharedAmong: "keeps bucket", networkAmong: "stops"}},

	{"the front group, tag lost", func(_ *testing.T, n *neighbours) {
		n.untagGroup(n.spec.FrontGroup())
		n.ourFront = ""
	}, ends{classicAmong: "keeps security group", sharedAmong: "keeps bucket, security group", networkAmong: "keeps security group"}},
	{"the front group, deleted", func(t *testing.T, n *neighbours) { n.deleteFront(t) }, ends{classicAmong: "", sharedAmong: "keeps bucket", networkAmong: ""}},
	{"the front group, another's of its name", func(t *testing.T, n *neighbours) {
		n.deleteFront(t)
		same := n.AddGroup(awssim.Group{Name: n.spec.FrontGroup(), VPC: n.vpc})
		n.regroup(same)
		n.admit(n.orBack(), same, 21050)
	}, ends{classicAmong: "keeps security group", sharedAmong: "keeps bucket, security group", networkAmong: "keeps security group"}},
	{"the front group, another's of its name in another VPC", func(_ *testing.T, n *neighbours) {
		n.AddGroup(awssim.Group{Name: n.spec.FrontGroup(), VPC: n.AddVPC(awssim.VPC{})})
	}, ends{classicAmong: "keeps security group", sharedAmong: "keeps bucket, security group", networkAmong: "keeps security group"}},
	{"the front group, named by another's rule", func(_ *testing.T, n *neighbours) { n.admit(n.front, n.ourFront, 25000) }, ends{classicAmong: "keeps security group", sharedAmong: "keeps bucket, security group", networkAmong: "keeps security group"}},
	{"the front group, named by another's outbound rule", func(_ *testing.T, n *neighbours) {
		n.SetGroup(n.front, func(g *awssim.Group) {
			g.Egress = append(g.Egress, awssim.Rule{Protocol: "tcp", From: 1, To: 1, Group: n.ourFront})
		})
	}, ends{classicAmong: "keeps security group", sharedAmong: "keeps bucket, security group", networkAmong: "keeps security group"}},

	{"a rule, tag lost", func(_ *testing.T, n *neighbours) {
		n.SetGroup(n.orBack(), func(g *awssim.Group) {
			for i := range g.Rules {
				if g.Rules[i].Group == n.ourFront {
					g.Rules[i].Tags = nil
				}
			}
		})
	}, ends{classicAmong: "", sharedAmong: "keeps bucket", networkAmong: ""}},
	{"a rule, deleted", func(_ *testing.T, n *neighbours) {
		n.SetGroup(n.orBack(), func(g *awssim.Group) {
			g.Rules = slices.DeleteFunc(g.Rules, func(r awssim.Rule) bool { return r.Group == n.ourFront })
		})
	}, ends{classicAmong: "", sharedAmong: "keeps bucket", networkAmong: ""}},
	{"a rule, another's of another port", func(_ *testing.T, n *neighbours) { n.admit(n.orBack(), n.ourFront, 28000) }, ends{classicAmong: "", sharedAmong: "keeps bucket", networkAmong: ""}},

	{"a policy's statement, deleted", func(_ *testing.T, n *neighbours) {
		n.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Policy = "" })
	}, ends{classicAmong: "", sharedAmong: "keeps bucket", networkAmong: ""}},
	{"a policy's statement, another's of nearly its name", func(_ *testing.T, n *neighbours) {
		n.SetBucket("blue-logs", func(b *awssim.Bucket) {
			b.Policy = strings.Replace(b.Policy, `"Statement":[`, `"Statement":[`+strings.Replace(theirStatement, "Theirs", "impalalbcheck", 1)+`,`, 1)
		})
	}, ends{classicAmong: "", sharedAmong: "keeps bucket", networkAmong: ""}},
	{"the back group, tag lost", func(_ *testing.T, n *neighbours) {
		n.untagGroup(n.spec.BackGroup())
		n.ourBack = ""
	}, ends{classicAmong: "keeps security group", networkAmong: "keeps security group"}},
	{"the back group, deleted", func(t *testing.T, n *neighbours) { n.deleteBack(t) }, ends{classicAmong: "", networkAmong: ""}},
	{"the back group, another's of its name", func(t *testing.T, n *neighbours) {
		n.deleteBack(t)
		same := n.AddGroup(awssim.Group{Name: n.spec.BackGroup(), VPC: n.vpc})
		n.admit(same, n.ourFront, 21050)
		n.enter(same)
	}, ends{classicAmong: "keeps security group", networkAmong: "keeps security group"}},
	{"the back group, on another's machine", func(_ *testing.T, n *neighbours) {
		n.AddInstance(awssim.Instance{Subnet: n.subnets[0], Interfaces: []awssim.Interface{{Groups: []string{n.back, n.ourBack}}}})
	}, ends{classicAmong: "", networkAmong: ""}},
	{"the back group, a machine's only one", func(_ *testing.T, n *neighbours) {
		n.AddInstance(awssim.Instance{Subnet: n.subnets[0], Interfaces: []awssim.Interface{{Groups: []string{n.ourBack}}}})
	}, ends{classicAmong: "stops", networkAmong: "stops"}},
	{"a coordinator's group, detached", func(_ *testing.T, n *neighbours) {
		e := n.ENIs()[0]
		n.SetInterfaceGroups(e.ID, slices.DeleteFunc(e.Groups, func(id string) bool { return id == n.ourBack })...)
	}, ends{classicAmong: "", networkAmong: ""}},

	{"the certificate, tag lost", func(_ *testing.T, n *neighbours) {
		n.SetCertificate(n.cert, func(c *awssim.Certificate) { c.Tags = nil })
		n.cert = ""
	}, ends{classicAmong: "keeps certificate", networkAmong: "keeps certificate"}},
	{"the certificate, deleted", func(t *testing.T, n *neighbours) { n.deleteCertificate(t) }, ends{classicAmong: "", networkAmong: ""}},
	{"the certificate, another's of its name", func(t *testing.T, n *neighbours) {
		n.deleteCertificate(t)
		n.AddCertificate(awssim.Certificate{Domain: n.spec.TLS.Domain})
	}, ends{classicAmong: "keeps certificate", networkAmong: "keeps certificate"}},
	{"the certificate, used by another's balancer", func(_ *testing.T, n *neighbours) {
		n.SetBalancer("elb-impala-green", func(b *awssim.Balancer) { b.Listeners[0].Certificate = n.cert })
	}, ends{classicAmong: "keeps certificate", networkAmong: "keeps certificate"}},
	{"the certificate, used by another's network balancer", func(_ *testing.T, n *neighbours) {
		theirs := "elb-impala-blue"
		if n.isNetwork() {
			theirs = "elb-impala-green"
		}
		n.SetNetworkBalancer(theirs, func(b *awssim.NetworkBalancer) {
			b.Listeners = append(b.Listeners, awssim.NetworkListener{Port: 21051, Protocol: "TLS", Groups: []string{"green"}, Certificates: []string{n.cert}})
		})
	}, ends{classicAmong: "keeps certificate", networkAmong: "keeps certificate"}},

	{"the bucket, tag lost", func(_ *testing.T, n *neighbours) {
		n.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Tags = nil })
		n.bucket = ""
	}, ends{classicAmong: "keeps bucket", networkAmong: "keeps bucket"}},
	{"the bucket, deleted", func(t *testing.T, n *neighbours) { n.deleteBucket(t) }, ends{classicAmong: "", networkAmong: ""}},
	{"the bucket, another's of its name", func(t *testing.T, n *neighbours) {
		n.deleteBucket(t)
		n.AddBucket(awssim.Bucket{Name: "blue-logs", Policy: `{"Statement":[` + theirStatement + `]}`})
	}, ends{classicAmong: "keeps bucket", networkAmong: "keeps bucket"}},
	{"the bucket, one of its name in another account", func(t *testing.T, n *neighbours) {
		n.deleteBucket(t)
		n.AddBucket(awssim.Bucket{Name: "blue-logs", Owner: "999999999999"})
	}, ends{classicAmong: "keeps bucket", networkAmong: "keeps bucket"}},
	{"the bucket, with another's files", func(_ *testing.T, n *neighbours) {
		n.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Objects = append(b.Objects, "theirs") })
	}, ends{classicAmong: "keeps bucket", networkAmong: "keeps bucket"}},
	{"a target group, tag lost", func(_ *testing.T, n *neighbours) {
		n.SetTargetGroup(n.TargetGroups()[1].Name, func(g *awssim.TargetGroup) { g.Tags = nil })
		n.pools = n.pools[1:]
	}, ends{networkAmong: "keeps target group"}},
	{"a target group, deleted", func(t *testing.T, n *neighbours) { n.deletePool(t) }, ends{networkAmong: ""}},
	{"a target group, another's of its name", func(t *testing.T, n *neighbours) {
		n.AddTargetGroup(awssim.TargetGroup{Name: n.deletePool(t), Port: 21000, VPC: n.vpc, Targets: []awssim.Target{{ID: n.instances[0]}}})
	}, ends{networkAmong: "keeps target group"}},
	{"a target group, another's of its name that ours forwards to", func(t *testing.T, n *neighbours) {
		name := n.deletePool(t)
		n.AddTargetGroup(awssim.TargetGroup{Name: name, Port: 21000, VPC: n.vpc, Targets: []awssim.Target{{ID: n.instances[0]}}})
		n.SetNetworkBalancer(n.balancer, func(b *awssim.NetworkBalancer) {
			b.Listeners = append(b.Listeners, awssim.NetworkListener{Port: 21000, Groups: []string{name}})
		})
	}, ends{networkAmong: "keeps target group"}},
	{"a target group, of another balancer", func(_ *testing.T, n *neighbours) {
		pool := n.TargetGroups()[1].Name
		n.SetNetworkBalancer("elb-impala-green", func(b *awssim.NetworkBalancer) {
			b.Listeners = append(b.Listeners, awssim.NetworkListener{Port: 21000, Groups: []string{pool}})
		})
	}, ends{networkAmong: "stops"}},
	{"a target group, of another's balancer of our name", func(t *testing.T, n *neighbours) {
		n.deleteBalancer(t)
		n.forwardSameName(n.front, 21050, n.TargetGroups()[2].Name)
	}, ends{networkAmong: "stops"}},
	{"a listener, added by somebody else", func(_ *testing.T, n *neighbours) {
		n.SetNetworkBalancer(n.balancer, func(b *awssim.NetworkBalancer) {
			b.Listeners = append(b.Listeners, awssim.NetworkListener{Port: 1, Groups: []string{"green"}})
		})
	}, ends{networkAmong: ""}},
}

// TestDestroy_HarmsNobody loses each resource of ours, and destroys: whatever is not ours
// is afterwards as it was, byte for byte; every load balancer that is not ours has the
// coordinators in service that it had; and the run ends as it should.
func TestDestroy_HarmsNobody(t *testing.T) {
	t.Parallel()
	for _, loss := range losses {
		for among, end := range loss.ends {
			t.Run(loss.name+"; "+string(among), func(t *testing.T) {
				t.Parallel()
				n := newNeighbours(t, among)
				loss.byHand(t, n)
				before, serving, calls := n.theirs(t), n.serving(t), len(n.Calls())
				report, err := Destroy(t.Context(), n.cloudHere(t), n.spec, DestroyOptions{PurgeLogs: true})
				writes := n.writesSince(calls)
				if after := n.theirs(t); after != before {
					t.Errorf("what is not ours was changed:\n%s\nbefore:\n%s", after, before)
				}
				if now := n.serving(t); !maps.EqualFunc(now, serving, slices.Equal) {
					t.Errorf("in service %v, before %v", now, serving)
				}
				if got := endOf(report, err); got != end {
					t.Errorf("it ends with %q and not %q: %v, left %+v", got, end, err, report.Left)
				}
				if end == "stops" {
					if len(writes) > 0 {
						t.Errorf("it stopped after %q", writes)
					}
					return
				}
				for _, name := range n.left() {
					if !slices.ContainsFunc(report.Left, func(l Leftover) bool { return strings.Contains(l.Name, name) && l.Why != "" && !l.Kept }) {
						t.Errorf("%s is left, and the report says %+v (%v)", name, report.Left, err)
					}
				}
				if len(n.left()) == 0 && err != nil {
					t.Errorf("nothing is left, and yet %v", err)
				}
			})
		}
	}
}

// endOf is how a destroy ended; resources without a reason are not kept.
func endOf(r Report, err error) string {
	if stopped, ok := errors.AsType[*StoppedError](err); ok {
		if len(stopped.Changes) == 0 || stopped.Changes[0].Why == "" {
			return "stops without a reason"
		}
		return "stops"
	}
	var kept []string
	for _, l := range r.Left {
		if l.Why != "" {
			kept = append(kept, l.Resource)
		}
	}
	if len(kept) == 0 {
		return ""
	}
	slices.Sort(kept)
	return "keeps " + strings.Join(slices.Compact(kept), ", ")
}

// orBack is the group with our rules: our own, or theirs.
func (n *neighbours) orBack() string {
	if n.ourBack == "" {
		return n.back
	}
	return n.ourBack
}

// letInSameName makes another's load balancer of our name whose coordinators are reached through the group with our rules
// alone: from a group of its own, or, with "", from the whole network.
func (n *neighbours) letInSameName(group string) {
	n.sameName(21000, n.front)
	n.dependOnBack(n.spec.Balancer(), group)
}

// dependOnBack has a balancer check a port that only the group with our rules opens to it.
func (n *neighbours) dependOnBack(balancer, group string) {
	n.SetBalancer(balancer, func(b *awssim.Balancer) { b.HealthCheck = checkAt("TCP:21000") })
	if group != "" {
		n.admit(n.orBack(), group, 21000)
		return
	}
	n.SetGroup(n.orBack(), func(g *awssim.Group) {
		g.Rules = append(g.Rules, awssim.Rule{Protocol: "tcp", From: 21000, To: 21000, CIDR: netip.MustParsePrefix("10.0.0.0/8")})
	})
}
