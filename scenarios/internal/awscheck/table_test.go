package awscheck

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDocument_IsTheTable(t *testing.T) {
	t.Parallel()
	const page = "../../../docs/audit.md"
	src, err := os.ReadFile(page)
	head, _, found := strings.Cut(string(src), Generated)
	if err != nil || !found {
		t.Fatalf("where does its generated part begin? %v", err)
	}
	golden.Equal(t, page, []byte(head+Document()))
}

// Every check has all that a finding and the page need.
func TestChecks_AreComplete(t *testing.T) {
	t.Parallel()
	form, ids := regexp.MustCompile(`^audit\.[a-z]+(\.[a-z0-9]+)?$`), map[string]bool{}
	for _, c := range checks {
		if !form.MatchString(c.id) || ids[c.id] || c.title == "" || c.why == "" || c.suffers == "" || c.document.name == "" || !regexp.MustCompile(`^https://(docs\.aws\.amazon\.com|impala\.apache\.org)/`).MatchString(c.document.url) {
			t.Errorf("%s: not complete, or there twice", c.id)
		}
		ids[c.id] = true
		for of, a := range map[string]aspect{"classic": c.classic, "network": c.network} {
			asked := a.judge != nil && a.healthy != "" && a.mend.call != "" && a.mend.terraform != ""
			if asked == (a.none != "") {
				t.Errorf("%s of %s: both asked and not, or neither", c.id, of)
			}
		}
	}
	if len(checks) != 27 {
		t.Errorf("%d checks", len(checks))
	}
}

// A load balancer of which nothing is known passes no check that would have to know it,
// and the judging of nothing does not panic.
func TestJudge_OfAlmostNothing(t *testing.T) {
	t.Parallel()
	for _, of := range []scenarios.BalancerType{"", scenarios.BalancerClassic, scenarios.BalancerNetwork, scenarios.BalancerApplication, scenarios.BalancerGateway} {
		a := &scenarios.Audited{Type: of, Groups: []scenarios.AuditTargets{{Name: "g", Targets: []scenarios.AuditTarget{{ID: "i-1"}}}}}
		findings := Judge(scenarios.Measured{Audit: a})
		for _, f := range findings {
			if f.Message == "" || f.Status == scenarios.StatusInconclusive {
				t.Errorf("%q: %+v", of, f)
			}
		}
		if len(findings) != len(checks) {
			t.Errorf("%q: %d findings", of, len(findings))
		}
	}
	if got := Judge(scenarios.Measured{}); got != nil {
		t.Errorf("nothing was read: %+v", got)
	}
}

// A check that fails says so in the table, on which the page and the severities rest.
func TestOutcomes_AreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	for _, c := range checks {
		for _, o := range []outcome{bad("x"), unwise("x"), good("x")} {
			c := c
			c.classic = aspect{healthy: "h", judge: func(asked) outcome { return o }, mend: mend{"aws NAME", "t"}}
			f := c.ask(asked{&scenarios.Audited{Type: scenarios.BalancerClassic, Name: "lb"}, scenarios.AuditConfig{}})
			toMend := f.Status == scenarios.StatusFail || f.Note != ""
			if toMend != (len(f.Fix) == 2 && f.See != "") || toMend && f.Fix[0].Why != "aws lb" {
				t.Errorf("%s: %+v", c.id, f)
			}
		}
	}
}
