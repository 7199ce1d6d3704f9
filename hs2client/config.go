package hs2client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Protocol is what is spoken on the port.
type Protocol = vocab.Protocol

// The protocols of Impala's ports. The zero value "" is HS2, too.
const (
	ProtocolHS2     = vocab.ProtocolHS2     // HiveServer2, port 21050
	ProtocolHS2HTTP = vocab.ProtocolHS2HTTP // HiveServer2 over HTTP or HTTPS, port 28000
	ProtocolBeeswax = vocab.ProtocolBeeswax // port 21000; closed by default from Impala 5
)

// Config says how to reach one session. The zero value of every field but Addr
// is a default that its comment names. A Config may be used again and by several
// goroutines at once, its Record excepted.
type Config struct {
	// Addr is the host:port to dial. An IP literal is dialled as it is; a name
	// is resolved (phase resolve) and the first address is dialled, no other.
	Addr     string
	Protocol Protocol

	// User is OpenSession's username where there is no login, and Beeswax's
	// hadoop_user. Empty: the server's own anonymous user.
	User   string
	Plain  *Plain     // SASL PLAIN login, over HTTP a Basic one; nil: none (NOSASL)
	Bearer *Bearer    // a login by token, of ProtocolHS2HTTP alone; nil: none
	TLS    *TLSConfig // nil: plain TCP

	// Kerberos is a login by ticket: SASL GSSAPI, over HTTP Negotiate; nil: none. QOP
	// is how messages are protected after it: "auth" (not at all, the default and all
	// that Impala does), "auth-int" (signed) or "auth-conf" (encrypted). The server must
	// offer it.
	Kerberos *Ticket
	QOP      string

	HTTP *HTTPConfig // of ProtocolHS2HTTP alone; nil: its defaults

	// Delegate is the user that the session is for, where the one who logs in may
	// act for others: impala.doas.user in OpenSession's configuration. "": the user
	// itself. Beeswax does not have it.
	Delegate string

	// Options are query options: OpenSession's configuration, or the
	// configuration of each Beeswax query. Impala ignores unknown ones in
	// OpenSession (be/src/service/impala-hs2-server.cc).
	Options map[string]string

	Timeout time.Duration // of each phase; 0: the context's deadline alone
	NoPing  bool          // do not ask Ping; identity is then http_addr's alone

	// NoDescribe saves each Query a call: Rows.Columns then stays empty. Values
	// have the same types either way.
	NoDescribe bool

	// Dial connects; nil: a net.Dialer without keepalive. It is given an IP
	// literal with a port.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)

	// Local is the address of this machine to dial from; the zero Addr: the
	// system's choice. Each has local ports of its own, so that several of them
	// hold more than some 28000 connections to one node. It is ignored where Dial
	// is set.
	Local netip.Addr

	// Memory bounds what the replies of all sessions that share it take together while
	// they are read; nil: each session has its own bounds alone.
	Memory *Memory

	Record *Record // filled during the session, also where it fails; nil: not wanted
}

// hasLogin reports whether the session logs in, which names its user.
func (c *Config) hasLogin() bool { return c.Plain != nil || c.Bearer != nil || c.Kerberos != nil }

// Plain is a user and password for SASL PLAIN, which is Impala's LDAP login. No
// formatting verb and no encoding shows the password.
type Plain struct {
	User     string
	Password string `json:"-" yaml:"-"`
}

// String names the user alone.
func (p Plain) String() string { return "Plain{" + p.User + ", password not shown}" }

// GoString is String.
func (p Plain) GoString() string { return p.String() }

// Format writes String whatever the verb.
func (p Plain) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// TLSConfig says how a certificate is checked. A session is never resumed: a
// resumed one shows no certificate.
type TLSConfig struct {
	Roots      *x509.CertPool // what is trusted; nil: the system's
	ServerName string         // SNI, and the name verified; "": Addr's host

	// MinVersion is the oldest version that is not refused; 0: TLS 1.2. The
	// handshake itself is allowed from TLS 1.0, so that the certificate of an
	// old listener is recorded before it is refused.
	MinVersion uint16

	// Accept is a further rule (an issuer, say), checked after the others pass;
	// its error refuses the certificate. nil: no further rule.
	Accept func(Peer) error

	Curves []tls.CurveID // nil: Go's default

	// Certificate is the client's own, shown to a listener that asks for one; nil:
	// none is shown. It must not be changed.
	Certificate *tls.Certificate

	// Chains remembers the chains that were good, for all connections that share
	// it; nil: every chain is verified anew.
	Chains *ChainCache
}

// target is where to go, taken from Config.Addr.
type target struct {
	host string
	ip   netip.Addr // the zero Addr where host is a name
	port uint16
}

// target reads Addr.
func (c *Config) target() (target, error) {
	host, port, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return target{}, &wire.Error{Kind: KindInvalid, Err: err}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 || host == "" {
		return target{}, invalid("invalid address: want host:port, with a port from 1 to 65535")
	}
	t := target{host: host, port: uint16(n)}
	if ip, err := netip.ParseAddr(host); err == nil {
		t.ip = ip
	}
	return t, nil
}

// check refuses what cannot be dialled or sent, before anything is.
func (c *Config) check() (target, Phase, error) {
	t, err := c.target()
	if err != nil {
		return t, PhaseResolve, err
	}
	if !c.Protocol.Known() {
		return t, PhaseOpen, invalid(fmt.Sprintf("unknown protocol %.40q: use %s, %s or %s", c.Protocol, ProtocolHS2, ProtocolHS2HTTP, ProtocolBeeswax))
	}
	if p := c.Plain; p != nil && (p.User == "" || strings.ContainsRune(p.User+p.Password, 0)) {
		return t, PhaseSASL, invalid("SASL PLAIN needs a user, and no NUL byte in user or password")
	}
	if err := c.checkKerberos(); err != nil {
		return t, PhaseSASL, err
	}
	if c.Protocol == ProtocolBeeswax && c.Delegate != "" {
		return t, PhaseOpen, invalid("Beeswax has no delegation: use " + string(ProtocolHS2) + " or " + string(ProtocolHS2HTTP))
	}
	if phase, err := c.checkHTTP(); err != nil {
		return t, phase, err
	}
	return t, PhaseResolve, nil
}

// serverName is the name that the certificate must be valid for.
func (c *Config) serverName(t target) string {
	if c.TLS.ServerName != "" {
		return strings.TrimSuffix(c.TLS.ServerName, ".")
	}
	return strings.TrimSuffix(t.host, ".")
}
