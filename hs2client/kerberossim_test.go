package hs2client_test

import (
	"errors"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// The simulated cluster accepts tickets on every port, and its faults have the class that
// Impala's have.
func TestKerberos_SimulatedCluster(t *testing.T) {
	t.Parallel()
	kdc := startKDC(t, simkdc.Config{})
	tk := ticket(t, byPassword(t, kdc))
	for name, tc := range map[string]struct {
		protocol hs2client.Protocol
		tls      bool
		fault    string
		want     string // "": a session
	}{
		"HS2":                    {hs2client.ProtocolHS2, false, "", ""},
		"HS2 and TLS":            {hs2client.ProtocolHS2, true, "", ""},
		"Beeswax":                {hs2client.ProtocolBeeswax, false, "", ""},
		"HTTP":                   {hs2client.ProtocolHS2HTTP, false, "", ""},
		"HTTPS":                  {hs2client.ProtocolHS2HTTP, true, "", ""},
		"a wrong keytab":         {hs2client.ProtocolHS2, false, "wrong-keytab@1", "sasl.rejected"},
		"a clock":                {hs2client.ProtocolHS2, false, "skewed-clock=10m@1", "sasl.rejected"},
		"a wrong keytab by HTTP": {hs2client.ProtocolHS2HTTP, true, "wrong-keytab@1", "sasl.rejected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := simcluster.Config{
				TLS: tc.tls, Auth: simcluster.AuthKerberos, Keytab: kdc.Keytab(spn), HTTP: tc.protocol == hs2client.ProtocolHS2HTTP,
				Beeswax: tc.protocol == hs2client.ProtocolBeeswax,
			}
			var faults []string
			if tc.fault != "" {
				faults = append(faults, tc.fault)
			}
			cl := cluster(t, config, faults...)
			c := into(cl, config)
			c.Kerberos, c.Protocol = tk, tc.protocol
			switch tc.protocol {
			case hs2client.ProtocolHS2HTTP:
				c.Addr = cl.HTTPNodes()[0].String()
			case hs2client.ProtocolBeeswax:
				c.Addr = cl.BeeswaxNodes()[0].String()
			}
			err := oneSession(t, c)
			e, failed := errors.AsType[*hs2client.Error](err)
			if failed != (tc.want != "") || failed && e.Class().String() != tc.want || !failed && err != nil {
				t.Fatalf("%v, want %q", err, tc.want)
			}
			if failed && len(e.Hint()) == 0 {
				t.Errorf("no hint for %v", err)
			}
		})
	}
}
