package main

import (
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// kerberosRealm is a KDC with a cluster whose coordinators hold the balancer's key.
type kerberosRealm struct {
	kdc    *simkdc.KDC
	keytab []byte // of the service
}

// realm starts a KDC that knows ann, the balancer, and another service.
func realm(t *testing.T, config simkdc.Config) kerberosRealm {
	t.Helper()
	config.Realm = "EXAMPLE.COM"
	kdc, err := simkdc.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kdc.Close() })
	const service, other = "impala/" + clusterHost, "impala/other.example.com"
	for _, err := range []error{kdc.AddUser("ann", "s3cret"), kdc.AddService(service), kdc.AddService(other)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return kerberosRealm{kdc, kdc.Keytab(service)}
}

// config is a cluster of the realm.
func (r kerberosRealm) config() simcluster.Config {
	return simcluster.Config{Auth: simcluster.AuthKerberos, Keytab: r.keytab}
}

// ticket are the flags of a login with Kerberos, with the krb5.conf of the realm.
func ticket(t *testing.T, conf string, more ...string) []string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "krb5.conf")
	write(t, name, conf)
	return append([]string{"--auth", "kerberos", "--krb5-conf", name, "--password-command", "echo s3cret", "--principal", "ann", "--kerberos-host-fqdn", clusterHost}, more...)
}

// kdcAt is a krb5.conf with one KDC.
func kdcAt(addr string) string {
	return "[libdefaults]\n default_realm = EXAMPLE.COM\n dns_lookup_kdc = false\n[realms]\n EXAMPLE.COM = {\n  kdc = " + addr + "\n }\n"
}

func TestDoctor_NamesTheCauseOfAKerberosFailure(t *testing.T) {
	t.Parallel()
	good := realm(t, simkdc.Config{})
	ahead := realm(t, simkdc.Config{Now: func() time.Time { return time.Now().Add(time.Hour) }})
	conf := good.kdc.Krb5Conf()
	for name, c := range map[string]struct {
		at    func(*testing.T) (string, []string)
		flags []string
		cause string
	}{
		"a service that nobody knows":      {node(good.config()), ticket(t, conf, "--kerberos-host-fqdn", "nobody.example.com"), "unknown-service"},
		"another service's name":           {node(good.config()), ticket(t, conf, "--kerberos-host-fqdn", "other.example.com"), "rejected"},
		"a service name that nobody has":   {node(good.config()), ticket(t, conf, "--kerberos-service-name", "hive"), "unknown-service"},
		"an unknown user":                  {node(good.config()), ticket(t, conf, "--principal", "bob"), "unknown-client"},
		"a wrong password":                 {node(good.config()), ticket(t, conf, "--password-command", "echo hunter2"), "rejected"},
		"a KDC whose clock is ahead":       {node(ahead.config()), ticket(t, ahead.kdc.Krb5Conf()), "clock-skew"},
		"a coordinator's clock":            {node(good.config(), "skewed-clock=10m"), ticket(t, conf), "rejected"},
		"a coordinator's keytab":           {node(good.config(), "wrong-keytab"), ticket(t, conf), "rejected"},
		"a KDC that is mute":               {node(good.config()), ticket(t, kdcAt(mutePort(t)), "--timeout", "2s"), "kdc-unreachable"},
		"a KDC that is down":               {node(good.config()), ticket(t, kdcAt(closed(t))), "kdc-unreachable"},
		"a realm without a KDC":            {node(good.config()), ticket(t, conf, "--principal", "ann@OTHER.EXAMPLE.COM"), "wrong-realm"},
		"a ticket to who wants none":       {node(simcluster.Config{}), ticket(t, conf), "no-login"},
		"a ticket to who wants a password": {node(withLDAP), ticket(t, conf), "mechanism"},
		"a password to who wants a ticket": {node(good.config()), ldap, "mechanism"},
		"no login to who wants a ticket":   {node(good.config()), nil, "login-needed"},
		"over HTTP, an unknown service":    {httpNode(overTLS(good.config())), ticket(t, conf, "--kerberos-host-fqdn", "nobody.example.com"), "unknown-service"},
		"over HTTP, a coordinator's clock": {withFault(httpNode, good.config(), "skewed-clock=10m"), ticket(t, conf), "rejected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, more := c.at(t)
			r, code := examined(t, slices.Concat([]string{addr}, more, c.flags)...)
			if got := causesOf(r); !slices.Equal(got, []string{c.cause}) || code != exitFail {
				t.Errorf("exit %d, causes %v, want %s\n%+v", code, got, c.cause, r)
			}
			for _, p := range r.Problems {
				if len(p.Fix) == 0 {
					t.Errorf("no remedy: %+v", p)
				}
			}
		})
	}
}

func TestDoctor_CallsAHealthyKerberosHealthy(t *testing.T) {
	t.Parallel()
	good := realm(t, simkdc.Config{})
	conf := good.kdc.Krb5Conf()
	keytab := filepath.Join(t.TempDir(), "ann.keytab")
	if err := os.WriteFile(keytab, good.kdc.Keytab("ann"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		at   func(*testing.T) (string, []string)
		line string
	}{
		"HS2":      {node(good.config()), "-k -s impala -b " + clusterHost},
		"HS2, TLS": {node(overTLS(good.config())), "AuthMech=1;KrbServiceName=impala;KrbFQDN=" + clusterHost},
		"Beeswax":  {beeswaxNode(good.config()), "--protocol=beeswax -k"},
		"HTTP":     {httpNode(good.config()), ";cookieName=impala.auth;principal=impala/" + clusterHost + "@EXAMPLE.COM"},
		"HTTPS":    {httpNode(overTLS(good.config())), ";ssl=true;sslTrustStore=TRUST_STORE;principal="},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, more := c.at(t)
			r, code := examined(t, slices.Concat([]string{addr}, more, ticket(t, conf, "--principal", "ann@EXAMPLE.COM"))...)
			var lines []string
			for _, l := range r.Lines {
				lines = append(lines, l.Text)
			}
			if all := strings.Join(lines, "\n"); code != exitPass || len(r.Problems) > 0 || !strings.Contains(all, c.line) || strings.Contains(all, "s3cret") {
				t.Errorf("exit %d, problems %+v, lines\n%s", code, r.Problems, all)
			}
		})
	}
}

// mutePort is a port that takes requests over TCP and UDP, and answers none.
func mutePort(t *testing.T) string {
	addr := peertest.Serve(t, mute)
	udp, err := net.ListenPacket("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { udp.Close() })
	return addr
}
