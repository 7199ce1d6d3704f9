package audit_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

const fails, notes = "fails", "notes" // what a check does with what is not healthy

// elb is an IAM action.
func elb(name string) string { return "elasticloadbalancing:" + name }

// checkCase is a check of one type of load balancer: what makes it pass, what it finds,
// and what makes it unknown.
type checkCase struct {
	id      string
	healthy func(*account) // nil: the account as it is
	broken  func(*account)
	as      string
	says    string         // of what was found
	denied  string         // an action without which it is skipped
	unknown func(*account) // in its place: something else that makes it unknown
}

func noPages(a *account) { a.options.Pages = nil }

var everyone = netip.MustParsePrefix("0.0.0.0/0")

var classicCases = []checkCase{
	{id: "idle.limit", broken: func(a *account) { a.classic(func(b *awssim.Balancer) { b.Attributes.IdleTimeout = 60 }) }, as: fails, says: "idle for 60 s; clients keep them for 300 s", denied: elb("DescribeLoadBalancerAttributes")},
	{id: "idle.session", broken: func(a *account) { a.page.IdleSession = new(2 * time.Hour) }, as: notes, says: "cuts after 3600 s, and Impala closes idle sessions after 7200 s", denied: elb("DescribeLoadBalancerAttributes")},
	{id: "idle.session", broken: func(a *account) { a.page.IdleSession, a.page.Keepalive = new(time.Duration(0)), new(time.Duration(0)) }, as: notes, says: "no keepalive", unknown: noPages},
	{id: "idle.range", broken: func(a *account) { a.classic(func(b *awssim.Balancer) { b.Attributes.IdleTimeout = 4000 }) }, as: notes, says: "more than 1h", denied: elb("DescribeLoadBalancerAttributes")},
	{id: "zone.cross", broken: func(a *account) {
		third := a.machine(a.subnets[0])
		fourth := a.machine(a.subnets[0])
		a.classic(func(b *awssim.Balancer) {
			b.Attributes.CrossZone, b.Instances = false, append(b.Instances, third, fourth)
		})
	}, as: fails, says: "3 in eu-west-1a and 1 in eu-west-1b: one gets 2 times its fair share", denied: elb("DescribeLoadBalancerAttributes")},
	{id: "zone.cross", healthy: func(a *account) { a.classic(func(b *awssim.Balancer) { b.Attributes.CrossZone = false }) }, broken: func(a *account) {
		third := a.machine(a.subnets[0])
		a.classic(func(b *awssim.Balancer) { b.Attributes.CrossZone, b.Instances = false, append(b.Instances, third) })
	}, as: notes, says: "one gets 1.5 times", denied: "ec2:DescribeInstances"},
	{id: "zone.empty", broken: func(a *account) {
		a.classic(func(b *awssim.Balancer) { b.Attributes.CrossZone = false })
		a.SetInstanceHealth(a.instances[1], "dead")
	}, as: fails, says: "the zone eu-west-1b", denied: elb("DescribeInstanceHealth")},
	{id: "zone.disabled", broken: func(a *account) { a.classic(func(b *awssim.Balancer) { b.Subnets = b.Subnets[:1] }) }, as: fails, says: "(eu-west-1b)", denied: "ec2:DescribeInstances"},
	{id: "health.any", broken: func(a *account) { a.SetInstanceHealth(a.instances[0], "it is dead") }, as: fails, says: "1 of 2 targets not in service", denied: elb("DescribeInstanceHealth")},
	{id: "health.blind", broken: func(a *account) { a.classic(func(b *awssim.Balancer) { b.HealthCheck.Target = "TCP:21050" }) }, as: notes, says: "TCP:21050", denied: elb("DescribeLoadBalancers")},
	{id: "health.port", broken: func(a *account) { a.classic(func(b *awssim.Balancer) { b.HealthCheck.Target = "TCP:21000" }) }, as: fails, says: "beeswax_port is 0", unknown: func(a *account) {
		noPages(a)
		a.classic(func(b *awssim.Balancer) { b.HealthCheck.Target = "TCP:21000" })
	}},
	{id: "health.slow", broken: func(a *account) {
		a.classic(func(b *awssim.Balancer) { b.HealthCheck.Healthy, b.HealthCheck.Interval = 10, 30 })
	}, as: notes, says: "back after 10 checks, 300 s", denied: elb("DescribeLoadBalancers")},
	{id: "drain.delay", broken: func(a *account) { a.classic(func(b *awssim.Balancer) { b.Attributes.Draining = false }) }, as: notes, says: "draining is off", denied: elb("DescribeLoadBalancerAttributes")},
	{id: "drain.delay", broken: func(a *account) { a.config.LongestQuery = scenarios.Duration(time.Hour) }, as: notes, says: "for 300 s; a query, or Impala's shutdown, takes 3600 s", denied: elb("DescribeLoadBalancerAttributes")},
	{id: "proxy.protocol", broken: func(a *account) {
		a.classic(func(b *awssim.Balancer) { b.BackendPolicies = map[int32][]string{21050: {"proxy"}} })
	}, as: fails, says: "instance port 21050", denied: elb("DescribeLoadBalancerPolicies")},
	{id: "targets.role", broken: func(a *account) { a.page.Coordinator = new(false) }, as: fails, says: "no coordinator", unknown: noPages},
	{id: "targets.role", broken: func(a *account) { a.page.Quiescing = new(true) }, as: fails, says: "shutting down", unknown: func(a *account) { a.page.Coordinator = nil }},
	{id: "targets.port", broken: func(a *account) { a.classic(func(b *awssim.Balancer) { b.Listeners[0].InstancePort = 21000 }) }, as: notes, says: "another protocol", denied: elb("DescribeLoadBalancers")},
	{id: "listener.clear", broken: func(a *account) { a.classic(func(b *awssim.Balancer) { b.Listeners[0].InstanceProtocol = "TCP" }) }, as: notes, says: "in clear (TCP)", denied: elb("DescribeLoadBalancers")},
	{id: "tls.policy", broken: func(a *account) {
		a.classic(func(b *awssim.Balancer) { b.Policies[0].Reference = "ELBSecurityPolicy-2016-08" })
	}, as: notes, says: "allows TLSv1 and TLSv1.1", denied: elb("DescribeLoadBalancerPolicies")},
	{id: "tls.cert", broken: func(a *account) { expireAt(a, classicName, 6) }, as: fails, says: "6 more days", denied: "acm:DescribeCertificate"},
	{id: "tls.cert", broken: func(a *account) { showOfIAM(a, 6) }, as: fails, says: "server-certificate/impala is valid for 6 more days", unknown: func(a *account) {
		showOfIAM(a, 60)
		a.Deny("iam:GetServerCertificate")
	}},
	{id: "tls.cert", broken: func(a *account) { showOfIAM(a, 60) }, as: notes, says: "60 more days and was imported", unknown: func(a *account) {
		showOfIAM(a, 60)
		a.Deny("iam:GetServerCertificate")
	}},
	{id: "tls.cert", broken: func(a *account) { expireAt(a, classicName, 20) }, as: notes, says: "20 more days", denied: "acm:DescribeCertificate"},
	{id: "sg.open", broken: func(a *account) {
		a.SetGroup(a.front, func(g *awssim.Group) { g.Rules = append(g.Rules, awssim.Rule{Protocol: "-1", CIDR: everyone}) })
	}, as: fails, says: "of the load balancer: ", denied: "ec2:DescribeSecurityGroups"},
	{id: "sg.open", broken: func(a *account) {
		a.SetGroup(a.back, func(g *awssim.Group) {
			g.Rules = append(g.Rules, awssim.Rule{Protocol: "tcp", From: 21050, To: 21050, CIDR: netip.MustParsePrefix("10.0.0.0/8")})
		})
	}, as: notes, says: "past the load balancer", denied: "ec2:DescribeSecurityGroups"},
	{id: "sg.egress", broken: func(a *account) {
		a.SetGroup(a.front, func(g *awssim.Group) {
			g.Egress = []awssim.Rule{{Protocol: "tcp", From: 21050, To: 21050, Group: a.back}}
		})
	}, as: fails, says: "port 25000", denied: "ec2:DescribeSecurityGroups"},
}

// expireAt gives a load balancer a certificate that is valid for so many days.
func expireAt(a *account, name string, days int) {
	arn := a.AddCertificate(awssim.Certificate{Domain: "soon.example.com", NotAfter: now.Add(time.Duration(days)*24*time.Hour + time.Hour)})
	a.classic(func(b *awssim.Balancer) { b.Listeners[0].Certificate = arn })
	if name == networkName {
		a.network(func(b *awssim.NetworkBalancer) { b.Listeners[0].Certificates = []string{arn} })
	}
}

// What would mend a delay that is too short is the time that queries and Impala's shutdown
// take, as far as AWS drains at all.
func TestChecks_DrainFixesAreOfTheEvidence(t *testing.T) {
	for query, want := range map[time.Duration]string{0: "120", 20 * time.Minute: "1200", 3 * time.Hour: "3600"} {
		a := newAccount(t)
		a.config.LongestQuery = scenarios.Duration(query)
		a.classic(func(b *awssim.Balancer) { b.Attributes.Draining = false })
		a.attribute("deregistration_delay.timeout_seconds", "60")
		classic, network := a.judged(t, classicName)["audit.drain.delay"], a.judged(t, networkName)["audit.drain.delay"]
		if text := classic.Fix[0].Why; !strings.Contains(text, `"Timeout":`+want+"}") {
			t.Errorf("%s: %s", query, text)
		}
		if text := network.Fix[0].Why; !strings.Contains(text, "Value="+want) || strings.Contains(network.Message, "at the longest") != (query > time.Hour) {
			t.Errorf("%s: %s; %s", query, text, network.Message)
		}
	}
	a := newAccount(t)
	a.config.LongestQuery = scenarios.Duration(3 * time.Hour)
	a.attribute("deregistration_delay.timeout_seconds", "3600")
	if f := a.judged(t, networkName)["audit.drain.delay"]; f.Note != "" || !strings.Contains(f.Message, "AWS drains for 3600 s at the longest") {
		t.Errorf("as long as AWS drains: %+v", f)
	}
}

// Rules of one group or of several, none of which admits every address, may do it together.
func TestChecks_OpenGroupsTogether(t *testing.T) {
	admit := func(a *account, group string, networks ...string) {
		a.SetGroup(group, func(g *awssim.Group) {
			for _, n := range networks {
				g.Rules = append(g.Rules, awssim.Rule{Protocol: "tcp", From: 21050, To: 21050, CIDR: netip.MustParsePrefix(n)})
			}
		})
	}
	for name, c := range map[string]struct {
		first, second []string
		status        scenarios.Status
		says          string
	}{
		"halves":             {[]string{"0.0.0.0/1", "128.0.0.0/1"}, nil, scenarios.StatusFail, "admits every address, or nearly, to port 21050 by 0.0.0.0/1 and 128.0.0.0/1 together"},
		"halves of IPv6":     {[]string{"::/1", "8000::/1"}, nil, scenarios.StatusFail, "by ::/1 and 8000::/1 together"},
		"pieces":             {[]string{"0.0.0.0/2", "64.0.0.0/2", "128.0.0.0/2", "192.0.0.0/3"}, nil, scenarios.StatusFail, "together"},
		"halves of 2 groups": {[]string{"0.0.0.0/1"}, []string{"128.0.0.0/1"}, scenarios.StatusFail, "admit every address"},
		"private networks":   {[]string{"172.16.0.0/12", "192.168.0.0/16"}, []string{"10.1.0.0/16"}, scenarios.StatusPass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t)
			second := a.AddGroup(awssim.Group{Name: "second", VPC: a.vpc})
			admit(a, a.front, c.first...)
			admit(a, second, c.second...)
			a.network(func(b *awssim.NetworkBalancer) { b.Groups = append(b.Groups, second) })
			a.classic(func(b *awssim.Balancer) { b.Groups = append(b.Groups, second) })
			for _, of := range []string{networkName, classicName} {
				if f := a.judged(t, of)["audit.sg.open"]; f.Status != c.status || !strings.Contains(f.Message, c.says) {
					t.Errorf("%s: %s %q", of, f.Status, f.Message)
				}
			}
		})
	}
}

// showOfIAM has the Classic load balancer show a certificate of IAM that is valid for so
// many days.
func showOfIAM(a *account, days int) {
	arn := a.AddServerCertificate(awssim.ServerCertificate{Name: "impala", NotAfter: now.Add(time.Duration(days)*24*time.Hour + time.Hour)})
	a.classic(func(b *awssim.Balancer) { b.Listeners[0].Certificate = arn })
}

func TestChecks_OfAClassicLoadBalancer(t *testing.T) {
	for _, c := range classicCases {
		t.Run(c.id+": "+c.says, func(t *testing.T) { c.run(t, classicName) })
	}
}

func TestChecks_OfANetworkLoadBalancer(t *testing.T) {
	for _, c := range networkCases {
		t.Run(c.id+": "+c.says, func(t *testing.T) { c.run(t, networkName) })
	}
}

// run asks the check of three accounts.
func (c checkCase) run(t *testing.T, name string) {
	healthy := newAccount(t)
	if c.healthy != nil {
		c.healthy(healthy)
	}
	if f := healthy.judged(t, name)["audit."+c.id]; f.Status != scenarios.StatusPass || f.Note != "" {
		t.Errorf("healthy: %+v", f)
	}

	broken := newAccount(t)
	if c.healthy != nil {
		c.healthy(broken)
	}
	c.broken(broken)
	c.checkBroken(t, broken.judged(t, name)["audit."+c.id])

	unknown := newAccount(t)
	if c.healthy != nil {
		c.healthy(unknown)
	}
	want := ""
	if c.unknown != nil {
		c.unknown(unknown)
	} else {
		unknown.Deny(c.denied)
		want = "the caller lacks the permission " + c.denied
	}
	if f := unknown.judged(t, name)["audit."+c.id]; f.Status != scenarios.StatusSkipped || !strings.Contains(f.Message, want) || f.Message == "" {
		t.Errorf("unknown: %+v, want it skipped with %q", f, want)
	}
}

// checkBroken holds a finding on something that is not healthy: it has what was found,
// the document, the call and the argument.
func (c checkCase) checkBroken(t *testing.T, f scenarios.Finding) {
	t.Helper()
	status := scenarios.StatusPass
	if c.as == fails {
		status = scenarios.StatusFail
	}
	if f.Status != status || !strings.Contains(f.Message, c.says) || (c.as == notes) != (f.Note != "") {
		t.Errorf("broken: %s %q, note %q; want it as one that %s and says %q", f.Status, f.Message, f.Note, c.as, c.says)
	}
	if !strings.HasPrefix(f.See, "https://") || len(f.Fix) != 2 || !strings.HasPrefix(f.Fix[1].Why, "in Terraform: ") || !strings.Contains(f.Explain, "healthy: ") {
		t.Errorf("broken: see %q, fix %+v, explanation %q", f.See, f.Fix, f.Explain)
	}
}

// Every check has a case for each type of load balancer that it is asked of.
func TestChecks_AreAllTried(t *testing.T) {
	for name, cases := range map[string][]checkCase{classicName: classicCases, networkName: networkCases} {
		a := newAccount(t)
		if name == networkName {
			a.serveTLS()
			a.attribute("deregistration_delay.timeout_seconds", "300")
		}
		n := 0
		for id, f := range a.judged(t, name) {
			n++
			if f.Status == scenarios.StatusSkipped {
				continue // it does not apply to this type, as everything else is known
			}
			if !slices.ContainsFunc(cases, func(c checkCase) bool { return "audit."+c.id == id }) {
				t.Errorf("%s of %s has no case", id, name)
			}
		}
		if n != 27 {
			t.Errorf("%s: %d checks, want 27", name, n)
		}
	}
}
