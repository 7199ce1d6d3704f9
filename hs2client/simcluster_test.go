package hs2client_test

import (
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// cluster starts a simulated cluster of one coordinator behind one node, with
// the given faults.
func cluster(t *testing.T, c simcluster.Config, faults ...string) *simcluster.Cluster {
	t.Helper()
	for _, text := range faults {
		f, err := simcluster.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		c.Faults = append(c.Faults, f)
	}
	c.Coordinators, c.Nodes = 1, 1
	cl, err := simcluster.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cl.Close(); err != nil {
			t.Error(err)
		}
	})
	return cl
}

// into is a client's Config for a simulated cluster.
func into(cl *simcluster.Cluster, c simcluster.Config) hs2client.Config {
	out := hs2client.Config{Addr: cl.Nodes()[0].String(), Timeout: soon, Options: map[string]string{"CLIENT_IDENTIFIER": "test"}}
	if c.Auth == simcluster.AuthLDAP {
		out.Plain = &hs2client.Plain{User: "ann", Password: "s3cret"}
	}
	if c.TLS {
		roots := x509.NewCertPool()
		roots.AppendCertsFromPEM(cl.CA())
		out.TLS = &hs2client.TLSConfig{Roots: roots, ServerName: host}
	}
	return out
}

func TestSession_SimulatedCluster(t *testing.T) {
	users := map[string]string{"ann": "s3cret"}
	for name, config := range map[string]simcluster.Config{
		"plain":        {},
		"TLS":          {TLS: true},
		"LDAP":         {Auth: simcluster.AuthLDAP, Users: users},
		"LDAP and TLS": {Auth: simcluster.AuthLDAP, Users: users, TLS: true},
		"Beeswax":      {Beeswax: true, Auth: simcluster.AuthLDAP, Users: users, TLS: true},
	} {
		t.Run(name, func(t *testing.T) {
			cl := cluster(t, config)
			c := into(cl, config)
			if config.Beeswax {
				c.Protocol, c.Addr = hs2client.ProtocolBeeswax, cl.BeeswaxNodes()[0].String()
			}
			s, err := hs2client.Open(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if who := s.Identity(); who.Coordinator != cl.Names()[0] || who.Source != hs2client.SourcePing || who.Version == "" {
				t.Errorf("identity %+v, want %s", who, cl.Names()[0])
			}
			rows, err := s.Query(t.Context(), "SELECT pid(), coordinator()")
			if err != nil {
				t.Fatal(err)
			}
			pid, ok := rows.Int64(0, 0)
			if want := cl.PIDs()[cl.Names()[0]][0]; int32(pid) != want || !ok {
				t.Errorf("pid %d %v, want %d", pid, ok, want)
			}
			_, err = s.Query(t.Context(), "SELECT nonsense FROM nowhere")
			wantClass(t, err, "execute.error")
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
			if err := s.Close(t.Context()); err != nil {
				t.Error(err)
			}
			if err := s.Close(t.Context()); err != nil {
				t.Errorf("closing twice: %v", err)
			}
		})
	}
}

func TestSession_SimulatedFaults(t *testing.T) {
	ldap := simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"ann": "s3cret"}, TLS: true}
	secure := simcluster.Config{TLS: true}
	for fault, tc := range map[string]struct {
		config simcluster.Config
		class  string
		hint   string
	}{
		"refused":         {simcluster.Config{}, "open.eof", "coordinator"},
		"hung":            {simcluster.Config{}, "open.timeout", "hangs"},
		"draining":        {simcluster.Config{}, "open.shutting-down", "drain"},
		"auth-reject":     {ldap, "sasl.rejected", "password"},
		"reset-after=200": {simcluster.Config{}, ".reset", ""},
		"proxy-protocol":  {simcluster.Config{}, "open.", "PROXY header"},
		"expired":         {secure, "tls.expired", "renew"},
		"not-yet":         {secure, "tls.not-yet-valid", "clock"},
		"wrong-host":      {secure, "tls.hostname", "tls.server_name="},
		"no-intermediate": {secure, "tls.incomplete-chain", "intermediate"},
		"self-signed":     {secure, "tls.self-signed", "tls.ca_cert="},
		"unknown-ca":      {secure, "tls.unknown-ca", "tls.ca_cert="},
		"old-tls":         {secure, "tls.version", "1.2"},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			cl := cluster(t, tc.config, fault)
			c := into(cl, tc.config)
			if fault == "hung" {
				c.Timeout = 300 * time.Millisecond
			}
			err := wholeSession(t.Context(), c)
			e, ok := errors.AsType[*hs2client.Error](err)
			if !ok || !strings.Contains(e.Class().String(), tc.class) || !strings.Contains(hintText(e), tc.hint) || strings.Contains(e.Error()+hintText(e), "s3cret") {
				t.Errorf("error %v, want %s and a hint with %q", err, tc.class, tc.hint)
			}
		})
	}
}

func TestIdentity_WithoutPing(t *testing.T) {
	for fault, want := range map[string]hs2client.Source{"ping-off": hs2client.SourceHTTPAddr, "no-http-addr": hs2client.SourcePing, "ping-off no-http-addr": hs2client.SourceNone} {
		cl := cluster(t, simcluster.Config{}, strings.Fields(fault)...)
		s, err := hs2client.Open(t.Context(), into(cl, simcluster.Config{}))
		if err != nil {
			t.Fatal(err)
		}
		name := cl.Names()[0]
		if want == hs2client.SourceNone {
			name = ""
		}
		if who := s.Identity(); who.Source != want || who.Coordinator != name {
			t.Errorf("%s: %+v", fault, who)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
