package judge

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

const amazon = "CN=Simulated Server CA,O=Amazon,C=US"

// good is a certificate that nothing is wrong with, as node i presents it.
func good(i int) scenarios.Cert {
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	return scenarios.Cert{
		Node: judgetest.NodeAddr(i), Sessions: 20, Seen: now, Fingerprint: strings.Repeat("ab", 32),
		Subject: "CN=impala.example.com", Issuer: amazon, SANs: []string{"impala.example.com"},
		NotBefore: now.AddDate(0, -1, 0), NotAfter: now.AddDate(0, 6, 0), Version: "TLS1.3",
		Chain: scenarios.ChainOK, ServerName: "impala.example.com", HostOK: true,
	}
}

func TestCertificates(t *testing.T) {
	t.Parallel()
	both := func(change func(*scenarios.Cert)) []scenarios.Cert {
		certs := []scenarios.Cert{good(0), good(1)}
		for i := range certs {
			change(&certs[i])
		}
		return certs
	}
	second := func(change func(*scenarios.Cert)) []scenarios.Cert {
		certs := []scenarios.Cert{good(0), good(1)}
		change(&certs[1])
		return certs
	}
	none := func(*scenarios.Cert) {}
	end := func(days int) func(*scenarios.Cert) {
		return func(c *scenarios.Cert) { c.NotAfter = c.Seen.Add(time.Duration(days)*24*time.Hour + time.Hour) }
	}
	for name, tc := range map[string]struct {
		certs  []scenarios.Cert
		issuer []string
		least  string
		failed []string
		want   judgetest.Want
	}{
		"a good one passes":                    {certs: both(none), want: judgetest.Want{scenarios.TLSExpiry: scenarios.StatusPass}},
		"the declared issuer passes":           {certs: both(none), issuer: []string{"O=Amazon"}, want: judgetest.Want{scenarios.TLSIssuer: scenarios.StatusPass}},
		"without a declared issuer it is told": {certs: both(none), want: judgetest.Want{scenarios.TLSIssuer: scenarios.StatusSkipped}},
		"another issuer":                       {certs: both(func(c *scenarios.Cert) { c.Issuer = "CN=x,O=Other" }), issuer: []string{"O=Amazon"}, failed: []string{scenarios.TLSIssuer}, want: judgetest.Want{scenarios.TLSIssuer: scenarios.StatusFail}},
		"expired":                              {certs: both(end(-2)), failed: []string{scenarios.TLSExpiry}, want: judgetest.Want{scenarios.TLSExpiry: scenarios.StatusFail}},
		"not yet valid":                        {certs: both(func(c *scenarios.Cert) { c.NotBefore = c.Seen.Add(time.Hour) }), failed: []string{scenarios.TLSExpiry}, want: judgetest.Want{scenarios.TLSExpiry: scenarios.StatusFail}},
		"too few days left":                    {certs: both(end(6)), failed: []string{scenarios.TLSExpiry}, want: judgetest.Want{scenarios.TLSExpiry: scenarios.StatusFail}},
		"few days left are a note":             {certs: both(end(29)), want: judgetest.Want{scenarios.TLSExpiry: scenarios.StatusPass}},
		"one node of two expired":              {certs: second(func(c *scenarios.Cert) { end(-2)(c); c.Fingerprint = "cd" }), failed: []string{scenarios.TLSExpiry, scenarios.TLSSameOnAllNodes}, want: judgetest.Want{scenarios.TLSExpiry: scenarios.StatusFail}},
		"another host":                         {certs: both(func(c *scenarios.Cert) { c.HostOK, c.SANs = false, []string{"other.example.com"} }), failed: []string{scenarios.TLSHost}, want: judgetest.Want{scenarios.TLSHost: scenarios.StatusFail}},
		"no intermediate":                      {certs: both(func(c *scenarios.Cert) { c.Chain = scenarios.ChainIncomplete }), failed: []string{scenarios.TLSChain}, want: judgetest.Want{scenarios.TLSChain: scenarios.StatusFail}},
		"self-signed":                          {certs: both(func(c *scenarios.Cert) { c.Chain = scenarios.ChainSelfSigned }), failed: []string{scenarios.TLSChain}, want: judgetest.Want{scenarios.TLSChain: scenarios.StatusFail}},
		"an unknown authority":                 {certs: both(func(c *scenarios.Cert) { c.Chain = scenarios.ChainUnknownCA }), failed: []string{scenarios.TLSChain}, want: judgetest.Want{scenarios.TLSChain: scenarios.StatusFail}},
		"an unchecked chain is no pass":        {certs: both(func(c *scenarios.Cert) { c.Chain = scenarios.ChainUnchecked }), want: judgetest.Want{scenarios.TLSChain: scenarios.StatusInconclusive}},
		"an old protocol":                      {certs: both(func(c *scenarios.Cert) { c.Version = "TLS1.1" }), failed: []string{scenarios.TLSVersion}, want: judgetest.Want{scenarios.TLSVersion: scenarios.StatusFail}},
		"a protocol before TLS":                {certs: both(func(c *scenarios.Cert) { c.Version = "SSLv3" }), failed: []string{scenarios.TLSVersion}, want: judgetest.Want{scenarios.TLSVersion: scenarios.StatusFail}},
		"no version is no pass":                {certs: both(func(c *scenarios.Cert) { c.Version = "" }), want: judgetest.Want{scenarios.TLSVersion: scenarios.StatusInconclusive}},
		"a common name alone":                  {certs: both(func(c *scenarios.Cert) { c.HostOK, c.SANs = false, nil }), failed: []string{scenarios.TLSHost}, want: judgetest.Want{scenarios.TLSHost: scenarios.StatusFail}},
		"a protocol older than declared":       {certs: both(func(c *scenarios.Cert) { c.Version = "TLS1.2" }), least: "1.3", failed: []string{scenarios.TLSVersion}, want: judgetest.Want{scenarios.TLSVersion: scenarios.StatusFail}},
		"two nodes, two certificates":          {certs: second(func(c *scenarios.Cert) { c.Fingerprint = "cd" }), failed: []string{scenarios.TLSSameOnAllNodes}, want: judgetest.Want{scenarios.TLSSameOnAllNodes: scenarios.StatusFail}},
		"one node has nothing to compare":      {certs: []scenarios.Cert{good(0)}, want: judgetest.Want{scenarios.TLSSameOnAllNodes: scenarios.StatusSkipped}},
		"no certificate is no pass":            {want: judgetest.Want{scenarios.TLSChain: scenarios.StatusInconclusive}},
		"no time of seeing is no pass":         {certs: both(func(c *scenarios.Cert) { c.Seen = time.Time{} }), want: judgetest.Want{scenarios.TLSExpiry: scenarios.StatusInconclusive}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := judgetest.Declared(5)
			s.TLS = scenarios.TLSConfig{Enabled: true, MinVersion: tc.least}
			s.Expect.TLS = scenarios.ExpectTLS{Issuer: tc.issuer, DaysLeft: 7}
			look := scenarios.Look{Planned: 40, Cut: true}
			if len(tc.failed) > 0 {
				look.Refused = 2
			}
			j := Judge(scenarios.Measured{Scenario: s, TLS: tc.certs, Looks: []scenarios.Look{look}})
			judgetest.Check(t, j.Findings, tc.want)
			judgetest.ProseOf(t, j.Findings, tc.want.IDs()...)
			if diff := cmp.Diff(tc.failed, judgetest.FailedIDs(j.Findings)); diff != "" {
				t.Errorf("failed findings (-want +got):\n%s", diff)
			}
			if len(tc.failed) > 0 && j.Verdict != scenarios.StatusFail {
				t.Errorf("the verdict is %v, want fail: the certificate decides where no session is left", j.Verdict)
			}
		})
	}
}

func TestCertificates_KindAlone(t *testing.T) {
	t.Parallel()
	s := judgetest.Declared(5)
	s.Kind, s.TLS.Enabled = scenarios.KindCertificates, true
	e := scenarios.Measured{Scenario: s, TLS: []scenarios.Cert{good(0), good(1)}, Nodes: tallied([]netip.AddrPort{judgetest.NodeAddr(0), judgetest.NodeAddr(1)})}
	j := Judge(e)
	judgetest.Check(t, j.Findings, judgetest.Want{scenarios.TLSChain: scenarios.StatusPass, scenarios.DNSNodes: scenarios.StatusSkipped})
	for _, f := range j.Findings {
		if !strings.HasPrefix(f.ID, "tls.") && f.ID != scenarios.DNSNodes {
			t.Errorf("%s was judged", f.ID)
		}
	}
	if j.Verdict != scenarios.StatusPass || j.Detect != nil || j.Inferred != "" {
		t.Errorf("judgement = %+v, want a pass that says nothing of balance", j)
	}
}

func TestCertificates_SilentNodes(t *testing.T) {
	t.Parallel()
	s := judgetest.Declared(0)
	s.Kind, s.TLS.Enabled = scenarios.KindCertificates, true
	nodes := tallied([]netip.AddrPort{judgetest.NodeAddr(0), judgetest.NodeAddr(1)})
	hint := scenarios.Fixes{{Why: "is it the right port?"}}
	refused := scenarios.SilentNode{Node: judgetest.NodeAddr(1), Phase: scenarios.PhaseTCP, Class: vocabtest.Class("tcp.refused"), Text: "connection refused", Hint: hint}
	ended := scenarios.SilentNode{Node: judgetest.NodeAddr(1), Phase: scenarios.PhaseTLS, Class: vocabtest.Class("tls.client-certificate"), Text: "certificate required", Hint: hint}
	for name, c := range map[string]struct {
		certs  []scenarios.Cert
		silent []scenarios.SilentNode
		want   string
		fix    scenarios.Fixes
	}{
		"it failed":          {[]scenarios.Cert{good(0)}, []scenarios.SilentNode{refused}, "127.0.0.3:21050 showed no certificate: connection refused", hint},
		"it was not dialled": {[]scenarios.Cert{good(0)}, nil, "127.0.0.3:21050 showed no certificate: it was not dialled", nil},
		"it ended the connection after its certificate": {[]scenarios.Cert{good(0), good(1)}, []scenarios.SilentNode{ended},
			"127.0.0.3:21050 showed its certificate and then ended the connection: certificate required", hint},
	} {
		j := Judge(scenarios.Measured{Scenario: s, TLS: c.certs, Nodes: nodes, Silent: c.silent})
		found := judgetest.Find(t, j.Findings, scenarios.TLSSameOnAllNodes)
		want := scenarios.Finding{ID: scenarios.TLSSameOnAllNodes, Message: c.want, Fix: c.fix}
		if len(found) != 1 || !cmp.Equal(found[0], want) || j.Verdict != scenarios.StatusInconclusive {
			t.Errorf("%s: verdict = %s, findings %+v", name, j.Verdict, found)
		}
	}
}

func TestCertificates_WithoutTLS(t *testing.T) {
	t.Parallel()
	j := Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 2, judgetest.Dealt([]int{8, 8, 8, 8, 8}, 0))}})
	for _, id := range []string{scenarios.TLSIssuer, scenarios.TLSRoot, scenarios.TLSChain, scenarios.TLSHost, scenarios.TLSExpiry, scenarios.TLSStrength, scenarios.TLSVersion, scenarios.TLSSameOnAllNodes} {
		if f := judgetest.Find(t, j.Findings, id)[0]; f.Status != scenarios.StatusSkipped || f.Message != "no TLS" {
			t.Errorf("%s is %v: %q", id, f.Status, f.Message)
		}
	}
	if j.Verdict != scenarios.StatusPass {
		t.Errorf("the verdict is %v, want pass", j.Verdict)
	}
}

func TestMissingIssuer(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		want, issuer, missing string
	}{
		"one attribute":                     {"O=Amazon", amazon, ""},
		"the kind without case":             {"o=Amazon", amazon, ""},
		"the value with case":               {"O=amazon", amazon, "O=amazon"},
		"the whole name as RFC 4514":        {amazon, amazon, ""},
		"the whole name as openssl of old":  {"/C=US/O=Amazon/CN=Simulated Server CA", amazon, ""},
		"the whole name as openssl now":     {"C = US, O = Amazon, CN = Simulated Server CA", amazon, ""},
		"one attribute too many":            {"/C=US/O=Amazon/OU=Web", amazon, "OU=Web"},
		"an escaped comma":                  {`O=Amazon\, Inc.`, `CN=x,O=Amazon\, Inc.`, ""},
		"a quoted comma":                    {`O = "Amazon, Inc."`, `CN=x,O=Amazon\, Inc.`, ""},
		"escaped bytes":                     {`O=M\C3\BCller`, "CN=x,O=Müller", ""},
		"a slash in an old form's value":    {"/O=a/b/CN=x", "CN=x,O=a/b", ""},
		"several values in one part":        {"OU=Web", "CN=x+OU=Web,O=y", ""},
		"not part of a longer value":        {"O=Amazon", "CN=x,O=Amazon Trust", "O=Amazon"},
		"what cannot be read is missing":    {"Amazon", amazon, "Amazon"},
		"an issuer that cannot be read":     {"O=Amazon", "???", "O=Amazon"},
		"an escaped space at the end stays": {`O=x\ `, `CN=y,O=x\ `, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := MissingIssuer([]string{tc.want}, tc.issuer); got != tc.missing {
				t.Errorf("missing %q, want %q", got, tc.missing)
			}
		})
	}
}
