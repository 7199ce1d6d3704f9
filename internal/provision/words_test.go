package provision

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

func TestKebab_SpellsActionsAsTheCLI(t *testing.T) {
	t.Parallel()
	for action, want := range map[string]string{
		"CreateLoadBalancer":                    "create-load-balancer",
		"SetLoadBalancerListenerSSLCertificate": "set-load-balancer-listener-ssl-certificate",
		"AttachLoadBalancerToSubnets":           "attach-load-balancer-to-subnets",
		"PutBucketPolicy":                       "put-bucket-policy",
	} {
		if got := kebab(action); got != want {
			t.Errorf("%s is %s, want %s", action, got, want)
		}
	}
}

func TestQuote_KeepsArguments(t *testing.T) {
	t.Parallel()
	for arg, want := range map[string]string{
		"plain-1.2/x":                 "plain-1.2/x",
		"":                            "''",
		"two words":                   "'two words'",
		"it's $HOME `id`":             `'it'\''s $HOME ` + "`id`'",
		`{"g":"${FRONT_GROUP}"}`:      `'{"g":"'"${FRONT_GROUP}"'"}'`,
		"${CERTIFICATE}":              `"${CERTIFICATE}"`,
		"${BACK_GROUP},${BACK_GROUP}": `"${BACK_GROUP}",` + `"${BACK_GROUP}"`,
	} {
		if got := quote(arg); got != want {
			t.Errorf("%q is quoted %s, want %s", arg, got, want)
		}
	}
}

func TestImpalaSettings_NameTheBalancer(t *testing.T) {
	t.Parallel()
	c := newCluster(t, awssim.Config{IssueAfter: 1})
	c.dns["impala.blue.example.com"] = []string{"10.0.0.9"}
	report := mustApply(t, c, tlsFile(t))
	told := ImpalaSettings(report.Outputs)
	for _, line := range []string{
		"  impala.blue.example.com:21050\n", "--principal=impala/impala.blue.example.com@REALM --be_principal=impala/_HOST@REALM",
		"impala-shell -i impala.blue.example.com:21050 --protocol=hs2 --ssl", "server_port=21050", "jdbc:impala://impala.blue.example.com:21050/default;SSL=1",
	} {
		if !strings.Contains(told, line) {
			t.Errorf("no %q in\n%s", line, told)
		}
	}
	if got := report.DNS["impala.blue.example.com"]; got != "10.0.0.9" {
		t.Errorf("DNS %q", report.DNS)
	}
	if !strings.HasSuffix(report.AccessLog, " exists") || report.Certificate.DaysLeft != 394 && report.Certificate.DaysLeft != 395 {
		t.Errorf("access log %q, certificate %+v", report.AccessLog, report.Certificate)
	}
	want := "impala-lbcheck smoke impala.blue.example.com:21050 --expect-coordinators 3 --tls"
	if report.Smoke[1] != want {
		t.Errorf("smoke %q, want %q", report.Smoke[1], want)
	}
	raw, err := json.Marshal(report.Outputs)
	if err != nil || !strings.Contains(string(raw), `"dns_name":"`) || !strings.Contains(string(raw), `"coordinators":[{"id":"i-`) {
		t.Errorf("%s, %v", raw, err)
	}
}

func TestImpalaSettings_EmptyOutputs(t *testing.T) {
	t.Parallel()
	if told := ImpalaSettings(Outputs{}); told != "" {
		t.Errorf("%q", told)
	}
}
