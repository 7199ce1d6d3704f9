package lbcheck

import (
	"net"
	"net/http"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// setLogin sets who logs in, and for whom. A Kerberos ticket is set where sessions are
// opened.
func (o Options) setLogin(c *hs2client.Config, a scenarios.Auth) {
	c.User, c.Delegate = a.User, a.Delegate
	switch a.Mechanism {
	case scenarios.MechanismKerberos:
		c.QOP = string(a.KerberosQOP)
	case scenarios.MechanismLDAP:
		c.Plain = &hs2client.Plain{User: a.User, Password: o.Password}
	case scenarios.MechanismJWT:
		c.Bearer = &hs2client.Bearer{Token: o.Token}
	}
}

// httpOf is how HTTP is spoken to a node; nil where it is not. Requests name the host
// that the user named, by which proxies choose, and not the node's address. Where TLS asks
// for another name, that is the host: some servers refuse two that differ (Jetty 10 and
// later: "Invalid SNI").
func httpOf(s scenarios.Scenario, n run.Node) *hs2client.HTTPConfig {
	t, host := s.Target, n.Host
	if s.TLS.Enabled && s.TLS.ServerName != "" {
		host = s.TLS.ServerName
	}
	if t.Protocol != scenarios.ProtocolHS2HTTP {
		return nil
	}
	c := &hs2client.HTTPConfig{
		Path: t.HTTPPath, Host: net.JoinHostPort(host, strconv.Itoa(int(n.Addr.Port()))), Header: http.Header{},
		ExpectContinue: t.HTTPExpect, ConnectionPerCall: t.HTTPConnection == scenarios.HTTPPerCall,
	}
	for _, header := range t.HTTPHeaders {
		if name, value, ok := scenarios.SplitHeader(header); ok {
			c.Header.Add(name, value)
		}
	}
	return c
}
