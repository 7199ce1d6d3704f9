package provisiontext_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/provisiontext"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestReport_LastLineIsTheSummary(t *testing.T) {
	t.Parallel()
	built := provision.Outputs{DNSName: "lb.example.com"}
	in, out := provision.InstanceHealth{State: "InService"}, provision.InstanceHealth{State: "OutOfService"}
	for name, tc := range map[string]struct {
		report provision.Report
		want   string
	}{
		"an error goes first": {
			provision.Report{Error: "the certificate is pending", Outputs: built, Instances: []provision.InstanceHealth{in}},
			"Not finished: the certificate is pending",
		},
		"a difference goes before health": {
			provision.Report{Outputs: built, Drift: []provision.Change{{Action: provision.Create}}, Instances: []provision.InstanceHealth{out}},
			"AWS differs from the file: To do: 1 create.",
		},
		"one is blocked, and the others are not": {
			provision.Report{Outputs: built, Drift: []provision.Change{{Action: provision.Blocked, Alone: true}}, Instances: []provision.InstanceHealth{in}},
			"AWS differs from the file: To do: 1 blocked; the others do not wait for what is blocked.",
		},
		"out of service": {
			provision.Report{Outputs: built, Instances: []provision.InstanceHealth{in, out}},
			"AWS matches the file, but 1 of 2 coordinators is not in service.",
		},
		"a check failed": {
			provision.Report{Outputs: built, Instances: []provision.InstanceHealth{in}, Verdicts: []provision.Verdict{{Check: "certificate.days", Found: "2 days left"}}},
			"AWS matches the file, but certificate.days failed: 2 days left.",
		},
		"all in service": {
			provision.Report{Outputs: built, Instances: []provision.InstanceHealth{in, in}},
			"AWS matches the file, and all 2 coordinators are in service.",
		},
		"nothing": {provision.Report{}, "Nothing with our tag exists."},
		"kept": {
			provision.Report{Left: []provision.Leftover{{Resource: "bucket", Name: "logs"}, {Resource: "group", Name: "front"}}},
			"Nothing else with our tag exists; kept: bucket logs (and 1 more).",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := strings.Split(strings.TrimSpace(provisiontext.Report(tc.report)), "\n")
			if got := lines[len(lines)-1]; got != tc.want {
				t.Errorf("last line %q, want %q", got, tc.want)
			}
		})
	}
}

func TestPlan_LastLineCountsTheChanges(t *testing.T) {
	t.Parallel()
	text := provisiontext.Plan(provision.Plan{Cluster: "prod1", Changes: []provision.Change{
		{Action: provision.Create, Resource: "group", Name: "front", After: "two rules", Why: "it is missing", Call: "CreateSecurityGroup"},
	}})
	for _, want := range []string{"group front\n", "    want: two rules\n", "    why: it is missing\n", "    call: CreateSecurityGroup\n", "\nTo do: 1 create.\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}
