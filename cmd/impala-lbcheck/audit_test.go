//go:build !noaws

package main

import (
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/audit"
	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/schema/schematest"
)

// withNetworkBalancer adds a network load balancer to the account, with its defaults.
func withNetworkBalancer(t *testing.T) testAccount {
	t.Helper()
	a := newTestAccount(t)
	var targets []awssim.Target
	seen := map[string]bool{}
	for _, e := range a.ENIs() {
		if e.Instance != "" && !seen[e.Instance] {
			seen[e.Instance] = true
			targets = append(targets, awssim.Target{ID: e.Instance})
		}
	}
	a.AddTargetGroup(awssim.TargetGroup{Name: "hs2", Port: 21050, VPC: a.vpc, Targets: targets})
	a.AddNetworkBalancer(awssim.NetworkBalancer{
		Name: "impala-prod", Subnets: a.subnets, Attributes: map[string]string{"future.attribute": "on"},
		Listeners: []awssim.NetworkListener{{Port: 21050, Groups: []string{"hs2"}}},
	})
	return a
}

func TestAudit_ReadsJudgesStoresAndRendersAgain(t *testing.T) {
	a := withNetworkBalancer(t)
	file := filepath.Join(t.TempDir(), "audit.json")
	html := filepath.Join(t.TempDir(), "audit.html")
	stdout, stderr, code := runAWS(t, "audit", "impala-prod", "--out", file, "--out", html)
	if code != exitFail {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{
		"impala-lbcheck audit impala-prod-", "network, internal, active", "future.attribute=on", "audit.sg.open", "no security group",
		"audit.health.blind", "note: ", "aws elbv2 modify-target-group", "in Terraform: ", "https://docs.aws.amazon.com/", "FAIL: ",
		"is_coordinator is not known", "--web-port 25000",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("no %q in\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, awssim.Account) || a.Writes() > 0 {
		t.Errorf("it shows the account, or %d writes\n%s", a.Writes(), stdout)
	}
	again, stderr, code := runAWS(t, "report", file)
	if code != exitFail || again != stdout {
		t.Errorf("report: exit %d, %s; another text:\n%s", code, stderr, again)
	}
	stored, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	schematest.Result(t, stored)
	if page, err := os.ReadFile(html); err != nil || !strings.Contains(string(page), "Load balancer") {
		t.Errorf("HTML: %v", err)
	}
	lenient := filepath.Join(t.TempDir(), "strict.yaml")
	if err := os.WriteFile(lenient, []byte("name: strict\nkind: audit\naudit: {longest_idle: 10m}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if judged, stderr, code := runAWS(t, "report", file, "--judge", lenient); code != exitFail || !strings.Contains(judged, "audit.idle.limit") || !strings.Contains(judged, "clients keep them for 600 s") {
		t.Errorf("--judge: exit %d, %s\n%s", code, stderr, judged)
	}
}

func TestAudit_WhatItRefuses(t *testing.T) {
	a := withNetworkBalancer(t)
	a.AddNetworkBalancer(awssim.NetworkBalancer{Name: "web", Type: "application", Subnets: a.subnets})
	for args, want := range map[string]struct {
		code int
		says string
	}{
		"audit":                                  {exitUsage, "no NAME, ARN or HOST"},
		"audit a b":                              {exitUsage, "2 arguments"},
		"audit web":                              {exitUsage, "web is a load balancer of type application"},
		"audit other":                            {exitUsage, "there is no load balancer other in eu-west-1"},
		"audit nowhere.example.com":              {exitUsage, "it does not resolve"},
		"audit impala-prod --region eu-west-2":   {exitUsage, "in eu-west-2"},
		"audit impala-prod --longest-idle -1s":   {exitUsage, "--longest-idle"},
		"audit impala-prod --web-tls":            {exitUsage, "--web-port"},
		"audit impala-prod --out x/y.json":       {exitUsage, "--out x/y.json"},
		"audit --iam-policy impala-prod":         {exitUsage, "takes no argument"},
		"audit impala-prod --impala-min-tls 1.4": {exitUsage, "1.4"},
	} {
		_, stderr, code := runAWS(t, strings.Fields(args)...)
		if code != want.code || !strings.Contains(stderr, want.says) || strings.Contains(stderr, awssim.Account) {
			t.Errorf("%s: exit %d, %q; want %d and %q", args, code, stderr, want.code, want.says)
		}
	}
}

// Without a permission there is a result that names it.
func TestAudit_WithoutPermission(t *testing.T) {
	a := withNetworkBalancer(t)
	a.Deny("elasticloadbalancing:DescribeLoadBalancers")
	stdout, stderr, code := runAWS(t, "audit", "impala-prod")
	if code != exitInconclusive || !strings.Contains(stdout, "INCONCLUSIVE: the load balancer could not be read: the caller lacks the permission elasticloadbalancing:DescribeLoadBalancers") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

// Where AWS does not answer, nothing was measured.
func TestAudit_WithoutAWS(t *testing.T) {
	withNetworkBalancer(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token of ` + awssim.Account + ` is expired</Message></Error></ErrorResponse>`))
	}))
	t.Cleanup(server.Close)
	t.Setenv("AWS_ENDPOINT_URL", server.URL)
	stdout, stderr, code := runAWS(t, "audit", "impala-prod")
	if code != exitUnmeasured || !strings.Contains(stderr, "the credentials have expired") || strings.Contains(stderr, awssim.Account) || stdout != "" {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestAudit_PrintsItsPolicy(t *testing.T) {
	stdout, stderr, code := runAWS(t, "audit", "--iam-policy")
	if code != exitPass || stdout != audit.Policy || !json.Valid([]byte(stdout)) {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

// The web pages of the targets are read at their addresses in the account.
func TestAudit_ReadsTheTargetsPages(t *testing.T) {
	a := newTestAccount(t)
	pages := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(map[string]string{
			"/?json":     `{"version":"impalad version 4.5.0","is_quiescing":false}`,
			"/varz?json": `{"flags":[{"name":"is_coordinator","current":"false"},{"name":"client_keepalive_probe_period_s","current":"600"}]}`,
		}[r.RequestURI]))
	}))
	t.Cleanup(pages.Close)
	_, port, err := net.SplitHostPort(pages.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	// The simulated AWS gives out the tenth address of a subnet first.
	before := netip.MustParseAddr("127.0.0.1")
	for range 10 + len(a.ENIs()) {
		before = before.Prev()
	}
	subnet := a.AddSubnet(awssim.Subnet{VPC: a.vpc, Zone: "eu-west-1a", CIDR: netip.PrefixFrom(before, 24).String()})
	target := a.AddInstance(awssim.Instance{Subnet: subnet})
	a.AddTargetGroup(awssim.TargetGroup{Name: "hs2", Port: 21050, VPC: a.vpc, Targets: []awssim.Target{{ID: target}}})
	a.AddNetworkBalancer(awssim.NetworkBalancer{Name: "impala-prod", Subnets: []string{subnet}, Listeners: []awssim.NetworkListener{{Port: 21050, Groups: []string{"hs2"}}}})
	stdout, stderr, code := runAWS(t, "audit", "impala-prod", "--web-port", port)
	for _, want := range []string{"executor", "no coordinator (is_coordinator is false)", "Impala probes after 600 s"} {
		if code != exitFail || !strings.Contains(stdout, want) {
			t.Errorf("exit %d, no %q\n%s%s", code, want, stdout, stderr)
		}
	}
}
