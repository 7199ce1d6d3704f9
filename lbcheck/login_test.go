package lbcheck

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

const (
	realm   = "EXAMPLE.COM"
	balance = "lb.example.com" // the balancer's name
)

// kerberized is a cluster with a Kerberos server whose tickets are valid for so long,
// and a scenario against it.
func kerberized(t *testing.T, life time.Duration) (*simkdc.KDC, scenarios.Scenario, Options) {
	t.Helper()
	return kerberizedOver(t, scenarios.ProtocolHS2, life, nil)
}

// kerberizedOver is kerberized over a protocol, with a clock of the Kerberos server's own.
func kerberizedOver(t *testing.T, protocol scenarios.Protocol, life time.Duration, now func() time.Time) (*simkdc.KDC, scenarios.Scenario, Options) {
	t.Helper()
	kdc, err := simkdc.Start(simkdc.Config{Realm: realm, Life: life, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kdc.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, err := range []error{kdc.AddUser("alice", "hunter2"), kdc.AddService("impala/" + balance)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	cluster := start(t, simcluster.Config{
		Coordinators: 2, Nodes: 2, Seed: 1, HTTP: true, Auth: simcluster.AuthKerberos, Keytab: kdc.Keytab("impala/" + balance),
	})
	s := scenarios.Default()
	s.Name, s.Auth.Mechanism, s.Auth.KerberosHost = "test", scenarios.MechanismKerberos, balance
	s.Target.Protocol = protocol
	nodes := cluster.Nodes()
	if protocol == scenarios.ProtocolHS2HTTP {
		nodes = cluster.HTTPNodes()
	}
	for _, n := range nodes {
		s.Target.Endpoints = append(s.Target.Endpoints, n.String())
	}
	s.Load.Sessions, s.Load.Burst, s.Load.Rate = 40, 0, 0
	return kdc, s, Options{Kerberos: hs2client.KerberosLogin{Conf: krb5(t, kdc.Krb5Conf()), Principal: "alice", Keytab: kdc.Keytab("alice")}}
}

// krb5 reads the text of a krb5.conf.
func krb5(t *testing.T, text string) hs2client.KerberosConf {
	t.Helper()
	c, err := hs2client.ParseKerberosConf(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRun_Kerberos(t *testing.T) {
	t.Parallel()
	for _, protocol := range []scenarios.Protocol{scenarios.ProtocolHS2, scenarios.ProtocolHS2HTTP} {
		t.Run(string(protocol), func(t *testing.T) {
			t.Parallel()
			_, s, opt := kerberizedOver(t, protocol, 0, nil)
			r, err := Run(t.Context(), s, opt)
			if err != nil {
				t.Fatal(err)
			}
			storable(t, r)
			if r.Stopped != nil || r.Sessions.Failed > 0 || r.Sessions.OK < 40 || len(r.Remarks) > 0 || (r.HTTP != nil) != (protocol == scenarios.ProtocolHS2HTTP) {
				t.Errorf("stopped = %+v, sessions = %+v, HTTP = %+v, remarks = %q", r.Stopped, r.Sessions, r.HTTP, r.Remarks)
			}
		})
	}
}

// What speaks on the port is asked for a login by ticket, too.
func TestRun_KerberosOverTLSThatIsNotSpoken(t *testing.T) {
	t.Parallel()
	_, s, opt := kerberized(t, 0)
	s.TLS.Enabled, s.TLS.ServerName, s.Load.Timeout = true, balance, scenarios.Duration(4*time.Second)
	r, err := Run(t.Context(), s, opt)
	if err != nil {
		t.Fatal(err)
	}
	storable(t, r)
	if r.Probe == nil || r.Probe.Heard != vocab.HeardSASL || len(r.Stopped.Hint) != 1 || r.Stopped.Hint[0].Setting != "tls.enabled" || r.Stopped.Hint[0].Value != "false" {
		t.Errorf("stopped = %+v, probe = %+v", r.Stopped, r.Probe)
	}
}

// A long run is told before it begins, and its result says so, too.
func TestRun_SaysThatATicketEndsBeforeTheRun(t *testing.T) {
	t.Parallel()
	_, s, opt := kerberized(t, time.Minute)
	s.Kind, s.Load.Sessions = scenarios.KindCapacity, 0
	s.Capacity.Hold, s.Capacity.For = 2, scenarios.Duration(5*time.Minute)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var said []string
	opt.Run.Progress = func(e run.Event) {
		if e.Kind == run.EventRemark {
			said = append(said, e.Text)
		}
		if e.Kind == run.EventHeld {
			cancel() // the remark is before the load
		}
	}
	r, err := Run(ctx, s, opt)
	if err != nil {
		t.Fatal(err)
	}
	if len(said) != 1 || !strings.Contains(said[0], "the Kerberos ticket ends at ") || len(r.Remarks) == 0 || r.Remarks[0] != said[0] || r.Notes[0] != said[0] {
		t.Errorf("said %q, remarks %q, notes %q", said, r.Remarks, r.Notes)
	}
}

// A Kerberos server that cannot be asked is asked once, however many sessions there are.
func TestTickets_AreFetchedOnce(t *testing.T) {
	t.Parallel()
	kdc, s, opt := kerberized(t, 0)
	good := opt.tickets(s)
	var mu sync.Mutex
	seen := map[*hs2client.Ticket]bool{}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			ticket, err := good.of(t.Context(), "10.0.0.1") // the host is auth.kerberos_host's
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			seen[ticket] = true
		})
	}
	all.Wait()
	if len(seen) != 1 || good.ends().Before(time.Now()) {
		t.Errorf("%d tickets, until %s", len(seen), good.ends())
	}

	opt.Kerberos.Conf = krb5(t, strings.ReplaceAll(kdc.Krb5Conf(), kdc.Addr().String(), "127.0.0.1:1"))
	s.Load.Timeout = scenarios.Duration(time.Second)
	none := opt.tickets(s)
	_, first := none.of(t.Context(), balance)
	_, second := none.of(t.Context(), balance)
	if first == nil || !errors.Is(second, first) || hs2client.ClassOf(first).String() != "sasl.kdc-unreachable" || !none.ends().IsZero() {
		t.Errorf("first %v, then %v", first, second)
	}
}

func TestRun_WithoutATicketIsTriedOnce(t *testing.T) {
	t.Parallel()
	skewed := func() time.Time { return time.Now().Add(time.Hour) }
	for want, c := range map[string]struct {
		now     func() time.Time
		service string
	}{"sasl.unknown-service": {nil, "hive"}, "sasl.clock-skew": {skewed, "impala"}} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			_, s, opt := kerberizedOver(t, scenarios.ProtocolHS2, 0, c.now)
			s.Auth.KerberosService = c.service
			r, err := Run(t.Context(), s, opt)
			if err != nil {
				t.Fatal(err)
			}
			tries := 0
			for _, scout := range r.Scouts {
				tries += scout.Attempts
			}
			if r.Stopped == nil || r.Stopped.Class.String() != want || tries != 1 || r.ExitCode() != scenarios.ExitUnmeasured {
				t.Errorf("stopped = %+v after %d tries, exit %d", r.Stopped, tries, r.ExitCode())
			}
		})
	}
}

func TestOptions_LackWhatALoginNeeds(t *testing.T) {
	t.Parallel()
	for mechanism, want := range map[scenarios.Mechanism]string{
		scenarios.MechanismLDAP: "Options.Password", scenarios.MechanismJWT: "Options.Token", scenarios.MechanismKerberos: "Options.Kerberos",
	} {
		s := scenarios.Default()
		s.Auth.Mechanism = mechanism
		if err := (Options{}).check(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", mechanism, err)
		}
	}
}

// A proxy chooses by the name that the user wrote, and not by the address that it led to.
func TestHTTPOf_NamesTheHost(t *testing.T) {
	t.Parallel()
	n := run.Node{Addr: netip.MustParseAddrPort("192.0.2.1:28000"), Host: "knox.example.com"}
	target := scenarios.Target{
		Protocol: scenarios.ProtocolHS2HTTP, HTTPPath: "gateway/default/impala", HTTPHeaders: []string{"X-A: 1", "x-a: 2"},
		HTTPConnection: scenarios.HTTPPerCall, HTTPExpect: true,
	}
	c := httpOf(scenarios.Scenario{Target: target}, n)
	if c.Host != "knox.example.com:28000" || c.Path != target.HTTPPath || len(c.Header["X-A"]) != 2 || !c.ConnectionPerCall || !c.ExpectContinue {
		t.Errorf("%+v", c)
	}
	secured := scenarios.TLSConfig{Enabled: true, ServerName: "lb.example.com"}
	if c := httpOf(scenarios.Scenario{Target: target, TLS: secured}, n); c.Host != "lb.example.com:28000" {
		t.Errorf("beside another name in TLS: %q", c.Host)
	}
	target.Protocol = scenarios.ProtocolHS2
	if httpOf(scenarios.Scenario{Target: target}, n) != nil {
		t.Error("HTTP where none is spoken")
	}
}
