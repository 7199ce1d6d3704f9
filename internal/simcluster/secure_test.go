package simcluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// trusting is a careful client's TLS configuration.
func trusting(cl *Cluster) *tls.Config {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cl.CA())
	return &tls.Config{RootCAs: roots, ServerName: "impala.example.com"}
}

func TestListenersPresentTheirCertificates(t *testing.T) {
	t.Parallel()
	for fault, c := range map[string]struct {
		err    func(error) bool // nil: accepted
		issuer string
	}{
		"":                {nil, "Amazon"},
		"wrong-issuer":    {nil, "Another Trust"},
		"expired":         {is[x509.CertificateInvalidError], ""},
		"not-yet":         {is[x509.CertificateInvalidError], ""},
		"wrong-host":      {is[x509.HostnameError], ""},
		"no-intermediate": {is[x509.UnknownAuthorityError], ""},
		"self-signed":     {is[x509.UnknownAuthorityError], ""},
		"unknown-ca":      {is[x509.UnknownAuthorityError], ""},
		"old-tls":         {isOldVersion, ""},
	} {
		t.Run("fault "+fault, func(t *testing.T) {
			t.Parallel()
			var faults []string
			if fault != "" {
				faults = []string{fault + "@2"}
			}
			cl := start(t, Config{TLS: true}, faults...)
			healthy, err := tls.Dial("tcp", cl.Nodes()[0].String(), trusting(cl))
			if err != nil {
				t.Fatal("the other node:", err)
			}
			healthy.Close()
			conn, err := tls.Dial("tcp", cl.Nodes()[1].String(), trusting(cl))
			if c.err == nil {
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				if got := conn.ConnectionState().PeerCertificates[0].Issuer.Organization[0]; got != c.issuer {
					t.Errorf("issuer O=%s, want %s", got, c.issuer)
				}
				return
			}
			if !c.err(err) {
				t.Errorf("unexpected %v", err)
			}
		})
	}
}

func TestAnOldListenerStillSpeaksTLS11(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{TLS: true}, "old-tls@1")
	config := trusting(cl)
	config.MinVersion = tls.VersionTLS10
	conn, err := tls.Dial("tcp", cl.Nodes()[0].String(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if v := conn.ConnectionState().Version; v != tls.VersionTLS11 {
		t.Errorf("version %s", tls.VersionName(v))
	}
}

func TestNodesPresentOneCertificateForAllTheirAddresses(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{TLS: true, Nodes: 3})
	var first []byte
	for _, node := range cl.Nodes() {
		config := trusting(cl)
		config.ServerName = node.Addr().String()
		conn, err := tls.Dial("tcp", node.String(), config)
		if err != nil {
			t.Fatal(err)
		}
		leaf := conn.ConnectionState().PeerCertificates[0].Raw
		conn.Close()
		if first == nil {
			first = leaf
		}
		if string(first) != string(leaf) {
			t.Errorf("%v presents another certificate", node)
		}
	}
}

func TestAFailedHandshakeUsesNoChoice(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{TLS: true, Balance: RoundRobin})
	for range 3 {
		if _, err := tls.Dial("tcp", cl.Nodes()[0].String(), &tls.Config{ServerName: "impala.example.com"}); err == nil {
			t.Fatal("trusted without a root")
		}
	}
	if who := visitTLS(t, cl); who != "coord-a1:25000" {
		t.Errorf("the first whole handshake met %s", who)
	}
	if s := cl.Stats(); s.FailedTLS != 3 || s.Connections[0] != 4 || s.Coordinators[0].Connections != 1 {
		t.Errorf("stats %+v", s)
	}
}

// visitTLS opens a session over TLS on the first node and says who answered.
func visitTLS(t *testing.T, cl *Cluster) string {
	t.Helper()
	conn, err := tls.Dial("tcp", cl.Nodes()[0].String(), trusting(cl))
	if err != nil {
		t.Fatal(err)
	}
	u := userOver(conn)
	defer u.close()
	if err := u.open(); err != nil {
		t.Fatal(err)
	}
	return u.opened.Configuration["http_addr"]
}

// alice is who may log in.
var alice = map[string]string{"alice": "wonderland"}

// logInto sends START and the response at once, as Impala's clients do.
func logInto(conn net.Conn, user, password string) error {
	hello := saslframe.AppendMessage(nil, saslframe.Start, []byte(saslframe.Plain))
	hello = saslframe.AppendMessage(hello, saslframe.OK, saslframe.PlainResponse(user, password))
	if _, err := conn.Write(hello); err != nil {
		return err
	}
	return expectMessage(conn, saslframe.Complete, "")
}

// expectMessage reads one message of the handshake.
func expectMessage(conn net.Conn, want saslframe.Status, text string) error {
	conn.SetReadDeadline(time.Now().Add(2 * time.Second))
	defer conn.SetReadDeadline(time.Time{})
	status, payload, err := saslframe.ReadMessage(conn, saslframe.MaxMessage)
	if err != nil {
		return err
	}
	if status != want || string(payload) != text {
		return errors.New(status.String() + " " + string(payload))
	}
	return nil
}

func dial(t *testing.T, cl *Cluster) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", cl.Nodes()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestAGoodPasswordOpensASessionInItsOwnName(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Auth: LDAP, Users: alice})
	conn := dial(t, cl)
	if err := logInto(conn, "alice", "wonderland"); err != nil {
		t.Fatal(err)
	}
	u := userOver(framed(conn))
	defer u.close()
	if err := u.open(); err != nil {
		t.Fatal(err)
	}
	columns, err := u.query("select user()")
	if err != nil {
		t.Fatal(err)
	}
	if got := columns[0].StringVal.Values[0]; got != "alice" {
		t.Errorf("user() is %q", got)
	}
	if s := cl.Stats(); s.Logins != 1 || s.Rejected != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestRefusedLoginsAreMetBySilence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		user, password string
		faults         []string
	}{
		"a wrong password":                 {"alice", "looking-glass", nil},
		"an unknown user":                  {"bob", "", nil},
		"a good password, under the fault": {"alice", "wonderland", []string{"auth-reject"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1, Auth: LDAP, Users: alice}, c.faults...)
			if err := logInto(dial(t, cl), c.user, c.password); err != io.EOF {
				t.Errorf("%v, want EOF", err)
			}
			if s := cl.Stats(); s.Logins != 1 || s.Rejected != 1 || s.SessionsOpened != 0 {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

func TestBadHandshakesAreAnsweredInSASLsWords(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Auth: LDAP, Users: alice})
	for name, c := range map[string]struct {
		status saslframe.Status
		sent   string
		answer saslframe.Status // 0: silence and an end
		text   string
	}{
		"another mechanism":     {saslframe.Start, "GSSAPI", saslframe.Bad, "Unsupported mechanism type GSSAPI"},
		"no START":              {saslframe.OK, "PLAIN", saslframe.Error, "Expecting START status, received 2"},
		"a client without SASL": {saslframe.Status(0x80), "", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, cl)
			if _, err := conn.Write(saslframe.AppendMessage(nil, c.status, []byte(c.sent))); err != nil {
				t.Fatal(err)
			}
			err := expectMessage(conn, c.answer, c.text)
			if c.answer == 0 && err != io.EOF || c.answer != 0 && err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAPROXYHeaderIsNoLogin(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Auth: LDAP, Users: alice}, "proxy-protocol")
	if err := logInto(dial(t, cl), "alice", "wonderland"); err != io.EOF {
		t.Errorf("%v, want EOF", err)
	}
	if n := cl.Stats().Logins; n != 0 {
		t.Errorf("%d logins seen", n)
	}
}

func TestSilentProbesBlockLogins(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Auth: LDAP, Users: alice})
	probes := []net.Conn{dial(t, cl), dial(t, cl)}
	for _, p := range probes { // one byte each: they are with a set-up thread once it is read
		if _, err := p.Write([]byte{byte(saslframe.Start)}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, func() bool { return cl.Stats().BytesAfterHandshake == 2 })
	blocked := dial(t, cl)
	if _, err := blocked.Write(saslframe.AppendMessage(nil, saslframe.Start, []byte(saslframe.Plain))); err != nil {
		t.Fatal(err)
	}
	if _, err := blocked.Write(saslframe.AppendMessage(nil, saslframe.OK, saslframe.PlainResponse("alice", "wonderland"))); err != nil {
		t.Fatal(err)
	}
	silent(t, blocked)
	probes[0].Close()
	if err := expectMessage(blocked, saslframe.Complete, ""); err != nil {
		t.Errorf("after a probe has gone: %v", err)
	}
}

func TestLogsAndErrorsHoldNoPassword(t *testing.T) {
	t.Parallel()
	var logged strings.Builder
	cl := start(t, Config{Coordinators: 1, Auth: LDAP, Users: alice, Log: logTo(&logged)})
	for _, password := range []string{"wonderland", "looking-glass"} {
		conn := dial(t, cl)
		_ = logInto(conn, "alice", password)
		conn.Close()
	}
	cl.Close()
	if !strings.Contains(logged.String(), "login refused") || strings.Contains(logged.String(), "wonderland") || strings.Contains(logged.String(), "looking-glass") {
		t.Error(logged.String())
	}
}

// eventually yields until ok, for two seconds at most.
func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	for !ok() {
		if !sleep(ctx, time.Millisecond) {
			t.Fatal("it did not come to pass")
		}
	}
}

// is reports whether err is a T, or wraps one.
func is[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

func isOldVersion(err error) bool {
	return err != nil && strings.Contains(err.Error(), "protocol version")
}
