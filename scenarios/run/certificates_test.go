package run

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// shaker shows each node's certificate; a fingerprint "" is none.
func shaker(fingerprints map[string]string) HandshakeFunc {
	return func(_ context.Context, n Node, o *scenarios.Observation) error {
		switch fingerprint := fingerprints[n.Addr.Addr().String()]; fingerprint {
		case "":
			return fault{"tcp.refused", "is it the right port?"}
		default:
			o.Cert = &scenarios.Cert{
				Fingerprint: fingerprint, Issuer: "O=Amazon", Version: "TLS1.3", HostOK: true, Chain: scenarios.ChainOK,
				NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(1000 * time.Hour),
			}
			if fingerprint == "expired" {
				o.Cert.NotAfter = time.Now().Add(-time.Minute)
				o.Refused = true
				return fault{"tls.expired", ""}
			}
			return nil
		}
	}
}

func TestCertificates(t *testing.T) {
	for name, c := range map[string]struct {
		nodes    map[string]string
		verdict  scenarios.Status
		stopped  bool
		complete bool
		certs    int
	}{
		"both good and alike": {nodes: map[string]string{"127.0.0.2": "a", "127.0.0.3": "a"}, verdict: scenarios.StatusPass, stopped: false, complete: true, certs: 2},
		"two certificates":    {nodes: map[string]string{"127.0.0.2": "a", "127.0.0.3": "b"}, verdict: scenarios.StatusFail, stopped: false, complete: true, certs: 2},
		"one expired":         {nodes: map[string]string{"127.0.0.2": "a", "127.0.0.3": "expired"}, verdict: scenarios.StatusFail, stopped: false, complete: true, certs: 2},
		"one showed nothing":  {nodes: map[string]string{"127.0.0.2": "a"}, verdict: scenarios.StatusInconclusive, stopped: false, complete: true, certs: 1},
		"none showed one":     {nodes: nil, verdict: scenarios.StatusInconclusive, stopped: true, complete: false, certs: 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scenario(0)
				s.TLS.Enabled, s.Kind = true, scenarios.KindCertificates
				s.Load.Sessions = 0 // of looks alone
				s.Expect.TLS.Issuer = []string{"O=Amazon"}
				r := Certificates(t.Context(), shaker(c.nodes), s, Options{})
				checkSums(t, r)
				if r.Verdict != c.verdict || (r.Stopped != nil) != c.stopped || r.Complete != c.complete || len(r.TLS) != c.certs {
					t.Errorf("verdict = %s, stopped = %+v, complete = %v, %d certificates\n%+v", r.Verdict, r.Stopped, r.Complete, len(r.TLS), r.Findings)
				}
				if r.Sessions.Attempted != 0 || r.Sessions.Scout != 2 {
					t.Errorf("sessions = %+v", r.Sessions)
				}
				if !c.stopped {
					for _, f := range r.Findings {
						if f.ID == scenarios.ErrorsRate || f.ID == scenarios.BalanceCoverage {
							t.Errorf("%s was judged", f.ID)
						}
					}
				}
			})
		})
	}
}
