package provision

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// networks are n client networks.
func networks(n int) []netip.Prefix {
	list := make([]netip.Prefix, 0, n)
	for i := range n {
		list = append(list, netip.MustParsePrefix(fmt.Sprintf("172.16.%d.0/24", i)))
	}
	return list
}

// TestApply_StopsForWhatAWSWouldRefuseLater: each of these is refused by AWS only
// after other changes were made.
func TestApply_StopsForWhatAWSWouldRefuseLater(t *testing.T) {
	t.Parallel()
	const elsewhere = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000001"
	for name, tc := range map[string]struct {
		there func(*cluster)
		file  func(*cluster, *lbfile.Spec)
		says  string
	}{
		"a subnet without addresses": {
			there: func(c *cluster) {
				tight := c.AddSubnet(awssim.Subnet{VPC: c.vpc, Zone: "us-east-1c", Free: 7, Tags: map[string]string{"Name": "blue Private subnet 0"}})
				c.subnets = append(c.subnets, tight)
			},
			says: "has 7 free addresses, and AWS needs 8",
		},
		"more client networks than rules": {
			file: func(_ *cluster, s *lbfile.Spec) { s.Clients = networks(31) }, // on two listeners
			says: `quota "inbound rules of blue Impala FE": blocked: 62 are needed, and the account's quota is 60`,
		},
		"more rules than the account's own quota": {
			there: func(c *cluster) { c.SetQuotas(awssim.Quotas{RulesPerGroup: 1}) },
			says:  "2 are needed, and the account's quota is 1",
		},
		"a coordinators' group that is full": {
			there: func(c *cluster) { c.SetQuotas(awssim.Quotas{RulesPerGroup: 3}) },
			file: func(c *cluster, s *lbfile.Spec) {
				s.Coordinators.SecurityGroup = c.shareGroup("workers")
				c.SetGroup(s.Coordinators.SecurityGroup, func(g *awssim.Group) {
					for i := range int32(2) {
						g.Rules = append(g.Rules, awssim.Rule{Protocol: "tcp", From: i, To: i, CIDR: netip.MustParsePrefix("10.0.0.0/8")})
					}
				})
			},
			says: `quota "inbound rules of the coordinators' group": blocked: 4 are needed, and the account's quota is 3`,
		},
		"fewer groups for an interface than usual": {
			there: func(c *cluster) { c.SetQuotas(awssim.Quotas{GroupsPerInterface: 1}) },
			says:  "has 1 security groups, and the account's quota is 1",
		},
		"as many load balancers as the account may have": {
			there: func(c *cluster) {
				c.SetQuotas(awssim.Quotas{Balancers: 1})
				c.AddBalancer(awssim.Balancer{Name: "theirs", Subnets: c.subnets[:1], Groups: c.anyGroup()})
			},
			says: "2 are needed, and the account's quota is 1",
		},
		"no gateway for public addresses": {
			file: func(c *cluster, s *lbfile.Spec) {
				s.Scheme = lbfile.InternetFacing
				c.SetVPC(c.vpc, func(v *awssim.VPC) { v.Internet = false })
			},
			says: "it has no internet gateway",
		},
		"a certificate of another region": {
			file: func(_ *cluster, s *lbfile.Spec) { s.TLS.Domain, s.TLS.Certificate = "", elsewhere },
			says: "it is in eu-west-1, and a load balancer in us-east-1 needs one there",
		},
		"a certificate of another account": {
			file: func(_ *cluster, s *lbfile.Spec) {
				s.TLS.Domain, s.TLS.Certificate = "", strings.NewReplacer("eu-west-1", "us-east-1", "123456789012", "999999999999").Replace(elsewhere)
			},
			says: "it belongs to another account",
		},
		"a certificate that was deleted": {
			file: func(_ *cluster, s *lbfile.Spec) {
				s.TLS.Domain, s.TLS.Certificate = "", strings.Replace(elsewhere, "eu-west-1", "us-east-1", 1)
			},
			says: "it does not exist",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), tlsFile(t)
			if tc.there != nil {
				tc.there(c)
			}
			if tc.file != nil {
				tc.file(c, &spec)
			}
			_, err := Apply(t.Context(), c.cloudHere(t), spec, Options{})
			if stop, ok := errors.AsType[*StoppedError](err); !ok || c.Writes() > 0 {
				t.Errorf("%d writes, %v", c.Writes(), err)
			} else if why := (&StoppedError{Changes: stop.Changes}).Error(); !strings.Contains(why, tc.says) {
				t.Errorf("stopped for %s", why)
			}
		})
	}
}

// TestApply_UsesARaisedQuota: nothing is fixed at AWS's defaults.
func TestApply_UsesARaisedQuota(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	c.SetQuotas(awssim.Quotas{GroupsPerInterface: 16, RulesPerGroup: 200})
	card := c.ENIs()[0]
	c.SetInterfaceGroups(card.ID, append(card.Groups, "sg-1", "sg-2", "sg-3", "sg-4")...)
	for i := range 4 {
		c.AddGroup(awssim.Group{ID: fmt.Sprintf("sg-%d", i+1), Name: fmt.Sprint("other", i), VPC: c.vpc})
	}
	spec.Clients = networks(80)
	mustApply(t, c, spec)
}

// TestApply_ReplacesRulesWithinTheQuota: where old and new ones do not fit together,
// the old ones go first.
func TestApply_ReplacesRulesWithinTheQuota(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	c.SetQuotas(awssim.Quotas{RulesPerGroup: 4})
	mustApply(t, c, spec)
	spec.Clients = networks(2)
	mustApply(t, c, spec)
	if rules := c.group(spec.FrontGroup()).Rules; len(rules) != 4 {
		t.Errorf("rules %+v", rules)
	}
}

// TestMakePlan_AssumesDefaultsWhereItMayNotAsk, and says so.
func TestMakePlan_AssumesDefaultsWhereItMayNotAsk(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	c.Deny("servicequotas:GetServiceQuota", "ec2:DescribeAccountAttributes", "elasticloadbalancing:DescribeAccountLimits")
	spec.Clients = networks(31)
	p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
	if err != nil || !slices.Equal(actions(p.Stops()), []string{"blocked quota inbound rules of blue Impala FE"}) {
		t.Errorf("%v, stops %q", err, actions(p.Stops()))
	}
	if n := len(slices.DeleteFunc(p.Notes, func(n string) bool { return !strings.Contains(n, "could not be asked") })); n != 3 {
		t.Errorf("%d notes on quotas", n)
	}
}

// TestMakePlan_NotesClientsThatCannotCome: a balancer without an address of IPv6 has
// no clients of IPv6.
func TestMakePlan_NotesClientsThatCannotCome(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	for clients, noted := range map[string]bool{"10.0.0.0/8": false, "fd00::/8": true} {
		spec.Clients = parsePrefixes(clients)
		p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
		said := slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, "from which nobody can come") })
		if err != nil || said != noted {
			t.Errorf("%s: %v, notes %q", clients, err, p.Notes)
		}
	}
}
