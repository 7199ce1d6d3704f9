//go:build !noaws

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// testAccount is a simulated AWS with a VPC and three coordinators, which the SDK
// finds by the environment; hence none of these tests is parallel.
type testAccount struct {
	*awssim.AWS
	file    string // its lb.yaml
	vpc     string
	subnets []string
}

// edit changes lb.yaml.
func (a testAccount) edit(t *testing.T, before, after string) {
	t.Helper()
	text, err := os.ReadFile(a.file)
	if err != nil || !strings.Contains(string(text), before) {
		t.Fatalf("no %q in %s: %v", before, a.file, err)
	}
	if err := os.WriteFile(a.file, []byte(strings.Replace(string(text), before, after, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func newTestAccount(t *testing.T) testAccount {
	t.Helper()
	a, dir := startAccount(t), t.TempDir()
	for _, kv := range awsEnviron(a.URL(), dir) {
		k, v, _ := strings.Cut(kv, "=")
		t.Setenv(k, v)
	}
	a.file = filepath.Join(dir, "lb.yaml")
	if err := os.WriteFile(a.file, []byte(lbfile.Init(lbfile.ClassicPage, "blue")), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

// startAccount starts it without a file, and without an environment.
func startAccount(t *testing.T) testAccount {
	t.Helper()
	sim, err := awssim.Start(awssim.Config{Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	vpc := sim.AddVPC(awssim.VPC{Tags: map[string]string{"Name": "blue VPC"}})
	var subnets []string
	for _, zone := range []string{"a", "b"} {
		subnet := sim.AddSubnet(awssim.Subnet{VPC: vpc, Zone: "eu-west-1" + zone, Tags: map[string]string{"Name": "blue Private subnet 0"}})
		sim.AddInstance(awssim.Instance{Subnet: subnet, Tags: map[string]string{"env": "blue", "type": "coordinator"}})
		subnets = append(subnets, subnet)
	}
	return testAccount{AWS: sim, vpc: vpc, subnets: subnets}
}

// awsEnviron has the SDK find an AWS and no file of this machine; dir has no file "none".
func awsEnviron(address, dir string) []string {
	none := filepath.Join(dir, "none")
	return []string{
		"AWS_ENDPOINT_URL=" + address, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=eu-west-1",
		"AWS_EC2_METADATA_DISABLED=true", "AWS_PROFILE=", "AWS_CONFIG_FILE=" + none, "AWS_SHARED_CREDENTIALS_FILE=" + none,
	}
}

// runAWS runs a command line with a resolver that finds no name.
func runAWS(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = mainCode(args, env{
		out: &out, err: &errs,
		lookup: func(context.Context, string) ([]string, error) { return nil, errors.New("no such host") },
	})
	return out.String(), errs.String(), code
}

func TestProvision_PlansBuildsComparesAndRemoves(t *testing.T) {
	a := newTestAccount(t)
	for _, step := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"plan"}, exitPass, []string{"create load balancer elb-impala-blue", "call: elasticloadbalancing:CreateLoadBalancer", "To do: "}},
		{[]string{"plan", "--detailed-exitcode"}, exitChanges, []string{"To do: "}},
		{[]string{"plan", "--emit", "cli"}, exitPass, []string{"#!/bin/sh", "aws elb create-load-balancer"}},
		{[]string{"status"}, exitFail, []string{"AWS differs from the file"}},
		{[]string{"apply"}, exitPass, []string{"Done in this run", "Impala Daemons Load Balancer", "impala-lbcheck smoke ", "--expect-coordinators 2", "all 2 coordinators are in service"}},
		{[]string{"apply"}, exitPass, []string{"all 2 coordinators are in service"}},
		{[]string{"plan", "--detailed-exitcode"}, exitPass, []string{"Nothing to do."}},
		{[]string{"status"}, exitPass, []string{"all 2 coordinators are in service"}},
		{[]string{"destroy"}, exitUsage, []string{"delete load balancer elb-impala-blue"}},
		{[]string{"destroy", "--yes", "green"}, exitUsage, nil},
		{[]string{"destroy", "--yes", "blue"}, exitPass, []string{"Nothing with our tag exists."}},
		{[]string{"destroy", "--yes", "blue"}, exitPass, []string{"Nothing with our tag exists."}},
	} {
		stdout, stderr, code := runAWS(t, append(append([]string{"provision"}, step.args...), "-f", a.file)...)
		if code != step.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", step.args, code, step.code, stdout, stderr)
		}
		for _, words := range step.says {
			if !strings.Contains(stdout, words) {
				t.Errorf("%s does not say %q\n%s%s", step.args, words, stdout, stderr)
			}
		}
		script := strings.HasPrefix(stdout, "#!") // which is to be run: an owner tag is whole in it
		if strings.Contains(stdout+stderr, awssim.Account) && !script {
			t.Errorf("%s shows the account\n%s%s", step.args, stdout, stderr)
		}
	}
	if left := a.LoadBalancers(); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}

// TestProvision_BuildsANetworkLoadBalancer from the page that init prints, by the same
// commands; smoke takes its target from it.
func TestProvision_BuildsANetworkLoadBalancer(t *testing.T) {
	a := newTestAccount(t)
	page, _, code := runAWS(t, "provision", "init", "blue", "--kind", "network")
	if code != exitPass {
		t.Fatalf("init: exit %d", code)
	}
	if err := os.WriteFile(a.file, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args []string
		code int
		says []string
	}{
		{[]string{"plan"}, exitPass, []string{"create target group impala-lb-21050-", "create load balancer elb-impala-blue", "fail open"}},
		{[]string{"plan", "--emit", "cli"}, exitPass, []string{"LOAD_BALANCER=$(aws elbv2 create-load-balancer"}},
		{[]string{"apply"}, exitPass, []string{"--expect-coordinators 2", "all 2 coordinators are in service"}},
		{[]string{"plan", "--detailed-exitcode"}, exitPass, []string{"Nothing to do."}},
		{[]string{"status"}, exitPass, []string{"pass load_balancer.state", "pass coordinators.in_service", "all 2 coordinators are in service"}},
		{[]string{"destroy"}, exitUsage, []string{"delete load balancer elb-impala-blue", "delete target group impala-lb-21050-"}},
	} {
		stdout, stderr, code := runAWS(t, append(append([]string{"provision"}, step.args...), "-f", a.file)...)
		if code != step.code {
			t.Errorf("%s: exit %d, want %d\n%s%s", step.args, code, step.code, stdout, stderr)
		}
		for _, words := range step.says {
			if !strings.Contains(stdout, words) {
				t.Errorf("%s does not say %q\n%s%s", step.args, words, stdout, stderr)
			}
		}
	}
	a.edit(t, "kind: network", "kind: classic")
	a.edit(t, "targets: instance", "# targets")
	a.edit(t, "preserve_client_ip", "# preserve_client_ip")
	a.edit(t, "unhealthy_draining", "# unhealthy_draining")
	stdout, _, code := runAWS(t, "provision", "plan", "-f", a.file)
	if code != exitFail || !strings.Contains(stdout, "lb.yaml says kind: classic, and elb-impala-blue was built as a network load balancer") {
		t.Errorf("the other kind: exit %d\n%s", code, stdout)
	}
	_, stderr, code := runAWS(t, "smoke", "--from-provision", a.file)
	if code == exitPass || !strings.Contains(stderr, "lb.yaml says kind: classic") {
		t.Errorf("smoke with the other kind: exit %d\n%s", code, stderr)
	}
	a.edit(t, "kind: classic", "kind: network")
	stdout, stderr, code = runAWS(t, "provision", "destroy", "--yes", "blue", "-f", a.file)
	if code != exitPass || len(a.NetworkBalancers())+len(a.TargetGroups()) > 0 {
		t.Errorf("destroy: exit %d, left %+v\n%s%s", code, a.NetworkBalancers(), stdout, stderr)
	}
}

func TestProvision_InitKnowsTheKinds(t *testing.T) {
	for _, args := range [][]string{{"--kind", "nlb"}, {"--kind", "network", "--recipe"}} {
		_, stderr, code := runAWS(t, append([]string{"provision", "init"}, args...)...)
		if code != exitUsage || strings.Count(stderr, "\n") != 1 {
			t.Errorf("%q: exit %d: %s", args, code, stderr)
		}
	}
}

func TestProvision_VerboseShowsTheAccount(t *testing.T) {
	a := newTestAccount(t)
	stdout, _, _ := runAWS(t, "provision", "plan", "-f", a.file, "--verbose")
	if !strings.Contains(stdout, awssim.Account) {
		t.Error(stdout)
	}
}

func TestProvision_RefusesAnotherAccount(t *testing.T) {
	a := newTestAccount(t)
	_, stderr, code := runAWS(t, "provision", "apply", "-f", a.file, "--expect-account", "210987654321")
	if code != exitUsage || len(a.LoadBalancers()) > 0 || strings.Count(stderr, "\n") != 1 {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestProvision_NamesAMissingPermission(t *testing.T) {
	a := newTestAccount(t)
	a.Deny("elasticloadbalancing:CreateLoadBalancer")
	stdout, stderr, code := runAWS(t, "provision", "apply", "-f", a.file)
	if code != exitFail || !strings.Contains(stderr, "lacks the permission elasticloadbalancing:CreateLoadBalancer") {
		t.Errorf("exit %d\n%s%s", code, stdout, stderr)
	}
}

func TestProvision_JSON(t *testing.T) {
	a := newTestAccount(t)
	var plan provision.Plan
	stdout, _, code := runAWS(t, "provision", "plan", "-f", a.file, "--json")
	if err := json.Unmarshal([]byte(stdout), &plan); err != nil || code != exitPass || plan.Schema != provision.PlanSchema || plan.Writes() == 0 {
		t.Errorf("exit %d, %v, plan %+v", code, err, plan)
	}
	var report provision.Report
	stdout, stderr, code := runAWS(t, "provision", "apply", "-f", a.file, "--json")
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != exitPass || len(report.Outputs.Coordinators) != 2 {
		t.Errorf("exit %d, %v, outputs %+v", code, err, report.Outputs)
	}
	for line := range strings.Lines(stderr) {
		if !json.Valid([]byte(line)) {
			t.Errorf("progress: %s", line)
		}
	}
}

func TestFromProvision_SetsTheTarget(t *testing.T) {
	a := newTestAccount(t)
	_, stderr, code := runAWS(t, "smoke", "--from-provision", a.file)
	if code != exitUsage || !strings.Contains(stderr, "does not exist yet; run impala-lbcheck provision apply") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if stdout, stderr, code := runAWS(t, "provision", "apply", "-f", a.file); code != exitPass {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	_, stderr, code = runAWS(t, "smoke", "--from-provision", a.file, "--protocol", "beeswax")
	if code != exitUsage || !strings.Contains(stderr, "has no listener on 21000 (beeswax)") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	_, stderr, code = runAWS(t, "smoke", "127.0.0.1", "--from-provision", a.file)
	if code != exitUsage || !strings.Contains(stderr, "give no other endpoint") {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestProvision_FailureIsTheLastLineOfTheReport(t *testing.T) {
	for name, tc := range map[string]struct {
		before func(testAccount)
		args   []string
		code   int
		last   string // what the last line begins with
	}{
		"the certificate is pending": {
			before: func(a testAccount) { a.edit(t, "# tls:\n#   domain:", "tls:\n  domain:") },
			args:   []string{"apply", "--wait", "2s"},
			code:   exitFail,
			last:   `Not finished: certificate's issue "impala.example.com": not done after 2s: `,
		},
		"a call fails": {
			before: func(a testAccount) { a.Deny("elasticloadbalancing:DescribeLoadBalancers") },
			args:   []string{"status"},
			code:   exitFail,
			last:   "Not finished: elasticloadbalancing:DescribeLoadBalancers: ",
		},
		"something is in the way": {
			before: func(a testAccount) { a.AddGroup(awssim.Group{Name: "blue Impala FE", VPC: a.vpc}) },
			args:   []string{"apply"},
			code:   exitFail,
			last:   `Not finished: security group "blue Impala FE": conflict: `,
		},
		"something cannot be removed": {
			before: func(a testAccount) {
				if _, stderr, code := runAWS(t, "provision", "apply", "-f", a.file); code != exitPass {
					t.Fatal(stderr)
				}
				a.Deny("ec2:DeleteSecurityGroup")
			},
			args: []string{"destroy", "--yes", "blue"},
			code: exitFail,
			last: "Not finished: security groups elb-impala-blue is left: ",
		},
		"the load balancer lost its tag": {
			before: func(a testAccount) {
				if _, stderr, code := runAWS(t, "provision", "apply", "-f", a.file); code != exitPass {
					t.Fatal(stderr)
				}
				a.SetBalancer("elb-impala-blue", func(b *awssim.Balancer) { b.Tags = nil })
			},
			args: []string{"destroy", "--yes", "blue"},
			code: exitFail,
			last: `Not finished: load balancer "elb-impala-blue": conflict: it does not carry our tag impala-lbcheck:owner=************/eu-west-1/blue and depends on our security group blue Impala FE: `,
		},
		"AWS does not answer": {
			before: func(testAccount) {
				l, err := net.Listen("tcp", "127.0.0.1:0") // connections wait in its queue for ever
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { l.Close() })
				t.Setenv("AWS_ENDPOINT_URL", "http://"+l.Addr().String())
			},
			args: []string{"apply", "--wait", "100ms"},
			code: exitFail,
			last: "Not finished: not done after 100ms: sts:GetCallerIdentity: no answer in time; ",
		},
		"another account": {
			before: func(testAccount) {},
			args:   []string{"destroy", "--yes", "blue", "--expect-account", "210987654321"},
			code:   exitUsage,
			last:   "Not finished: the credentials belong to account ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newTestAccount(t)
			tc.before(a)
			args := append(append([]string{"provision"}, tc.args...), "-f", a.file)
			stdout, stderr, code := runAWS(t, args...)
			if code != tc.code || !strings.HasPrefix(lastLine(stdout), tc.last) {
				t.Errorf("exit %d, last line %q\n%s", code, lastLine(stdout), stderr)
			}
			for _, claim := range []string{"AWS matches the file", "Nothing with our tag", "Test it", "Settings for Impala and its clients"} {
				if strings.Contains(stdout, claim) {
					t.Errorf("it says %q\n%s", claim, stdout)
				}
			}
			stdout, _, code = runAWS(t, append(args, "--json")...)
			var r provision.Report
			if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != tc.code || r.Complete || r.Error == "" || r.Outputs.TLS != nil {
				t.Errorf("exit %d, %v, JSON %s", code, err, stdout)
			}
		})
	}
}

// TestProvision_PrintsCommandsThatAreAccepted parses what is printed as a proof,
// for every port that Impala's protocols have.
func TestProvision_PrintsCommandsThatAreAccepted(t *testing.T) {
	a := newTestAccount(t)
	a.edit(t, "listeners: [21050]", "listeners: [21050, 21000, 28000]")
	stdout, stderr, code := runAWS(t, "provision", "apply", "-f", a.file, "--json")
	var r provision.Report
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != exitPass {
		t.Fatalf("exit %d, %v: %s", code, err, stderr)
	}
	if len(r.Smoke) != 2 || !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "28000 is not tested by smoke") }) {
		t.Errorf("smoke %q, notes %q", r.Smoke, r.Notes)
	}
	for _, line := range r.Smoke {
		words := strings.Fields(line)
		cmd, args, err := newRoot(env{}).Find(words[1:])
		if err == nil {
			err = cmd.ParseFlags(args)
		}
		if err != nil || cmd.Name() != "smoke" || words[0] != "impala-lbcheck" {
			t.Errorf("%s: %v", line, err)
		}
	}
}

func TestFromProvision_SaysWhyThereIsNoTarget(t *testing.T) {
	for name, tc := range map[string]struct {
		before func(testAccount)
		says   string
	}{
		"the listener is not TLS yet": {
			before: func(a testAccount) {
				if _, stderr, code := runAWS(t, "provision", "apply", "-f", a.file); code != exitPass {
					t.Fatal(stderr)
				}
				a.edit(t, "# tls:\n#   domain:", "tls:\n  domain:")
				_, _, _ = runAWS(t, "provision", "apply", "-f", a.file, "--wait", "1s")
			},
			says: "has no listener on 21050 (hs2) that matches the file",
		},
		"the load balancer is not ours": {
			before: func(a testAccount) { a.AddBalancer(awssim.Balancer{Name: "elb-impala-blue", Subnets: a.subnets[:1]}) },
			says:   `load balancer "elb-impala-blue": conflict: `,
		},
		"the network was not found": {
			before: func(a testAccount) { a.edit(t, "blue VPC", "no VPC") },
			says:   `VPC "Name=no VPC": blocked: no match`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newTestAccount(t)
			tc.before(a)
			_, stderr, code := runAWS(t, "smoke", "--from-provision", a.file)
			if code != exitUsage || !strings.Contains(stderr, tc.says) || strings.Contains(stderr, awssim.Account) {
				t.Errorf("exit %d: %s", code, stderr)
			}
		})
	}
}

// TestProvision_SmokeLinesParse takes the command lines that provision prints.
func TestProvision_SmokeLinesParse(t *testing.T) {
	t.Parallel()
	for _, tls := range []*provision.TLSNames{nil, {Domain: "impala.example.com"}} {
		o := provision.Outputs{Host: "impala.example.com", Listeners: []uint16{21050, 21000, 28000},
			Coordinators: []provision.Backend{{ID: "i-1"}, {ID: "i-2"}}, TLS: tls}
		lines, notes := o.Smoke()
		if len(lines) != 2 || len(notes) != 1 {
			t.Errorf("%d lines and %d notes for three listeners", len(lines), len(notes))
		}
		for _, text := range lines {
			for _, line := range commandLines(passage{"", asLine, text}) {
				if err := line.parse(t); err != nil {
					t.Errorf("%s: %v", text, err)
				}
			}
		}
	}
}

func TestReportCode_IsOfWhatIsLeftToDo(t *testing.T) {
	t.Parallel()
	whole := provision.Report{Complete: true, Instances: []provision.InstanceHealth{{ID: "i-1", State: "InService"}}}
	for name, tc := range map[string]struct {
		change func(*provision.Report)
		want   int
	}{
		"all as it should be": {func(*provision.Report) {}, exitPass},
		"not all was read":    {func(r *provision.Report) { r.Complete = false }, exitFail},
		"something differs":   {func(r *provision.Report) { r.Drift = make([]provision.Change, 1) }, exitFail},
		"out of service": {func(r *provision.Report) {
			r.Instances = []provision.InstanceHealth{{ID: "i-1", State: "OutOfService"}}
		}, exitFail},
	} {
		r := whole
		if tc.change(&r); reportCode(r) != tc.want {
			t.Errorf("%s: exit code %d, want %d", name, reportCode(r), tc.want)
		}
	}
}
