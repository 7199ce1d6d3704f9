package provision

import (
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

func TestApply_BuildsAFreshAccountOnce(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]func(*testing.T) lbfile.Spec{"plain": plainFile, "with TLS": tlsFile} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, awssim.Config{IssueAfter: 2, DetailsLag: 1})
			spec := file(t)
			p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
			if err != nil {
				t.Fatal(err)
			}
			if n := c.Writes(); n != 0 || p.Writes() == 0 || len(p.Stops()) > 0 {
				t.Fatalf("plan wrote %d times; it has %d writes and stops for %v", n, p.Writes(), p.Stops())
			}
			first := mustApply(t, c, spec)
			if len(first.Drift) > 0 || len(first.Done) != p.Writes() {
				t.Errorf("drift %q; done %q of planned %q", actions(first.Drift), actions(first.Done), actions(p.Changes))
			}
			before := len(c.Calls())
			mustApply(t, c, spec)
			if again := c.writesSince(before); len(again) > 0 {
				t.Errorf("the second apply wrote %q", again)
			}
			report, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true})
			if err != nil {
				t.Fatalf("destroy: %v", err)
			}
			if left := c.tagged(); len(left) > 0 {
				t.Errorf("left %q; report %+v", left, report.Left)
			}
			for _, n := range c.ENIs() {
				if len(n.Groups) != 1 {
					t.Errorf("interface %s has %q", n.ID, n.Groups)
				}
			}
		})
	}
}

func TestScript_HasTheCallsOfApply(t *testing.T) {
	t.Parallel()
	c := newCluster(t, awssim.Config{})
	p, err := MakePlan(t.Context(), c.cloudHere(t), tlsFile(t))
	if err != nil {
		t.Fatal(err)
	}
	script := Script(p)
	for _, line := range []string{
		`FRONT_GROUP=$(aws ec2 create-security-group --cli-input-json '{"Description":`,
		`"UserIdGroupPairs":[{"GroupId":"'"${FRONT_GROUP}"'"}]`,
		`CERTIFICATE=$(aws acm request-certificate`,
		`aws acm wait certificate-validated --certificate-arn "${CERTIFICATE}"`,
		`aws elb set-load-balancer-policies-of-listener`,
	} {
		if !strings.Contains(script, line) {
			t.Errorf("no %s in\n%s", line, script)
		}
	}
	if n := strings.Count(script, "\naws ") + strings.Count(script, "=$(aws "); n < p.Writes() {
		t.Errorf("%d commands for %d writes", n, p.Writes())
	}
	if !slices.ContainsFunc(p.Notes, func(n string) bool { return strings.Contains(n, "3 instances match env=blue, type=worker") }) {
		t.Errorf("notes %q", p.Notes)
	}
}
