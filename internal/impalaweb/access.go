package impalaweb

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Access is how pages are reached. The zero value is plain HTTP without a login.
type Access struct {
	TLS   bool           // HTTPS, verified by the host of the address
	Roots *x509.CertPool // authorities to trust; nil: the system's

	User, Password string // the login, by Digest or Basic; User "": none
	AllowCleartext bool   // Basic without TLS, which sends the password in cleartext
}

// String does not show the password.
func (a Access) String() string { return "impalaweb.Access" }

// GoString is String.
func (a Access) GoString() string { return a.String() }

// What a server needs that an [Access] does not have. Errors of [Read] wrap them.
var (
	ErrSpeaksHTTPS   = errors.New("the server speaks HTTPS")
	ErrSpeaksHTTP    = errors.New("the server speaks HTTP, not HTTPS")
	ErrLoginRequired = errors.New("the pages need a login")
	ErrLoginRejected = errors.New("the login was rejected")
)

// scheme is that of the pages' URLs.
func (a Access) scheme() string {
	if a.TLS {
		return "https"
	}
	return "http"
}

// errOtherHost is the error of a dial to a host other than the given one.
var errOtherHost = errors.New("connections to other hosts are not allowed")

// newClient returns a client that connects only to hostport.
func newClient(hostport string, a Access) *http.Client {
	var dialer net.Dialer
	return &http.Client{
		Transport: &http.Transport{
			Proxy: nil, // ignore proxy variables
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				if addr != hostport {
					return nil, errOtherHost
				}
				return dialer.DialContext(ctx, network, addr)
			},
			TLSClientConfig:        &tls.Config{RootCAs: a.Roots, MinVersion: tls.VersionTLS12},
			DisableCompression:     true, // so that maxPage limits the bytes received
			MaxConnsPerHost:        1,
			MaxResponseHeaderBytes: maxHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// explain returns what a response, or the lack of one, shows of the server's scheme.
// Where plain HTTP gets no answer, or 400, it dials once more for a TLS handshake,
// which sends nothing of the user's.
func (a Access) explain(ctx context.Context, hostport string, status int, err error) error {
	var notTLS tls.RecordHeaderError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.Is(err, http.ErrSchemeMismatch), errors.As(err, &notTLS):
		return ErrSpeaksHTTP
	case errors.As(err, &unknown):
		return fmt.Errorf("%w; the certificate of the web pages needs an authority that is trusted", withoutURL(err))
	case a.TLS || err == nil && status != http.StatusBadRequest || isDialError(err) || !speaksTLS(ctx, hostport):
		return err
	}
	return ErrSpeaksHTTPS
}

// isDialError reports whether there was no connection at all.
func isDialError(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// schemeTimeout limits the handshake that tells the server's scheme.
const schemeTimeout = time.Second

// speaksTLS reports whether a server answers a TLS handshake, be it by an alert. Which
// certificate it has does not matter, since nothing is sent to it.
func speaksTLS(ctx context.Context, hostport string) bool {
	ctx, cancel := context.WithTimeout(ctx, schemeTimeout)
	defer cancel()
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10}}
	conn, err := dialer.DialContext(ctx, "tcp", hostport)
	if err == nil {
		conn.Close()
		return true
	}
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
