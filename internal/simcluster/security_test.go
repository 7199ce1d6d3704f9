package simcluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// clientTLSConfig returns the TLS configuration of a client that verifies.
func clientTLSConfig(cl *Cluster) *tls.Config {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cl.CA())
	return &tls.Config{RootCAs: roots, ServerName: "impala.example.com"}
}

func TestCluster_CertificateFaults(t *testing.T) {
	t.Parallel()
	for fault, c := range map[string]struct {
		err    func(error) bool // nil: accepted
		issuer string
	}{
		"":                {issuer: "Amazon"},
		"wrong-issuer":    {issuer: "Another Trust"},
		"expired":         {err: isError[x509.CertificateInvalidError]},
		"not-yet":         {err: isError[x509.CertificateInvalidError]},
		"wrong-host":      {err: isError[x509.HostnameError]},
		"no-intermediate": {err: isError[x509.UnknownAuthorityError]},
		"self-signed":     {err: isError[x509.UnknownAuthorityError]},
		"unknown-ca":      {err: isError[x509.UnknownAuthorityError]},
		"old-tls":         {err: isOldVersion},
	} {
		t.Run("fault "+fault, func(t *testing.T) {
			t.Parallel()
			var faults []string
			if fault != "" {
				faults = []string{fault + "@2"}
			}
			cl := start(t, Config{TLS: true}, faults...)
			healthy, err := tls.Dial("tcp", cl.Nodes()[0].String(), clientTLSConfig(cl))
			if err != nil {
				t.Fatal("the healthy node:", err)
			}
			healthy.Close()
			conn, err := tls.Dial("tcp", cl.Nodes()[1].String(), clientTLSConfig(cl))
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

func TestCluster_FaultOldTLS(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{TLS: true}, "old-tls@1")
	config := clientTLSConfig(cl)
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

func TestCluster_NodesShareCertificate(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{TLS: true, Nodes: 3})
	var first []byte
	for _, node := range cl.Nodes() {
		config := clientTLSConfig(cl)
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

func TestCluster_FailedHandshakeIsNotBalanced(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{TLS: true, Balance: BalanceRoundRobin})
	for range 3 {
		if _, err := tls.Dial("tcp", cl.Nodes()[0].String(), &tls.Config{ServerName: "impala.example.com"}); err == nil {
			t.Fatal("the certificate was accepted without a root")
		}
	}
	if who := visitTLS(t, cl); who != "coord-a1:25000" {
		t.Errorf("the first successful handshake reached %s", who)
	}
	eventually(t, func() bool { return cl.Stats().FailedTLS == 3 }) // counted after the client has given up
	if s := cl.Stats(); s.Connections[0] != 4 || s.Coordinators[0].Connections != 1 {
		t.Errorf("stats %+v", s)
	}
}

// visitTLS opens a session over TLS on the first node and returns http_addr.
func visitTLS(t *testing.T, cl *Cluster) string {
	t.Helper()
	conn, err := tls.Dial("tcp", cl.Nodes()[0].String(), clientTLSConfig(cl))
	if err != nil {
		t.Fatal(err)
	}
	u := newTestClientOver(conn)
	defer u.close()
	if err := u.open(); err != nil {
		t.Fatal(err)
	}
	return u.opened.Configuration["http_addr"]
}

// testUsers has the only user.
var testUsers = map[string]string{"alice": "wonderland"}

// login sends START and the PLAIN response together, as Impala's clients do.
func login(conn net.Conn, user, password string) error {
	hello := saslframe.AppendMessage(nil, saslframe.StatusStart, []byte(saslframe.MechanismPlain))
	hello = saslframe.AppendMessage(hello, saslframe.StatusOK, saslframe.PlainResponse(user, password))
	if _, err := conn.Write(hello); err != nil {
		return err
	}
	return expectMessage(conn, saslframe.StatusComplete, "")
}

// expectMessage reads one message of the handshake.
func expectMessage(conn net.Conn, want saslframe.Status, text string) error {
	conn.SetReadDeadline(time.Now().Add(soon))
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

func dialNode(t *testing.T, cl *Cluster) net.Conn {
	t.Helper()
	return dialTo(t, cl.Nodes()[0])
}

func dialTo(t *testing.T, node netip.AddrPort) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", node.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func TestCluster_Login(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Auth: AuthLDAP, Users: testUsers})
	conn := dialNode(t, cl)
	if err := login(conn, "alice", "wonderland"); err != nil {
		t.Fatal(err)
	}
	u := newTestClientOver(newFramedConn(conn))
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

func TestCluster_RejectedLoginReadsEOF(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		user, password string
		faults         []string
	}{
		"wrong password": {user: "alice", password: "looking-glass"},
		"unknown user":   {user: "bob"},
		"auth-reject":    {user: "alice", password: "wonderland", faults: []string{"auth-reject"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1, Auth: AuthLDAP, Users: testUsers}, c.faults...)
			if err := login(dialNode(t, cl), c.user, c.password); !errors.Is(err, io.EOF) {
				t.Errorf("%v, want EOF", err)
			}
			if s := cl.Stats(); s.Logins != 1 || s.Rejected != 1 || s.SessionsOpened != 0 {
				t.Errorf("stats %+v", s)
			}
		})
	}
}

func TestCluster_InvalidSASLHandshake(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Auth: AuthLDAP, Users: testUsers})
	for name, c := range map[string]struct {
		status saslframe.Status
		sent   string
		reply  saslframe.Status // 0: EOF without a reply
		text   string
	}{
		"unsupported mechanism": {status: saslframe.StatusStart, sent: "GSSAPI", reply: saslframe.StatusBad, text: "Unsupported mechanism type GSSAPI"},
		"no START":              {status: saslframe.StatusOK, sent: "PLAIN", reply: saslframe.StatusError, text: "Expecting START status, received 2"},
		"client without SASL":   {status: saslframe.Status(0x80)},
		"BAD first":             {status: saslframe.StatusBad, sent: "PLAIN"},
		"ERROR first":           {status: saslframe.StatusError, sent: "PLAIN"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dialNode(t, cl)
			if _, err := conn.Write(saslframe.AppendMessage(nil, c.status, []byte(c.sent))); err != nil {
				t.Fatal(err)
			}
			err := expectMessage(conn, c.reply, c.text)
			if c.reply == 0 && !errors.Is(err, io.EOF) || c.reply != 0 && err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCluster_PROXYHeaderBeforeLogin(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Auth: AuthLDAP, Users: testUsers}, "proxy-protocol")
	if err := login(dialNode(t, cl), "alice", "wonderland"); !errors.Is(err, io.EOF) {
		t.Errorf("%v, want EOF", err)
	}
	if n := cl.Stats().Logins; n != 0 {
		t.Errorf("%d logins seen", n)
	}
}

func TestThreadPool_SilentConnectionsBlockLogins(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, Auth: AuthLDAP, Users: testUsers})
	probes := []net.Conn{dialNode(t, cl), dialNode(t, cl)}
	for _, p := range probes { // a probe has a setup thread once its byte was read
		if _, err := p.Write([]byte{byte(saslframe.StatusStart)}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, func() bool { return cl.Stats().BytesAfterHandshake == 2 })
	blocked := dialNode(t, cl)
	if _, err := blocked.Write(saslframe.AppendMessage(nil, saslframe.StatusStart, []byte(saslframe.MechanismPlain))); err != nil {
		t.Fatal(err)
	}
	if _, err := blocked.Write(saslframe.AppendMessage(nil, saslframe.StatusOK, saslframe.PlainResponse("alice", "wonderland"))); err != nil {
		t.Fatal(err)
	}
	expectSilence(t, blocked)
	probes[0].Close()
	if err := expectMessage(blocked, saslframe.StatusComplete, ""); err != nil {
		t.Errorf("after a probe was closed: %v", err)
	}
}

func TestCluster_LogHasNoPassword(t *testing.T) {
	t.Parallel()
	var logged strings.Builder
	cl := start(t, Config{Coordinators: 1, Auth: AuthLDAP, Users: testUsers, Log: newTestLogger(&logged)})
	for _, password := range []string{"wonderland", "looking-glass"} {
		conn := dialNode(t, cl)
		_ = login(conn, "alice", password)
		conn.Close()
	}
	cl.Close()
	if !strings.Contains(logged.String(), "login rejected") || strings.Contains(logged.String(), "wonderland") || strings.Contains(logged.String(), "looking-glass") {
		t.Error(logged.String())
	}
}

// eventually waits until ok returns true, for soon at most.
func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	for !ok() {
		if !sleep(ctx, time.Millisecond) {
			t.Fatal("condition not met")
		}
	}
}

// isError reports whether err is a T, or wraps one.
func isError[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

func isOldVersion(err error) bool {
	return err != nil && strings.Contains(err.Error(), "protocol version")
}
