//go:build !noaws

package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
)

// TestProvision_StatusIsAMonitor: a check that fails is exit 1, in text and JSON.
func TestProvision_StatusIsAMonitor(t *testing.T) {
	a := newTestAccount(t)
	a.edit(t, "# access_logs:\n#   bucket: blue-impala-logs # in the same region\n#   prefix: elb\n#   every: 60m # or 5m\n#   create: true", "access_logs:\n  bucket: blue-impala-logs\n  create: true")
	if stdout, stderr, code := runAWS(t, "provision", "apply", "-f", a.file); code != exitPass {
		t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
	}
	if stdout, _, code := runAWS(t, "provision", "status", "-f", a.file); code != exitPass || !strings.Contains(stdout, "pass access_log.test_file: it exists") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
	a.SetBucket("blue-impala-logs", func(b *awssim.Bucket) { b.Objects = nil })
	stdout, _, code := runAWS(t, "provision", "status", "-f", a.file)
	if code != exitFail || !strings.HasPrefix(lastLine(stdout), "AWS matches the file, but access_log.test_file failed: ") {
		t.Errorf("exit %d\n%s", code, stdout)
	}
	var r provision.Report
	stdout, _, code = runAWS(t, "provision", "status", "-f", a.file, "--json")
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != exitFail || len(r.Failed()) != 1 || len(r.Verdicts) != 2 {
		t.Errorf("exit %d, %v, verdicts %+v", code, err, r.Verdicts)
	}
}

// TestProvision_ReportThatCannotBeWritten: what passed is not known to have passed, and what
// failed has failed all the same.
func TestProvision_ReportThatCannotBeWritten(t *testing.T) {
	a := newTestAccount(t)
	for _, want := range []int{exitInternal, exitFail} {
		if want == exitFail {
			a.Deny("elasticloadbalancing:DescribeLoadBalancers")
		} else if stdout, stderr, code := runAWS(t, "provision", "apply", "-f", a.file); code != exitPass {
			t.Fatalf("exit %d\n%s%s", code, stdout, stderr)
		}
		for _, form := range [][]string{nil, {"--json"}} {
			var stderr bytes.Buffer
			code := mainCode(append([]string{"provision", "status", "-f", a.file}, form...), env{out: fullDisk{}, err: &stderr})
			if code != want || want == exitInternal && !strings.Contains(stderr.String(), "no space left") {
				t.Errorf("%q: exit %d, want %d: %s", form, code, want, stderr.String())
			}
		}
	}
}

// TestProvision_JSONOnBothStreams: progress and failures are JSON lines.
func TestProvision_JSONOnBothStreams(t *testing.T) {
	for name, tc := range map[string]struct {
		before func(testAccount)
		args   []string
		code   int
	}{
		"a file that is not there":     {func(a testAccount) { _ = os.Remove(a.file) }, []string{"plan"}, exitUsage},
		"a file with two errors":       {func(a testAccount) { a.edit(t, "clients: [10.0.0.0/8]", "clientz: []\nlistenerz: []") }, []string{"status"}, exitUsage},
		"a form that is unknown":       {func(testAccount) {}, []string{"plan", "--emit", "x"}, exitUsage},
		"another region":               {func(a testAccount) { a.edit(t, "# region: eu-west-1", "region: eu-west-1") }, []string{"apply", "--region", "us-east-1"}, exitUsage},
		"a missing permission":         {func(a testAccount) { a.Deny("elasticloadbalancing:CreateLoadBalancer") }, []string{"apply"}, exitFail},
		"nothing confirmed":            {func(testAccount) {}, []string{"destroy"}, exitUsage},
		"a profile that is not there":  {func(testAccount) {}, []string{"plan", "--profile", "nobody"}, exitUsage},
		"a limit that is out of range": {func(testAccount) {}, []string{"status", "--certificate-days", "-1"}, exitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			a := newTestAccount(t)
			tc.before(a)
			stdout, stderr, code := runAWS(t, append(append([]string{"provision"}, tc.args...), "-f", a.file, "--json")...)
			var last failure
			if err := json.Unmarshal([]byte(lastLine(stderr)), &last); err != nil || code != tc.code || last.Exit != code || last.Error == "" {
				t.Errorf("exit %d, %v: %s", code, err, stderr)
			}
			for line := range strings.Lines(stderr) {
				if !json.Valid([]byte(line)) {
					t.Errorf("stderr has %s", line)
				}
			}
			if stdout != "" && !json.Valid([]byte(stdout)) {
				t.Errorf("stdout has %s", stdout)
			}
		})
	}
}

// TestProvision_RefusesNamesAndAccountsThatCannotBe: a variable that is not set must
// not switch a check off.
func TestProvision_RefusesNamesAndAccountsThatCannotBe(t *testing.T) {
	a := newTestAccount(t)
	for _, tc := range []struct {
		args []string
		says string
	}{
		{[]string{"init", "a_b"}, "use letters, digits and inner hyphens"},
		{[]string{"init", "--recipe", strings.Repeat("a", 22)}, "so 21 remain"},
		{[]string{"init", ""}, "cluster"},
		{[]string{"plan", "-f", a.file, "--expect-account", ""}, "expected the twelve digits"},
		{[]string{"destroy", "-f", a.file, "--yes", "blue", "--expect-account", "12345"}, "expected the twelve digits"},
	} {
		stdout, stderr, code := runAWS(t, append([]string{"provision"}, tc.args...)...)
		if code != exitUsage || !strings.Contains(stderr, tc.says) || stdout != "" {
			t.Errorf("%q: exit %d, %s%s", tc.args, code, stdout, stderr)
		}
	}
}
