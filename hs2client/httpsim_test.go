package hs2client_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// overHTTPInto is into, over HTTP.
func overHTTPInto(cl *simcluster.Cluster, c simcluster.Config) hs2client.Config {
	out := into(cl, c)
	out.Addr, out.Protocol, out.Record = cl.HTTPNodes()[0].String(), hs2client.ProtocolHS2HTTP, new(hs2client.Record)
	return out
}

func TestHTTP_SimulatedCluster(t *testing.T) {
	issuer, err := simcluster.NewTokenIssuer()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := issuer.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Token("ann", time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	users := map[string]string{"ann": "s3cret"}
	for name, config := range map[string]simcluster.Config{
		"plain":        {},
		"TLS":          {TLS: true},
		"LDAP":         {Auth: simcluster.AuthLDAP, Users: users},
		"LDAP and TLS": {Auth: simcluster.AuthLDAP, Users: users, TLS: true},
		"JWT":          {Auth: simcluster.AuthJWT, JWKS: keys},
		"JWT and TLS":  {Auth: simcluster.AuthJWT, JWKS: keys, TLS: true},
	} {
		config.HTTP, config.ProxyUsers = true, map[string][]string{"ann": {"bob"}}
		cl := cluster(t, config)
		for _, h := range []*hs2client.HTTPConfig{nil, {ExpectContinue: true}, {ConnectionPerCall: true}, {Path: "/gateway/x", ExpectContinue: true, ConnectionPerCall: true}} {
			t.Run(fmt.Sprintf("%s, %+v", name, h), func(t *testing.T) {
				c := overHTTPInto(cl, config)
				c.HTTP = h
				if config.Auth == simcluster.AuthJWT {
					c.Bearer = &hs2client.Bearer{Token: token}
				}
				if config.Auth != 0 {
					c.Delegate = "bob"
				}
				s, err := hs2client.Open(t.Context(), c)
				if err != nil {
					t.Fatal(err)
				}
				if who := s.Identity(); who.Coordinator != cl.Names()[0] || who.Source != hs2client.SourcePing || who.Version == "" {
					t.Errorf("identity %+v", who)
				}
				rows, err := s.Query(t.Context(), "SELECT pid(), coordinator()")
				if err != nil {
					t.Fatal(err)
				}
				if pid, ok := rows.Int64(0, 0); int32(pid) != cl.PIDs()[cl.Names()[0]][0] || !ok {
					t.Errorf("pid %d", pid)
				}
				_, err = s.Query(t.Context(), "SELECT nonsense FROM nowhere")
				wantClass(t, err, "execute.error")
				if err := s.Ping(t.Context()); err != nil {
					t.Error(err)
				}
				if err := s.Wait(t.Context(), time.Millisecond); err != nil {
					t.Error(err)
				}
				if err := s.Close(t.Context()); err != nil {
					t.Error(err)
				}
				if rec := c.Record.HTTP; rec.Reauthentications != 0 || h != nil && h.ConnectionPerCall && rec.Connections != rec.Requests || (h == nil || !h.ConnectionPerCall) && rec.Connections != 1 {
					t.Errorf("%+v", rec)
				}
			})
		}
	}
}

func TestHTTP_SimulatedRefusals(t *testing.T) {
	ldap := simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"ann": "other"}, HTTP: true}
	for name, tc := range map[string]struct {
		config simcluster.Config
		change func(*hs2client.Config)
		class  string
		text   string
	}{
		"a wrong password":          {ldap, func(*hs2client.Config) {}, "sasl.rejected", "Basic"},
		"no login":                  {ldap, func(c *hs2client.Config) { c.Plain = nil }, "open.needs-sasl", "Basic"},
		"a token where passwords":   {ldap, func(c *hs2client.Config) { c.Plain, c.Bearer = nil, &hs2client.Bearer{Token: jwt} }, "sasl.no-credentials", "Basic"},
		"a user who may not":        {simcluster.Config{HTTP: true}, func(c *hs2client.Config) { c.User, c.Delegate = "ann", "bob" }, "open.unauthorized", "not authorized to delegate"},
		"over binary HS2":           {simcluster.Config{HTTP: true}, func(c *hs2client.Config) { c.Protocol = hs2client.ProtocolHS2 }, "open.timeout", ""},
		"plain HTTP to HTTPS":       {simcluster.Config{HTTP: true, TLS: true}, func(c *hs2client.Config) { c.TLS = nil }, "open.eof", ""},
		"a shutting down one":       {simcluster.Config{HTTP: true, Faults: []simcluster.Fault{parsed(t, "draining")}}, func(*hs2client.Config) {}, "open.shutting-down", ""},
		"a certificate for another": {simcluster.Config{HTTP: true, TLS: true, Faults: []simcluster.Fault{parsed(t, "wrong-host")}}, func(*hs2client.Config) {}, "tls.hostname", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := cluster(t, tc.config)
			c := overHTTPInto(cl, tc.config)
			tc.change(&c)
			if strings.HasSuffix(tc.class, "timeout") {
				c.Timeout = 200 * time.Millisecond
			}
			if e := wantClass(t, wholeSession(t.Context(), c), tc.class); !strings.Contains(e.Text, tc.text) || len(e.Hint()) == 0 {
				t.Errorf("%v, hint %+v", e, e.Hint())
			}
		})
	}
}

// Whoever may not act for others learns which of Impala's settings says who may.
func TestHS2_SimulatedDelegationRefused(t *testing.T) {
	t.Parallel()
	for _, protocol := range []hs2client.Protocol{hs2client.ProtocolHS2, hs2client.ProtocolHS2HTTP} {
		config := simcluster.Config{HTTP: true}
		c := overHTTPInto(cluster(t, config), config)
		if protocol == hs2client.ProtocolHS2 {
			_, c.Addr = simulatedNode(t, config)
			c.HTTP = nil
		}
		c.Protocol, c.User, c.Delegate = protocol, "ann", "bob"
		e := wantClass(t, wholeSession(t.Context(), c), "open.unauthorized")
		for _, want := range []string{"--authorized_proxy_user_config", "--authorized_proxy_group_config", "auth.delegate"} {
			if !strings.Contains(fixText(e.Hint()), want) {
				t.Errorf("%s: %q is not in %q", protocol, want, fixText(e.Hint()))
			}
		}
	}
}

func parsed(t *testing.T, text string) simcluster.Fault {
	t.Helper()
	f, err := simcluster.ParseFault(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Behind a balancer a connection for each call reaches another coordinator each time,
// which knows no other's cookie and no other's session.
func TestHTTP_SimulatedBalancer(t *testing.T) {
	config := simcluster.Config{Coordinators: 2, Nodes: 1, Balance: simcluster.BalanceRoundRobin, HTTP: true, Auth: simcluster.AuthLDAP, Users: map[string]string{"ann": "s3cret"}}
	cl, err := simcluster.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cl.Close() }()
	c := overHTTPInto(cl, config)
	for range 2 {
		if err := wholeSession(t.Context(), c); err != nil {
			t.Error(err)
		}
	}
	c.HTTP = &hs2client.HTTPConfig{ConnectionPerCall: true}
	_, err = hs2client.Open(t.Context(), c) // Ping goes to the other one
	if e := wantClass(t, err, "open.foreign-handle"); e.Op != "PingImpalaHS2Service" || !strings.Contains(hintText(e), "cookie") {
		t.Errorf("%v, hint %q", e, hintText(e))
	}
	c.NoPing = true
	s, err := hs2client.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Query(t.Context(), "SELECT pid()")
	wantClass(t, err, "execute.foreign-handle")
	_ = s.Close(t.Context())
}
