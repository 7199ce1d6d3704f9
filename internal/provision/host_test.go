package provision

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// TestHost_IsOneName: no printed line has a wildcard, and no host that the
// certificate is not for.
func TestHost_IsOneName(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		certificate awssim.Certificate // an existing one; zero: requested
		tls         lbfile.TLS
		host        string // in what is printed; "": plan stops
		why         string
	}{
		"a certificate for one name":           {certificate: awssim.Certificate{Domain: "a.example.com"}, host: "a.example.com"},
		"another of its names":                 {certificate: awssim.Certificate{Domain: "a.example.com", Names: []string{"a.example.com", "b.example.com"}}, tls: lbfile.TLS{Host: "b.example.com"}, host: "b.example.com"},
		"a wildcard and a host":                {certificate: awssim.Certificate{Domain: "*.example.com"}, tls: lbfile.TLS{Host: "a.example.com"}, host: "a.example.com"},
		"a wildcard without a host":            {certificate: awssim.Certificate{Domain: "*.example.com"}, why: "set tls.host, such as impala.example.com"},
		"a wildcard and a host of another":     {certificate: awssim.Certificate{Domain: "*.example.com"}, tls: lbfile.TLS{Host: "a.b.example.com"}, why: "tls.host is a.b.example.com, and the certificate is for *.example.com"},
		"a requested wildcard and a host":      {tls: lbfile.TLS{Domain: "*.example.com", Host: "a.example.com"}, host: "a.example.com"},
		"a host beside the certificate's name": {certificate: awssim.Certificate{Domain: "a.example.com"}, tls: lbfile.TLS{Host: "c.example.com"}, why: "the certificate is for a.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
			tc.tls.Policy, tc.tls.Backend = spec.TLS.Policy, spec.TLS.Backend
			if tc.certificate.Domain != "" {
				tc.tls.Certificate = c.AddCertificate(tc.certificate)
			}
			spec.TLS = &tc.tls
			report, err := Apply(t.Context(), c.cloudHere(t), spec, Options{})
			if tc.host == "" {
				if err == nil || !strings.Contains(err.Error(), tc.why) || c.Writes() > 0 {
					t.Errorf("%d writes, %v", c.Writes(), err)
				}
				return
			}
			if err != nil || report.Outputs.Host != tc.host || report.Outputs.TLS == nil || report.Outputs.TLS.Domain != tc.host {
				t.Fatalf("%v, outputs %+v, %+v", err, report.Outputs, report.Outputs.TLS)
			}
			if told := ImpalaSettings(report.Outputs) + strings.Join(report.Smoke, "\n"); strings.Contains(told, "*") || !strings.Contains(told, tc.host+":21050") {
				t.Errorf("told\n%s", told)
			}
		})
	}
}
