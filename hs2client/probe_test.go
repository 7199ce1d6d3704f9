package hs2client_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// simulatedNode is a node of a cluster.
func simulatedNode(t *testing.T, config simcluster.Config) (*simcluster.Cluster, string) {
	t.Helper()
	config.Coordinators, config.Nodes = 1, 1
	c, err := simcluster.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, c.Nodes()[0].String()
}

// web is an HTTP server.
func web(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// https is an HTTPS server; it answers a request without TLS with 400.
func https(t *testing.T) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// http2 is a TLS server that wants HTTP/2.
func http2(t *testing.T) string {
	t.Helper()
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.EnableHTTP2 = true
	s.StartTLS()
	s.Close()
	return serve(t, func(c net.Conn) {
		secured := tls.Server(c, s.TLS)
		if secured.Handshake() == nil {
			silent(secured)
		}
	})
}

func fixText(fixes []hs2client.Fix) string {
	var texts []string
	for _, f := range fixes {
		texts = append(texts, f.Setting+"="+f.Value+": "+f.Why)
	}
	return strings.Join(texts, "\n")
}

func TestProbe(t *testing.T) {
	t.Parallel()
	ldap := simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "p"}}
	secured, securedLDAP := simcluster.Config{TLS: true}, ldap
	securedLDAP.TLS = true
	cluster := func(config simcluster.Config) func(*testing.T) string {
		return func(t *testing.T) string { _, addr := simulatedNode(t, config); return addr }
	}
	saying := func(text string) func(*testing.T) string {
		return func(t *testing.T) string {
			return serve(t, func(c net.Conn) { _, _ = c.Write([]byte(text)); silent(c) })
		}
	}
	plain := &hs2client.Plain{User: "ann", Password: "s3cret"}
	withTLS := &hs2client.TLSConfig{ServerName: "impala.example.com"}
	for name, c := range map[string]struct {
		addr   func(*testing.T) string
		config hs2client.Config
		what   vocab.Heard
		within bool
		hint   string // a part of it; "": none
		text   string
	}{
		"Thrift where a login was made":  {addr: cluster(simcluster.Config{}), config: hs2client.Config{Plain: plain}, what: vocab.HeardThrift, hint: "auth.mechanism=none"},
		"Thrift where TLS was wanted":    {addr: cluster(simcluster.Config{}), config: hs2client.Config{TLS: withTLS}, what: vocab.HeardThrift, hint: "tls.enabled=false"},
		"Thrift as was wanted":           {addr: cluster(simcluster.Config{}), what: vocab.HeardThrift},
		"a login where none was made":    {addr: cluster(ldap), what: vocab.HeardSASL, hint: "auth.mechanism=ldap", text: "Unsupported mechanism"},
		"a login as was made":            {addr: cluster(ldap), config: hs2client.Config{Plain: plain}, what: vocab.HeardSASL},
		"TLS where none was wanted":      {addr: cluster(secured), what: vocab.HeardTLS, hint: "tls.enabled=true"},
		"a login by ticket and no TLS":   {addr: cluster(ldap), config: hs2client.Config{TLS: withTLS, Kerberos: new(hs2client.Ticket)}, what: vocab.HeardSASL, hint: "tls.enabled=false"},
		"within TLS, a login":            {addr: cluster(securedLDAP), config: hs2client.Config{TLS: withTLS}, what: vocab.HeardSASL, within: true, hint: "auth.mechanism=ldap"},
		"within TLS, none":               {addr: cluster(secured), config: hs2client.Config{TLS: withTLS, Plain: plain}, what: vocab.HeardThrift, within: true, hint: "auth.mechanism=none"},
		"within TLS, as was wanted":      {addr: cluster(securedLDAP), config: hs2client.Config{TLS: withTLS, Plain: plain}, what: vocab.HeardSASL, within: true},
		"a TLS server that is too new":   {addr: newTLS, what: vocab.HeardTLS, hint: "tls.enabled=true"},
		"HTTP":                           {addr: web, what: vocab.HeardHTTP, hint: "binary port", text: "HTTP/1.0 404"},
		"HTTP/2 over TLS":                {addr: http2, what: vocab.HeardHTTP2, within: true, hint: "binary port"},
		"sshd":                           {addr: saying("SSH-2.0-OpenSSH_9.2p1\r\n"), what: vocab.HeardSSH, hint: "an SSH server answers there", text: "SSH-2.0-OpenSSH_9.2p1"},
		"MySQL":                          {addr: saying("\x4a\x00\x00\x00\x0a8.0.36\x00"), what: vocab.HeardMySQL, hint: "a MySQL server answers there", text: "8.0.36"},
		"SMTP":                           {addr: saying("220 mail ESMTP\r\n"), what: vocab.HeardSMTP, hint: "an SMTP or FTP server answers there"},
		"one who greets without an end":  {addr: endless, what: vocab.HeardUnknown, hint: "a server of another kind answers there"},
		"one byte":                       {addr: saying("x"), what: vocab.HeardUnknown, hint: "a server of another kind"},
		"control characters":             {addr: saying("\x1b[2J::error::\r\n"), what: vocab.HeardUnknown, hint: "another kind", text: `"\x1b[2J::error::\r\n"`},
		"one who answers to a line only": {addr: afterLine, what: vocab.HeardUnknown, hint: "another kind", text: "what?"},
		"one who wants a PROXY header":   {addr: behindProxyHeader, what: vocab.HeardHTTP, hint: "expects a PROXY header", text: "HTTP/1.0 404"},
		"HTTPS for the binary protocol":  {addr: https, config: hs2client.Config{TLS: withTLS}, what: vocab.HeardHTTP, within: true, hint: "binary port"},
		"HTTPS where HTTP was wanted":    {addr: https, config: hs2client.Config{Protocol: vocab.ProtocolHS2HTTP}, what: vocab.HeardHTTP, within: true, hint: "tls.enabled=true"},
		"HTTPS as was wanted":            {addr: https, config: hs2client.Config{Protocol: vocab.ProtocolHS2HTTP, TLS: withTLS}, what: vocab.HeardHTTP, within: true},
		"a bad request without TLS":      {addr: saying("HTTP/1.1 400 Bad Request\r\n\r\n"), config: hs2client.Config{Protocol: vocab.ProtocolHS2HTTP, TLS: withTLS}, what: vocab.HeardHTTP, hint: "tls.enabled=false", text: "HTTP/1.1 400"},
		"Impala's HTTP":                  {addr: impalaHTTP, what: vocab.HeardHTTP, hint: "binary port"},
		"nobody who speaks":              {addr: func(t *testing.T) string { return serve(t, silent) }},
		"one who closes at once":         {addr: func(t *testing.T) string { return serve(t, func(net.Conn) {}) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.config.Addr, c.config.Timeout = c.addr(t), 4*time.Second
			begin := time.Now()
			heard, err := hs2client.Probe(t.Context(), c.config)
			if err != nil {
				t.Fatal(err)
			}
			hint := fixText(heard.Hint())
			if heard.What != c.what || heard.Within != c.within || (hint == "") != (c.hint == "") || !strings.Contains(hint, c.hint) || !strings.Contains(heard.Text, c.text) {
				t.Errorf("heard %+v, hint %q", heard, hint)
			}
			if took := time.Since(begin); took > generous+6*time.Second || heard.Connections < 1 || heard.Connections > 6 || len(heard.Text) > 500 {
				t.Errorf("%d connections in %v, %d bytes", heard.Connections, took, len(heard.Text))
			}
			if as := c.hint == "" && (c.what == vocab.HeardSASL || c.what == vocab.HeardThrift || c.what == vocab.HeardHTTP); heard.AsConfigured() != as {
				t.Errorf("as configured = %v", heard.AsConfigured())
			}
		})
	}
}

// newTLS is a server that ends every handshake with an alert.
func newTLS(t *testing.T) string {
	return serve(t, func(c net.Conn) {
		_ = tls.Server(c, &tls.Config{MinVersion: tls.VersionTLS13}).Handshake() // it has no certificate
	})
}

// endless greets without an end.
func endless(t *testing.T) string {
	return serve(t, func(c net.Conn) {
		for {
			if _, err := c.Write(make([]byte, 1<<16)); err != nil {
				return
			}
		}
	})
}

// afterLine answers once it has a whole line.
func afterLine(t *testing.T) string {
	return serve(t, func(c net.Conn) {
		var b [1]byte
		for {
			if _, err := c.Read(b[:]); err != nil {
				return
			}
			if b[0] == '\n' {
				_, _ = c.Write([]byte("what?\n"))
				silent(c)
				return
			}
		}
	})
}

// behindProxyHeader is an HTTP server that answers nobody without a PROXY header.
func behindProxyHeader(t *testing.T) string {
	return serve(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		if head, err := in.Peek(6); err != nil || string(head) != "PROXY " {
			return
		}
		if _, err := in.ReadString('\n'); err != nil {
			return
		}
		if _, err := http.ReadRequest(in); err == nil {
			_, _ = io.WriteString(c, "HTTP/1.0 404 Not Found\r\n\r\n")
		}
	})
}

// impalaHTTP answers OPTIONS and no GET, as Impala does.
func impalaHTTP(t *testing.T) string {
	return serve(t, func(c net.Conn) {
		if r, err := http.ReadRequest(bufio.NewReader(c)); err == nil && r.Method == http.MethodOptions {
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nServer: Thrift/0.16.0\r\n\r\n")
		}
	})
}

func TestProbe_TellsClosedFromSilent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		serve   func(net.Conn)
		ended   hs2client.Kind
		unasked bool
	}{
		"silent":                      {silent, hs2client.KindTimeout, false},
		"closed at once":              {func(net.Conn) {}, hs2client.KindEOF, true},
		"closed when it is spoken to": {func(c net.Conn) { _, _ = c.Read(make([]byte, 4096)) }, hs2client.KindEOF, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			heard, err := hs2client.Probe(t.Context(), hs2client.Config{Addr: serve(t, c.serve), Timeout: 4 * time.Second})
			if err != nil || heard.What != vocab.HeardNothing || (heard.Ended == hs2client.KindTimeout) != (c.ended == hs2client.KindTimeout) || (heard.Silence > 0) != (c.ended != hs2client.KindTimeout) || heard.Unasked != c.unasked {
				t.Errorf("heard %+v, %v", heard, err)
			}
		})
	}
}

// What was heard is held against any session, not only the one that was probed for.
func TestHeard_HintFor(t *testing.T) {
	t.Parallel()
	heard := hs2client.Heard{What: vocab.HeardSASL, Within: true}
	for want, c := range map[string]hs2client.Config{
		"":                                      {TLS: &hs2client.TLSConfig{}, Plain: &hs2client.Plain{User: "u"}},
		"tls.enabled=true: TLS is spoken there": {Plain: &hs2client.Plain{User: "u"}},
	} {
		if got := fixText(heard.HintFor(c)); got != want {
			t.Errorf("hint %q, want %q", got, want)
		}
	}
}

func TestAdvice_IsTheHintOfTheClass(t *testing.T) {
	t.Parallel()
	class := hs2client.Class{Phase: hs2client.PhaseTCP, Kind: hs2client.KindRefused}
	if got := fixText(hs2client.Advice(class, hs2client.Config{})); !strings.Contains(got, "nothing listens there") {
		t.Errorf("advice %q", got)
	}
	if got := hs2client.Advice(hs2client.Class{}, hs2client.Config{}); got != nil {
		t.Errorf("advice %v where nothing failed", got)
	}
}

// A probe is no login and opens no session.
func TestProbe_OpensNothing(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]simcluster.Config{
		"no login": {}, "a login": {Auth: simcluster.AuthLDAP, Users: map[string]string{"ann": "s3cret"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, addr := simulatedNode(t, config)
			plain := &hs2client.Plain{User: "ann", Password: "s3cret"}
			if _, err := hs2client.Probe(t.Context(), hs2client.Config{Addr: addr, Timeout: 4 * time.Second, Plain: plain}); err != nil {
				t.Fatal(err)
			}
			if s := c.Stats(); s.Logins != 0 || s.SessionsOpened != 0 || s.Statements != 0 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// heldConn is a connection of which it is counted whether it is open.
type heldConn struct {
	net.Conn
	open *atomic.Int32
	once sync.Once
}

func (c *heldConn) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

// A probe has one connection at a time, and leaves none.
func TestProbe_ClosesEachConnectionAtOnce(t *testing.T) {
	t.Parallel()
	var open atomic.Int32
	c := hs2client.Config{Addr: serve(t, func(net.Conn) {}), Timeout: soon}
	c.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		if n := open.Add(1); n != 1 {
			t.Errorf("%d connections at once", n)
		}
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, addr)
		return &heldConn{Conn: conn, open: &open}, err
	}
	heard, err := hs2client.Probe(t.Context(), c)
	if err != nil || heard.Connections < 2 || open.Load() != 0 {
		t.Errorf("heard %+v, %v; %d connections are open", heard, err, open.Load())
	}
}

func TestProbe_FailsWithoutAConnection(t *testing.T) {
	t.Parallel()
	heard, err := hs2client.Probe(t.Context(), hs2client.Config{Addr: closedPort(t), Timeout: time.Second})
	if e, ok := errors.AsType[*hs2client.Error](err); !ok || e.Class().String() != "tcp.refused" || heard.Connections != 0 {
		t.Errorf("heard %+v, %v", heard, err)
	}
	if _, err := hs2client.Probe(t.Context(), hs2client.Config{Addr: "nonsense"}); err == nil {
		t.Error("no error for an address that is none")
	}
}

func TestProbe_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	connected := make(chan struct{}, 8)
	addr := serve(t, func(c net.Conn) { connected <- struct{}{}; silent(c) })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-connected; cancel() }()
	begin := time.Now()
	heard, _ := hs2client.Probe(ctx, hs2client.Config{Addr: addr}) // without a timeout, a step is 2 s
	if took := time.Since(begin); took >= 2*time.Second || heard.Connections > 1 {
		t.Errorf("%d connections in %v", heard.Connections, took)
	}
}
