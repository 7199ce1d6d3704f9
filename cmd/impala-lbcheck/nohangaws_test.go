//go:build !noaws

package main

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// awsWait is a command that calls AWS, and the services that it comes to, by their names in
// signatures. LB is lb.yaml, and RUN observations.
type awsWait struct {
	words    []string
	services []string
}

var awsWaits = []awsWait{
	{[]string{"provision plan", "-f", "LB"}, []string{"sts", "ec2", "elasticloadbalancing", "servicequotas"}},
	{[]string{"provision apply", "-f", "LB"}, []string{"sts", "ec2", "elasticloadbalancing", "servicequotas"}},
	{[]string{"provision status", "-f", "LB"}, []string{"sts", "ec2", "elasticloadbalancing"}},
	{[]string{"provision destroy", "-f", "LB", "--yes", "blue"}, []string{"sts", "ec2", "elasticloadbalancing", "acm"}},
	{[]string{"smoke", "--from-provision", "LB", "--timeout", "1s", "--quiet"}, []string{"sts", "ec2", "elasticloadbalancing"}},
	{[]string{"audit", "impala-prod"}, []string{"elasticloadbalancing", "ec2", "iam"}},
	{[]string{"smoke", "127.0.0.1:1", "--audit=impala-prod", "--timeout", "1s", "--quiet"}, []string{"elasticloadbalancing", "ec2", "iam"}},
	{[]string{"reconcile", "RUN", "s3://elb-logs/impala/"}, []string{"s3"}},
}

// An AWS that goes mute when a service is asked for the first time.
func TestNoHang_AWS(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, w := range awsWaits {
		name := strings.Join(w.words[:2], " ")
		for _, service := range w.services {
			if !measured() && seen[service] && seen[name] {
				continue
			}
			seen[service], seen[name] = true, true
			t.Run(name+", "+service, func(t *testing.T) {
				t.Parallel()
				waitForAWS(t, service, w.words)
			})
		}
	}
}

// waitForAWS waits for a command until its time is over, or tells it to end once the service
// was asked.
func waitForAWS(t *testing.T, service string, words []string) {
	t.Helper()
	dir := t.TempDir()
	lb := filepath.Join(dir, "lb.yaml")
	write(t, lb, lbfile.Init(lbfile.ClassicPage, "blue"))
	m := peertest.MuteAt(t, hostOf(t, auditedAccount(t).URL()), "/"+service+"/aws4_request")
	args := slices.Clone(words[1:])
	for i, a := range args {
		args[i] = strings.NewReplacer("LB", lb, "RUN", "../../testdata/runs/capacity-full.json").Replace(a)
	}
	b := blocked{path: "AWS, " + service, command: words[0], args: args, limit: time.Minute, why: "for an answer, with AWS_MAX_ATTEMPTS=1", met: func() bool { return m.Met() > 0 }}
	if service == "servicequotas" {
		b.limit, b.why, b.exits = 50*time.Second, "20 s for each reading of quotas, without which the rest goes on, and 10 s until coordinators are asked for again", []int{exitPass, exitFail}
	}
	environ := append(awsEnviron("http://"+m.Addr, dir), "AWS_MAX_ATTEMPTS=1")
	if b.waits() {
		b.waitApart(t, "impala-lbcheck", environ)
		return
	}
	cmd := exec.Command("impala-lbcheck", b.words()...)
	cmd.Env = append(os.Environ(), environ...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan int, 1)
	go func() { ended <- codeOf(cmd.Wait()) }()
	for m.Met() == 0 {
		select {
		case code := <-ended:
			t.Fatalf("exit %d, and %s was never called", code, service)
		case <-time.After(time.Millisecond):
		}
	}
	b.exits = []int{exitSIGTERM}
	b.end(t, func() int { _ = cmd.Process.Signal(syscall.SIGTERM); return <-ended }, func() string { return "" })
}

// auditedAccount is an account whose load balancer leads an audit to every service that it
// asks: it has a security group, and its certificate is IAM's.
func auditedAccount(t *testing.T) testAccount {
	t.Helper()
	a := startAccount(t)
	certificate := a.AddServerCertificate(awssim.ServerCertificate{Name: "impala", NotAfter: time.Now().AddDate(1, 0, 0)})
	a.AddBalancer(awssim.Balancer{
		Name: "impala-prod", Subnets: a.subnets, Groups: []string{a.AddGroup(awssim.Group{Name: "front", VPC: a.vpc})},
		Listeners: []awssim.Listener{{Protocol: "SSL", Port: 21050, InstanceProtocol: "TCP", InstancePort: 21050, Certificate: certificate}},
	})
	return a
}

// hostOf is the host and port of an address of a simulated AWS.
func hostOf(t *testing.T, address string) string {
	t.Helper()
	at, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return at.Host
}
