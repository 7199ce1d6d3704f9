package audit_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/audit"
	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/impalaweb"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// A load balancer is found by its name, its ARN, its host with or without a port, and by
// the addresses of an alias.
func TestRead_Finds(t *testing.T) {
	a := newAccount(t)
	network, classic := a.NetworkBalancers()[0], a.LoadBalancers()[0]
	address := map[string]string{}
	for _, e := range a.ENIs() {
		if text, ours := strings.CutPrefix(e.Description, "ELB "); ours {
			address[text] = e.Address
		}
	}
	aliases := map[string]string{"network.example.com": address[strings.TrimPrefix(network.ARN, arnPrefix)], "classic.example.com": address[classicName]}
	a.options.LookupHost = func(_ context.Context, host string) ([]string, error) {
		if aliases[host] == "" {
			return nil, errors.New("no such host")
		}
		return []string{"192.0.2.1", aliases[host]}, nil
	}
	for asked, want := range map[string]string{
		networkName: networkName, classicName: classicName,
		network.ARN: networkName, arnPrefix + classicName: classicName,
		network.DNSName: networkName, strings.ToUpper(network.DNSName) + ".": networkName, network.DNSName + ":21050": networkName,
		classic.DNSName: classicName, "dualstack." + classic.DNSName: classicName,
		"network.example.com:21050": networkName, "classic.example.com": classicName,
	} {
		got, err := audit.Read(t.Context(), asked, a.options)
		if err != nil || got.Name != want || got.Region != "eu-west-1" || len(got.Unread) > 0 || !got.At.Equal(now) {
			t.Errorf("%s: %+v, %v; want %s", asked, got, err, want)
		}
	}
}

const arnPrefix = "arn:aws:elasticloadbalancing:eu-west-1:" + awssim.Account + ":loadbalancer/"

func TestRead_SaysWhatIsNotThere(t *testing.T) {
	a := newAccount(t)
	a.AddNetworkBalancer(awssim.NetworkBalancer{Name: classicName, Subnets: a.subnets})
	for asked, want := range map[string]string{
		"impala-other":                    "there is no load balancer impala-other in eu-west-1 of this account",
		arnPrefix + "net/x/0123456789":    "there is no load balancer x in eu-west-1",
		"arn:aws:s3:::bucket":             "is not the ARN of a load balancer",
		"a_b":                             "is no name of a load balancer, no ARN and no host",
		"nowhere.example.com":             "no load balancer in eu-west-1 has the host nowhere.example.com, and it does not resolve",
		classicName:                       "there are a Classic load balancer and another one that are named impala-classic",
		"x-1.eu-west-2.elb.amazonaws.com": "in eu-west-2",
	} {
		_, err := audit.Read(t.Context(), asked, a.options)
		var missing *audit.NotFoundError
		if !errors.As(err, &missing) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", asked, err, want)
		}
	}
}

func TestRead_NamesAnApplicationLoadBalancer(t *testing.T) {
	a := newAccount(t)
	a.AddNetworkBalancer(awssim.NetworkBalancer{Name: "web", Type: "application", Subnets: a.subnets})
	got, err := audit.Read(t.Context(), "web", a.options)
	if err != nil || got.Type != scenarios.BalancerApplication || len(got.Listeners)+len(got.Unread) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, f := range judge.Judge(scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindAudit}, Audit: &got}).Findings {
		if f.Status != scenarios.StatusSkipped || !strings.Contains(f.Message, "of type application") {
			t.Errorf("%+v", f)
		}
	}
}

func TestRead_NeedsARegion(t *testing.T) {
	a := newAccount(t)
	t.Setenv("AWS_REGION", "")
	if _, err := audit.Read(t.Context(), networkName, a.options); !errors.Is(err, audit.ErrNoRegion) {
		t.Errorf("error %v", err)
	}
	if _, err := audit.Read(t.Context(), a.NetworkBalancers()[0].ARN, a.options); err != nil {
		t.Error(err)
	}
}

// Whatever single permission is missing, the rest is read, the missing one is named, and
// nothing fails or passes for it that did not before.
func TestRead_GoesOnWithoutAPermission(t *testing.T) {
	for _, name := range []string{networkName, classicName} {
		a := newAccount(t)
		a.serveTLS()
		before := a.judged(t, name)
		needs := map[string]bool{}
		for _, c := range a.Calls() {
			for _, action := range c.Needs {
				needs[action] = true
			}
		}
		if len(needs) < 8 {
			t.Fatalf("%s needs %v", name, needs)
		}
		for action := range needs {
			a.Deny(action)
			m := a.read(t, name)
			if len(m.Audit.Unread) != 1 || m.Audit.Unread[0].Missing != action || m.Audit.Unread[0].Action != action {
				t.Errorf("%s without %s: %+v", name, action, m.Audit.Unread)
			}
			for _, f := range judge.Judge(m).Findings {
				if f.Status != scenarios.StatusSkipped && f.Status != before[f.ID].Status {
					t.Errorf("%s without %s: %s is %s (%s), and was %s", name, action, f.ID, f.Status, f.Message, before[f.ID].Status)
				}
			}
			a.Allow(action)
		}
	}
}

// A call that fails otherwise is noted, too; where the first one does, there is nothing.
func TestRead_EndsWhereNothingAnswers(t *testing.T) {
	a := newAccount(t)
	t.Setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if got, err := audit.Read(ctx, networkName, a.options); err == nil {
		t.Errorf("%+v", got)
	}
}

// The policy has what the calls need, and nothing else; the one in docs is the same.
func TestPolicy_IsWhatTheCallsNeed(t *testing.T) {
	a := newAccount(t)
	a.serveTLS()
	a.AddTargetGroup(awssim.TargetGroup{Name: "addresses", Kind: "ip", Port: 21050, VPC: a.vpc, Targets: []awssim.Target{{ID: a.ENIs()[0].Address, State: "healthy"}}})
	a.network(func(b *awssim.NetworkBalancer) { b.Listeners[0].Groups = append(b.Listeners[0].Groups, "addresses") })
	for _, name := range []string{networkName, classicName} {
		a.judged(t, name)
	}
	showOfIAM(a, 60)
	a.judged(t, classicName)
	needs := map[string]bool{}
	for _, c := range a.Calls() {
		for _, action := range c.Needs {
			needs[action] = true
		}
	}
	var policy struct {
		Statement []struct{ Action []string }
	}
	if err := json.Unmarshal([]byte(audit.Policy), &policy); err != nil {
		t.Fatal(err)
	}
	var allowed []string
	for _, s := range policy.Statement {
		allowed = append(allowed, s.Action...)
	}
	slices.Sort(allowed)
	if needed := slices.Sorted(maps.Keys(needs)); !slices.Equal(allowed, needed) {
		t.Errorf("allowed: %q\nneeded:  %q", allowed, needed)
	}
	if a.Writes() > 0 {
		t.Errorf("%d writes", a.Writes())
	}
	doc, err := os.ReadFile("../../docs/iam/audit.json")
	if err != nil || string(doc) != audit.Policy {
		t.Errorf("docs/iam/audit.json differs: %v", err)
	}
}

// No result has an account's number, and unknown attributes are kept.
func TestRead_HidesTheAccountAndKeepsTheUnknown(t *testing.T) {
	a := newAccount(t)
	a.serveTLS()
	for _, name := range []string{networkName, classicName} {
		m := a.read(t, name)
		text, err := json.Marshal(m)
		if err != nil || strings.Contains(string(text), awssim.Account) {
			t.Errorf("%s shows the account, or %v", name, err)
		}
		if name == networkName && (m.Audit.Attributes["future.attribute"] != "on" || m.Audit.Tags["owner"] != "************/us") {
			t.Errorf("attributes %v, tags %v", m.Audit.Attributes, m.Audit.Tags)
		}
	}
}

// Targets by address have the zone and the groups of their network interface.
func TestRead_TargetsByAddress(t *testing.T) {
	a := newAccount(t)
	var address string
	for _, e := range a.ENIs() {
		if e.Instance == a.instances[1] {
			address = e.Address
		}
	}
	a.group(func(g *awssim.TargetGroup) { g.Kind, g.Targets = "ip", []awssim.Target{{ID: address}} })
	got := a.read(t, networkName).Audit
	if target := got.Groups[0].Targets[0]; target.Zone != "eu-west-1b" || target.Address != address {
		t.Errorf("%+v", target)
	}
	if len(got.Behind) != 1 || got.Behind[0].ID != a.back {
		t.Errorf("behind: %+v", got.Behind)
	}
}

// A login that a target rejects is sent to no other.
func TestRead_SendsARejectedLoginOnce(t *testing.T) {
	a := newAccount(t)
	n := 0
	a.options.Pages = func(context.Context, string) (impalaweb.View, error) {
		n++
		return impalaweb.View{}, impalaweb.ErrLoginRejected
	}
	f := a.judged(t, networkName)["audit.targets.role"]
	if n != 1 || f.Status != scenarios.StatusSkipped || !strings.Contains(f.Message, "rejected") {
		t.Errorf("%d logins, %+v", n, f)
	}
}
