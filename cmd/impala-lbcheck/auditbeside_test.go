//go:build !noaws

package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/schema/schematest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// besideTest is a simulated account with a load balancer, and a simulated cluster that
// stands for it.
type besideTest struct {
	testAccount
	*simcluster.Cluster
	subnets []string // in two zones
	front   string   // a security group that the coordinators admit
	targets []string // instances, by coordinator
}

// newBesideTest has a network load balancer "impala-prod" before the coordinators of a
// cluster. Their machines have the DNS names that the coordinators answer with, but for
// those that dns gives others.
func newBesideTest(t *testing.T, config simcluster.Config, dns func(coordinator string) string) besideTest {
	t.Helper()
	b := besideTest{testAccount: newTestAccount(t), Cluster: cluster(t, config)}
	for _, zone := range []string{"a", "b"} {
		b.subnets = append(b.subnets, b.AddSubnet(awssim.Subnet{VPC: b.vpc, Zone: "eu-west-1" + zone}))
	}
	b.front = b.AddGroup(awssim.Group{Name: "front", VPC: b.vpc})
	back := b.AddGroup(awssim.Group{Name: "back", VPC: b.vpc, Rules: []awssim.Rule{{Protocol: "tcp", From: 0, To: 65535, Group: b.front}}})
	var targets []awssim.Target
	for i, name := range b.Names() {
		host, _, err := net.SplitHostPort(name)
		if err != nil {
			t.Fatal(err)
		}
		if dns != nil {
			host = dns(host)
		}
		id := b.AddInstance(awssim.Instance{Subnet: b.subnets[i%2], DNS: host, Interfaces: []awssim.Interface{{Groups: []string{back}}}})
		b.targets = append(b.targets, id)
		targets = append(targets, awssim.Target{ID: id})
	}
	port := b.port()
	b.AddTargetGroup(awssim.TargetGroup{Name: "hs2", Port: 21050, VPC: b.vpc, Targets: targets})
	b.AddNetworkBalancer(awssim.NetworkBalancer{
		Name: "impala-prod", Subnets: b.subnets, Attributes: map[string]string{"load_balancing.cross_zone.enabled": "true"},
		Listeners: []awssim.NetworkListener{{Port: int32(port), Groups: []string{"hs2"}}},
	})
	return b
}

func (b besideTest) port() int { return int(b.Nodes()[0].Port()) }

// smoke runs smoke against the cluster's nodes, and returns its result.
func (b besideTest) smoke(t *testing.T, args ...string) (scenarios.Result, string, int) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "r.json")
	line := []string{"smoke"}
	for _, n := range b.Nodes() {
		line = append(line, n.String())
	}
	stdout, stderr, code := runAWS(t, append(append(line, "--quiet", "--out", file), args...)...)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("exit %d: %v\n%s%s", code, err, stdout, stderr)
	}
	schematest.Result(t, text)
	if strings.Contains(string(text)+stdout+stderr, awssim.Account) {
		t.Errorf("it shows the account\n%s", stdout)
	}
	r, err := scenarios.DecodeResult(text)
	if err != nil {
		t.Fatal(err)
	}
	again, _, _ := runAWS(t, "report", file)
	if again != stdout {
		t.Errorf("report has another text:\n%s\n%s", stdout, again)
	}
	return r, stdout, code
}

// says reports whether a text that is broken into lines has some words.
func says(text, words string) bool {
	return strings.Contains(strings.Join(strings.Fields(text), " "), words)
}

func statusOf(r scenarios.Result, id string) string {
	for _, f := range r.Findings {
		if f.ID == id {
			return f.Status.String()
		}
	}
	return "none"
}

// The judge knows by the account how many coordinators there are, which, and how they are
// chosen; the checks of the settings stand in the same result.
func TestSmokeAudit_TakesWhatTheAccountSays(t *testing.T) {
	b := newBesideTest(t, simcluster.Config{Coordinators: 3, HS2Port: 0, Nodes: 1}, nil)
	r, stdout, code := b.smoke(t, "--audit=impala-prod")
	if code != exitFail || statusOf(r, "audit.sg.open") != "fail" { // it has no security group
		t.Errorf("exit %d, audit.sg.open %s\n%s", code, statusOf(r, "audit.sg.open"), stdout)
	}
	for _, id := range []string{"errors.rate", "balance.coverage", "balance.imbalance", "balance.unexpected"} {
		if got := statusOf(r, id); got != "pass" {
			t.Errorf("%s: %s\n%s", id, got, stdout)
		}
	}
	if e := r.Scenario.Expect; e.Coordinators.Count != 3 || e.Balance.Policy != scenarios.PolicyFlowHash {
		t.Errorf("expected %+v", e)
	}
	for _, want := range []string{
		"Expected by the account of impala-prod: the policy flow-hash, 3 coordinators",
		"The coordinators are expected by the names that the account has: coord-", "Load balancer",
	} {
		if !says(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
}

// A coordinator that the balancer has and that never answers is named.
func TestSmokeAudit_NamesTheMissingCoordinator(t *testing.T) {
	b := newBesideTest(t, simcluster.Config{Coordinators: 3, Nodes: 1}, nil)
	id := b.AddInstance(awssim.Instance{Subnet: b.subnets[1], DNS: "coord-z9"})
	b.SetTargetGroup("hs2", func(g *awssim.TargetGroup) { g.Targets = append(g.Targets, awssim.Target{ID: id}) })
	r, stdout, _ := b.smoke(t, "--audit=impala-prod")
	found := false
	for _, f := range r.Findings {
		found = found || f.ID == "balance.coverage" && f.Status == scenarios.StatusFail && strings.Contains(f.Message+f.Subject, "coord-z9")
	}
	if !found {
		t.Errorf("coord-z9 is not missed\n%s", stdout)
	}
}

// Names that are not those of the account are not expected; their number is.
func TestSmokeAudit_OtherNames(t *testing.T) {
	b := newBesideTest(t, simcluster.Config{Coordinators: 2, Nodes: 1}, func(c string) string { return "x-" + c })
	r, stdout, _ := b.smoke(t, "--audit=impala-prod")
	if statusOf(r, "balance.coverage") != "pass" || statusOf(r, "balance.unexpected") == "fail" || !says(stdout, "so their number alone is expected") {
		t.Errorf("coverage %s, unexpected %s\n%s", statusOf(r, "balance.coverage"), statusOf(r, "balance.unexpected"), stdout)
	}
}

// What is declared goes before the account, and that they differ is said.
func TestSmokeAudit_ContradictsWhatIsDeclared(t *testing.T) {
	b := newBesideTest(t, simcluster.Config{Coordinators: 2, Nodes: 1}, nil)
	r, stdout, _ := b.smoke(t, "--audit=impala-prod", "--policy", "round-robin", "--expect-coordinators", "3")
	if e := r.Scenario.Expect; e.Balance.Policy != scenarios.PolicyRoundRobin || e.Coordinators.Count != 3 {
		t.Errorf("expected %+v", e)
	}
	for _, want := range []string{
		"The declared policy is round-robin, and by the account it is flow-hash: what is declared is used",
		"The declared number of coordinators is 3, and by the account it is 2",
	} {
		if !says(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
}

// A Classic load balancer, with a target out of service: that is one finding, and no
// coordinator is missing besides.
func TestSmokeAudit_ClassicByItsHost(t *testing.T) {
	b := newBesideTest(t, simcluster.Config{Coordinators: 2, Nodes: 1, Balance: simcluster.BalanceRoundRobin}, nil)
	out := b.AddInstance(awssim.Instance{Subnet: b.subnets[0]})
	b.AddBalancer(awssim.Balancer{
		Name: "elb", Subnets: b.subnets, Groups: []string{b.front}, Instances: append([]string{out}, b.targets...),
		Listeners: []awssim.Listener{{Protocol: "TCP", Port: int32(b.port()), InstanceProtocol: "TCP", InstancePort: 21050}},
	})
	b.SetInstanceHealth(out, "it does not answer")
	r, stdout, _ := b.smoke(t, "--audit=elb")
	if r.Scenario.Expect.Balance.Policy != scenarios.PolicyRoundRobin || r.Scenario.Expect.Coordinators.Count != 2 || statusOf(r, "balance.coverage") != "pass" || statusOf(r, "audit.health.any") != "fail" {
		t.Errorf("expected %+v, coverage %s, health %s\n%s", r.Scenario.Expect, statusOf(r, "balance.coverage"), statusOf(r, "audit.health.any"), stdout)
	}
	if !says(stdout, "1 target was not in service") {
		t.Errorf("the target is not mentioned\n%s", stdout)
	}
}

// Without the right to ask, the sessions run all the same, and nothing passes.
func TestSmokeAudit_WithoutPermissionOrCredentials(t *testing.T) {
	for name, c := range map[string]struct {
		breakIt func(besideTest)
		says    string
	}{
		"permission":  {func(b besideTest) { b.Deny("elasticloadbalancing:DescribeLoadBalancers") }, "the caller lacks the permission elasticloadbalancing:DescribeLoadBalancers"},
		"credentials": {func(besideTest) { noCredentials(t) }, "the load balancer could not be read: "},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBesideTest(t, simcluster.Config{Coordinators: 2, Nodes: 1}, nil)
			c.breakIt(b)
			r, stdout, code := b.smoke(t, "--audit=impala-prod", "--expect-coordinators", "2")
			if code != exitInconclusive || statusOf(r, "audit.read") != "inconclusive" || statusOf(r, "errors.rate") != "pass" || statusOf(r, "balance.coverage") != "pass" || !strings.Contains(stdout, c.says) {
				t.Errorf("exit %d, audit.read %s, errors.rate %s\n%s", code, statusOf(r, "audit.read"), statusOf(r, "errors.rate"), stdout)
			}
		})
	}
}

func noCredentials(t *testing.T) {
	for _, k := range []string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(k, "")
	}
}

func TestSmokeAudit_WhatItRefuses(t *testing.T) {
	b := newBesideTest(t, simcluster.Config{Coordinators: 2}, nil)
	b.AddNetworkBalancer(awssim.NetworkBalancer{Name: "web", Type: "application", Subnets: b.subnets})
	file := filepath.Join(t.TempDir(), "mine.yaml")
	if err := os.WriteFile(file, []byte("name: mine\naudit: {longest_idle: 10m}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	nodes := fmt.Sprintf("%s %s", b.Nodes()[0], b.Nodes()[1])
	for args, want := range map[string]string{
		"smoke " + nodes + " --audit":             "there are 2 endpoints, so the load balancer has to be named; add --audit=NAME",
		"smoke " + nodes + " --audit=other":       "--audit: there is no load balancer other in eu-west-1",
		"smoke " + nodes + " --audit=web":         "--audit: web is a load balancer of type application",
		"smoke " + nodes + " --longest-idle 10m":  "no load balancer is audited, but it is set how",
		"run " + file + " " + nodes:               "audit.balancer",
		"demo --audit":                            "a simulated cluster is in no account",
		"smoke impala.example.com:21050 --audit":  "it does not resolve",
		"capacity " + nodes + " --hold 2 --audit": "unknown flag",
	} {
		_, stderr, code := runAWS(t, strings.Fields(args)...)
		if code != exitUsage || !strings.Contains(stderr, want) || b.Stats().SessionsOpened > 0 {
			t.Errorf("%s: exit %d, %q; want %q", args, code, stderr, want)
		}
	}
}

// A file has what the flags have, and its result can be judged again by another one.
func TestSmokeAudit_OfAFile(t *testing.T) {
	b := newBesideTest(t, simcluster.Config{Coordinators: 2, Nodes: 1}, nil)
	dir := t.TempDir()
	file, result := filepath.Join(dir, "mine.yaml"), filepath.Join(dir, "r.json")
	text := "name: mine\ntarget: {endpoints: [" + strconv.Quote(b.Nodes()[0].String()) + "]}\naudit: {balancer: impala-prod, longest_idle: 10m}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code := runAWS(t, "run", file, "--quiet", "--out", result)
	if code != exitFail || !strings.Contains(stdout, "clients keep them for 600 s") || !strings.Contains(stdout, "2 coordinators") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
	again, stderr, code := runAWS(t, "report", result, "--judge", file)
	if code != exitFail || again != stdout {
		t.Errorf("judged again: exit %d %s\n%s\n%s", code, stderr, again, stdout)
	}
	var stored map[string]json.RawMessage
	if src, err := os.ReadFile(result); err != nil || json.Unmarshal(src, &stored) != nil || stored["audit"] == nil {
		t.Errorf("audit in the result: %v", err)
	}
}
