package hs2client

import (
	"fmt"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// HTTPConfig says how HiveServer2 is spoken over HTTP: each call is one POST. No proxy
// is taken from the environment, and no redirect is followed.
type HTTPConfig struct {
	// Path of every request, with a query or without ("cliservice?doAs=ann"); "":
	// cliservice. Impala takes any, proxies do not. It may begin with a slash.
	Path string

	// Host is the Host of every request, which proxies choose by; "": the name and
	// port of Config.Addr, or TLS.ServerName with that port.
	Host string

	// Header is further fields of every request, such as X-Forwarded-For; those that
	// HTTP, the login or the protocol need cannot be set.
	Header http.Header

	// ExpectContinue asks before each body is sent, as Impala's own clients do where a
	// body has more than 1024 bytes. The answer is waited for for a second.
	ExpectContinue bool

	// ConnectionPerCall makes a connection for each call, as impyla does. Behind a
	// balancer each of them may reach another coordinator.
	ConnectionPerCall bool
}

// checkHTTP refuses what cannot be sent over HTTP, and what is of no use elsewhere.
func (c *Config) checkHTTP() (Phase, error) {
	if c.Protocol != ProtocolHS2HTTP {
		switch {
		case c.Bearer != nil:
			return PhaseSASL, invalid("a token logs in over HTTP alone: use protocol " + string(ProtocolHS2HTTP))
		case c.HTTP != nil:
			return PhaseOpen, invalid("settings of HTTP need protocol " + string(ProtocolHS2HTTP))
		}
		return PhaseOpen, nil
	}
	if err := c.checkHTTPLogin(); err != nil {
		return PhaseSASL, err
	}
	if c.HTTP == nil {
		return PhaseOpen, nil
	}
	return PhaseOpen, c.HTTP.check()
}

func (c *Config) checkHTTPLogin() error {
	switch p, b := c.Plain, c.Bearer; {
	case p != nil && b != nil:
		return invalid("a session logs in by password or by token, not by both")
	case p != nil && strings.Contains(p.User, ":"):
		return invalid("a user of HTTP's Basic login has no colon")
	case b != nil && b.Token == "":
		return invalid("the token is empty")
	case b != nil && !vocab.IsVisibleASCII(b.Token):
		return invalid("the token has a blank, a line break or another character that no token has")
	}
	return nil
}

func (h *HTTPConfig) check() error {
	if len(h.Path) > vocab.MaxHTTPPath {
		return invalid(fmt.Sprintf("the path of HTTP has more than %d bytes", vocab.MaxHTTPPath))
	}
	if _, err := h.url(); err != nil {
		return err
	}
	if !vocab.IsVisibleASCII(h.Host) || strings.ContainsAny(h.Host, `/?#@\"<>`) {
		return invalid("the Host of HTTP is no host and no host:port")
	}
	size := 0
	for name, values := range h.Header {
		if !vocab.IsHTTPFieldName(name) {
			return invalid("a field of HTTP with an invalid name: " + strconv.Quote(name[:min(len(name), 40)]))
		}
		if vocab.IsOwnHTTPField(name) {
			return invalid("the field " + name + " of HTTP is set by the client itself")
		}
		for _, value := range values {
			size += len(name) + len(value)
			if !vocab.IsHTTPFieldValue(value) {
				return invalid("the field " + name + " of HTTP has a line break or another control character")
			}
		}
	}
	if size > vocab.MaxHTTPFields {
		return invalid(fmt.Sprintf("the further fields of HTTP have more than %d bytes", vocab.MaxHTTPFields))
	}
	return nil
}

// url is the path and the query of every request; a nil h has the defaults.
func (h *HTTPConfig) url() (*url.URL, error) {
	path := vocab.DefaultHTTPPath
	if h != nil && h.Path != "" {
		path = strings.TrimPrefix(h.Path, "/")
	}
	u, err := url.ParseRequestURI("/" + path)
	if err != nil || !vocab.IsVisibleASCII(path) || strings.Contains(path, "#") {
		return nil, invalid("the path of HTTP is no path with or without a query: encode what is no letter, digit or mark of a URL (%20)")
	}
	return u, nil
}

// httpHost is the Host of every request.
func (c *Config) httpHost() string {
	if c.HTTP != nil && c.HTTP.Host != "" {
		return c.HTTP.Host
	}
	if c.TLS == nil || c.TLS.ServerName == "" {
		return c.Addr
	}
	_, port, _ := net.SplitHostPort(c.Addr) // it was checked
	return net.JoinHostPort(strings.TrimSuffix(c.TLS.ServerName, "."), port)
}

// fields are the further fields, by their canonical names; a nil h has none.
func (h *HTTPConfig) fields() http.Header {
	if h == nil || len(h.Header) == 0 {
		return nil
	}
	all := make(http.Header, len(h.Header))
	for name, values := range h.Header {
		name = textproto.CanonicalMIMEHeaderKey(name)
		all[name] = append(all[name], values...)
	}
	return all
}
