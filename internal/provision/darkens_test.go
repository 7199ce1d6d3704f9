package provision

import (
	"errors"
	"fmt"
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
	n := newNeighbours(t, false)
	n.SetGroup(n.front, func(g *awssim.Group) {
		g.Egress = append(g.Egress, awssim.Rule{Protocol: "tcp", From: 1, To: 1, Group: n.ourFront})
	})
	_, err := Destroy(t.Context(), n.cloudHere(t), n.spec, DestroyOptions{})
	if err == nil || !strings.Contains(err.Error(), "In use by an outbound rule of "+n.front) {
		t.Errorf("%v", err)
	}
}

// TestDestroy_DarkensNothing takes each resource of ours in each of three ways out of
// our hands, and destroys: whatever is not ours is afterwards as it was, byte for byte;
// every load balancer that is not ours has the coordinators in service that it had; and
// what is left of ours is named with a reason.
func TestDestroy_DarkensNothing(t *testing.T) {
	t.Parallel()
	for name, hand := range map[string]func(*testing.T, *neighbours){
		"nothing": func(*testing.T, *neighbours) {},

		"the balancer, tag lost": func(_ *testing.T, n *neighbours) {
			n.SetBalancer(n.balancer, func(b *awssim.Balancer) { b.Tags = nil })
			n.balancer = ""
		},
		"the balancer, deleted":                         func(t *testing.T, n *neighbours) { n.deleteBalancer(t) },
		"the balancer, a twin":                          func(t *testing.T, n *neighbours) { n.deleteBalancer(t); n.twin(21050, n.front) },
		"the balancer, a twin in our front group":       func(t *testing.T, n *neighbours) { n.deleteBalancer(t); n.twin(21000, n.ourFront) },
		"the balancer, a twin that our back lets in":    func(t *testing.T, n *neighbours) { n.deleteBalancer(t); n.letInTwin(n.front) },
		"the balancer, a twin by address":               func(t *testing.T, n *neighbours) { n.deleteBalancer(t); n.letInTwin("") },
		"another balancer, that our back group lets in": func(_ *testing.T, n *neighbours) { n.dependOnBack("elb-impala-green", n.front) },

		"the front group, tag lost": func(_ *testing.T, n *neighbours) {
			n.untagGroup(n.spec.FrontGroup())
			n.ourFront = ""
		},
		"the front group, deleted": func(t *testing.T, n *neighbours) { n.deleteFront(t) },
		"the front group, a twin": func(t *testing.T, n *neighbours) {
			n.deleteFront(t)
			twin := n.AddGroup(awssim.Group{Name: n.spec.FrontGroup(), VPC: n.vpc})
			n.SetBalancer(n.balancer, func(b *awssim.Balancer) { b.Groups = []string{twin} })
			n.admit(n.orBack(), twin, 21050)
		},
		"the front group, a twin in another VPC": func(_ *testing.T, n *neighbours) {
			n.AddGroup(awssim.Group{Name: n.spec.FrontGroup(), VPC: n.AddVPC(awssim.VPC{})})
		},
		"the front group, named by another's rule": func(_ *testing.T, n *neighbours) { n.admit(n.front, n.ourFront, 25000) },
		"the front group, named by another's outbound rule": func(_ *testing.T, n *neighbours) {
			n.SetGroup(n.front, func(g *awssim.Group) {
				g.Egress = append(g.Egress, awssim.Rule{Protocol: "tcp", From: 1, To: 1, Group: n.ourFront})
			})
		},

		"a rule, tag lost": func(_ *testing.T, n *neighbours) {
			n.SetGroup(n.orBack(), func(g *awssim.Group) {
				for i := range g.Rules {
					if g.Rules[i].Group == n.ourFront {
						g.Rules[i].Tags = nil
					}
				}
			})
		},
		"a rule, deleted": func(_ *testing.T, n *neighbours) {
			n.SetGroup(n.orBack(), func(g *awssim.Group) {
				g.Rules = slices.DeleteFunc(g.Rules, func(r awssim.Rule) bool { return r.Group == n.ourFront })
			})
		},
		"a rule, a twin": func(_ *testing.T, n *neighbours) { n.admit(n.orBack(), n.ourFront, 28000) },

		"a policy's statement, deleted": func(_ *testing.T, n *neighbours) {
			n.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Policy = "" })
		},
		"a policy's statement, a twin": func(_ *testing.T, n *neighbours) {
			n.SetBucket("blue-logs", func(b *awssim.Bucket) {
				b.Policy = strings.Replace(b.Policy, `"Statement":[`, `"Statement":[`+strings.Replace(theirStatement, "Theirs", "impalalbcheck", 1)+`,`, 1)
			})
		},
	} {
		for _, shared := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, shared %v", name, shared), func(t *testing.T) { destroyAmongNeighbours(t, shared, hand) })
		}
	}
	for name, hand := range map[string]func(*testing.T, *neighbours){
		"the back group, tag lost": func(_ *testing.T, n *neighbours) {
			n.untagGroup(n.spec.BackGroup())
			n.ourBack = ""
		},
		"the back group, deleted": func(t *testing.T, n *neighbours) { n.deleteBack(t) },
		"the back group, a twin": func(t *testing.T, n *neighbours) {
			n.deleteBack(t)
			twin := n.AddGroup(awssim.Group{Name: n.spec.BackGroup(), VPC: n.vpc})
			n.admit(twin, n.ourFront, 21050)
			n.enter(twin)
		},
		"the back group, on another's machine": func(_ *testing.T, n *neighbours) {
			n.AddInstance(awssim.Instance{Subnet: n.subnets[0], Interfaces: []awssim.Interface{{Groups: []string{n.back, n.ourBack}}}})
		},
		"the back group, a machine's only one": func(_ *testing.T, n *neighbours) {
			n.AddInstance(awssim.Instance{Subnet: n.subnets[0], Interfaces: []awssim.Interface{{Groups: []string{n.ourBack}}}})
		},
		"a coordinator's group, detached": func(_ *testing.T, n *neighbours) {
			e := n.ENIs()[0]
			n.SetInterfaceGroups(e.ID, slices.DeleteFunc(e.Groups, func(id string) bool { return id == n.ourBack })...)
		},

		"the certificate, tag lost": func(_ *testing.T, n *neighbours) {
			n.SetCertificate(n.cert, func(c *awssim.Certificate) { c.Tags = nil })
			n.cert = ""
		},
		"the certificate, deleted": func(t *testing.T, n *neighbours) { n.deleteCertificate(t) },
		"the certificate, a twin": func(t *testing.T, n *neighbours) {
			n.deleteCertificate(t)
			n.AddCertificate(awssim.Certificate{Domain: n.spec.TLS.Domain})
		},
		"the certificate, used by another's balancer": func(_ *testing.T, n *neighbours) {
			n.SetBalancer("elb-impala-green", func(b *awssim.Balancer) { b.Listeners[0].Certificate = n.cert })
		},
		"the certificate, used by another's network balancer": func(_ *testing.T, n *neighbours) {
			n.SetNetworkBalancer("elb-impala-blue", func(b *awssim.NetworkBalancer) {
				b.Listeners = append(b.Listeners, awssim.NetworkListener{Port: 21051, Protocol: "TLS", Groups: []string{"green"}, Certificates: []string{n.cert}})
			})
		},

		"the bucket, tag lost": func(_ *testing.T, n *neighbours) {
			n.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Tags = nil })
			n.bucket = ""
		},
		"the bucket, deleted": func(t *testing.T, n *neighbours) { n.deleteBucket(t) },
		"the bucket, a twin": func(t *testing.T, n *neighbours) {
			n.deleteBucket(t)
			n.AddBucket(awssim.Bucket{Name: "blue-logs", Policy: `{"Statement":[` + theirStatement + `]}`})
		},
		"the bucket, a twin of another account": func(t *testing.T, n *neighbours) {
			n.deleteBucket(t)
			n.AddBucket(awssim.Bucket{Name: "blue-logs", Owner: "999999999999"})
		},
		"the bucket, with another's files": func(_ *testing.T, n *neighbours) {
			n.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Objects = append(b.Objects, "theirs") })
		},
	} {
		t.Run(name, func(t *testing.T) { destroyAmongNeighbours(t, false, hand) })
	}
}

// orBack is the group with our rules: our own, or theirs.
func (n *neighbours) orBack() string {
	if n.ourBack == "" {
		return n.back
	}
	return n.ourBack
}

// letInTwin makes a twin whose coordinators are reached through the group with our rules
// alone: from a group of its own, or, with "", from the whole network.
func (n *neighbours) letInTwin(group string) {
	n.twin(21000, n.front)
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

func destroyAmongNeighbours(t *testing.T, shared bool, hand func(*testing.T, *neighbours)) {
	t.Parallel()
	n := newNeighbours(t, shared)
	hand(t, n)
	before, lit := n.theirs(t), n.lit(t)
	report, err := Destroy(t.Context(), n.cloudHere(t), n.spec, DestroyOptions{PurgeLogs: true})
	if after := n.theirs(t); after != before {
		t.Errorf("what is not ours was changed:\n%s\nbefore:\n%s", after, before)
	}
	if now := n.lit(t); fmt.Sprint(now) != fmt.Sprint(lit) {
		t.Errorf("in service %v, before %v", now, lit)
	}
	said := report.Left
	if stopped, ok := errors.AsType[*StoppedError](err); ok {
		if len(stopped.Changes) == 0 || stopped.Changes[0].Why == "" {
			t.Errorf("stopped without a reason: %v", err)
		}
		return
	}
	for _, name := range n.left() {
		if !slices.ContainsFunc(said, func(l Leftover) bool { return strings.Contains(l.Name, name) && l.Why != "" && !l.Kept }) {
			t.Errorf("%s is left, and the report says %+v (%v)", name, said, err)
		}
	}
	if len(n.left()) == 0 && err != nil {
		t.Errorf("nothing is left, and yet %v", err)
	}
}
