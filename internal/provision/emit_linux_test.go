package provision

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// standIn is a script in place of the AWS CLI: it notes its arguments, one call a
// line, and answers what the emitted script reads.
const standIn = `#!/bin/sh
printf '%s\n' "$(echo "$*" | tr '\n' ' ')" >>"$NOTES"
case "$1 $2" in
"sts get-caller-identity") echo "$ACCOUNT" ;;
"acm describe-certificate") echo "_x.impala.blue.example.com. CNAME _y.acm-validations.aws." ;;
*) echo id-of-$2 ;;
esac
`

// runScript runs a script with the stand-in, and returns what it called and said.
func runScript(t *testing.T, script, account string) (calls []string, said string, err error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(standIn), 0o755); err != nil { //nolint:gosec // to be run
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin", "NOTES=" + filepath.Join(dir, "notes"), "ACCOUNT=" + account}
	out, err := cmd.CombinedOutput()
	notes, _ := os.ReadFile(filepath.Join(dir, "notes")) // missing: no call
	return strings.Split(strings.TrimSpace(string(notes)), "\n"), string(out), err
}

func TestScript_RunsToItsEnd(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), tlsFile(t)
	spec.Tags = map[string]string{"empty": "", "words": "it's two"}
	p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
	if err != nil {
		t.Fatal(err)
	}
	calls, said, err := runScript(t, Script(p), awssim.Account)
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	const reads = 4 // account, validation record, and the waits for instances and certificate
	if len(calls) != p.Writes()+reads || !strings.HasPrefix(calls[0], "sts ") {
		t.Errorf("%d calls for %d writes:\n%s", len(calls), p.Writes(), strings.Join(calls, "\n"))
	}
	all := strings.Join(calls, "\n")
	for _, want := range []string{`{"Key":"empty","Value":""}`, `{"Key":"words","Value":"it's two"}`, `"GroupId":"id-of-create-security-group"`, "--certificate-arn id-of-request-certificate"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in\n%s", want, all)
		}
	}
	if !strings.Contains(said, "_x.impala.blue.example.com. CNAME _y.acm-validations.aws.") {
		t.Errorf("the record is not shown: %s", said)
	}
}

// TestScript_ChangesNothingWhereItMustNot: not in another account, and not if
// anything stops the plan.
func TestScript_ChangesNothingWhereItMustNot(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), tlsFile(t)
	p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
	if err != nil {
		t.Fatal(err)
	}
	if calls, said, err := runScript(t, Script(p), "999999999999"); err == nil || len(calls) != 1 || !strings.Contains(said, "999999999999") {
		t.Errorf("in another account: %v, calls %q, said %s", err, calls, said)
	}
	c.AddBalancer(awssim.Balancer{Name: spec.Balancer(), Subnets: c.subnets[:1], Groups: c.anyGroup()})
	if p, err = MakePlan(t.Context(), c.cloudHere(t), spec); err != nil {
		t.Fatal(err)
	}
	calls, said, err := runScript(t, Script(p), awssim.Account)
	if err == nil || calls[0] != "" || !strings.Contains(said, "load balancer elb-impala-blue: a load balancer of this name exists") {
		t.Errorf("with a stranger's load balancer: %v, calls %q, said %s", err, calls, said)
	}
}
