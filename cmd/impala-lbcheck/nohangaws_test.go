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

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// awsServices are the services that we call, by their names in signatures.
var awsServices = []string{"sts", "ec2", "elasticloadbalancing", "acm", "iam", "s3", "servicequotas"}

// awsCommands are the commands that call AWS; LB is lb.yaml, and RUN observations.
var awsCommands = [][]string{
	{"provision plan", "-f", "LB"},
	{"provision apply", "-f", "LB"},
	{"provision status", "-f", "LB"},
	{"provision destroy", "-f", "LB", "--yes", "blue"},
	{"smoke", "--from-provision", "LB", "--timeout", "1s", "--quiet"},
	{"audit", "impala-prod"},
	{"smoke", "127.0.0.1:1", "--audit=impala-prod", "--timeout", "1s", "--quiet"},
	{"reconcile", "RUN", "s3://elb-logs/impala/"},
}

// An AWS that goes mute when a service is asked for the first time.
func TestNoHang_AWS(t *testing.T) {
	t.Parallel()
	seenService, seenCommand := map[string]bool{}, map[string]bool{}
	for _, service := range awsServices {
		for _, words := range awsCommands {
			name := strings.Join(words[:min(2, len(words))], " ")
			if !measured() && seenService[service] && seenCommand[name] {
				continue
			}
			seenService[service], seenCommand[name] = true, true
			t.Run(name+", "+service, func(t *testing.T) {
				t.Parallel()
				waitForAWS(t, service, words)
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
	m := peertest.MuteAt(t, hostOf(t, startAccount(t).URL()), "/"+service+"/aws4_request")
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
		case <-ended:
			return // it does not call the service
		case <-time.After(time.Millisecond):
		}
	}
	b.exits = []int{exitSIGTERM}
	b.end(t, func() int { _ = cmd.Process.Signal(syscall.SIGTERM); return <-ended }, func() string { return "" })
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
