//go:build noaws

package main

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestNoAWS_RefusesWhatNeedsIt(t *testing.T) {
	t.Parallel()
	for _, args := range []string{
		"provision plan", "provision apply", "provision status", "provision destroy --yes prod1",
		"smoke --from-provision lb.yaml", "smoke 127.0.0.1 --audit", "audit impala-prod", "audit --iam-policy", "reconcile --iam-policy",
	} {
		_, stderr, code := call(t, strings.Fields(args)...)
		if code != exitUsage || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, errWithoutAWS.Error()) {
			t.Errorf("%s: exit %d, %q; want %d and one line that says that this build is without AWS", args, code, stderr, exitUsage)
		}
	}
}

func TestNoAWS_ListsTheCommandsAndSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for args, want := range map[string][]string{
		"provision --help":      {"Print a commented lb.yaml", "List the changes", "Build what is missing", "Compare AWS", "Remove the resources", "This build is without AWS"},
		"--help":                {"(not in this build)"},
		"provision init blue":   {"cluster: blue"},
		"provision plan --help": {"--detailed-exitcode"},
		"version":               {", without AWS)"},
	} {
		stdout, stderr, code := call(t, strings.Fields(args)...)
		for _, text := range want {
			if code != exitPass || !strings.Contains(stdout, text) {
				t.Errorf("%s: exit %d, no %q:\n%s%s", args, code, text, stdout, stderr)
			}
		}
	}
	stdout, _, _ := call(t, "version", "--json")
	said := map[string]any{}
	if err := json.Unmarshal([]byte(stdout), &said); err != nil || said["aws"] != false {
		t.Errorf("version --json: %v, %s", err, stdout)
	}
}

func TestNoAWS_RunsADemo(t *testing.T) {
	t.Parallel()
	if stdout, stderr, code := call(t, "demo", "--quiet", "--fault", "dead@2"); code != exitFail {
		t.Errorf("exit %d, want %d:\n%s%s", code, exitFail, stdout, stderr)
	}
}
