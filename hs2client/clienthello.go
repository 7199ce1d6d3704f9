package hs2client

import (
	"context"
	"crypto/tls"
	"slices"
)

// clientHelloConfig is the configuration of crypto/tls for a name. Connections that
// share a cache of chains share it too: one of its own is half a kilobyte for as
// long as a session is open.
func (c *TLSConfig) clientHelloConfig(name string) *tls.Config {
	if c.Chains == nil {
		return newClientHelloConfig(name, c.Curves, c.Certificate)
	}
	return c.Chains.clientHelloConfig(name, c.Curves, c.Certificate)
}

// newClientHelloConfig has the client's own certificate, or none where that is nil.
func newClientHelloConfig(name string, curves []tls.CurveID, own *tls.Certificate) *tls.Config {
	if own == nil {
		own = new(tls.Certificate)
	}
	return &tls.Config{
		ServerName: name,
		// We verify after the handshake: crypto/tls would end it at the first
		// objection, before the certificate is recorded.
		InsecureSkipVerify: true,
		// Old listeners show their certificate too; the refusal names their version.
		MinVersion:       tls.VersionTLS10,
		CurvePreferences: curves,
		// Whether one was requested shows what a later alert means. It is shown whatever
		// authorities the listener names: its alert then says what is wrong with it.
		GetClientCertificate: func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if conn, ok := info.Context().Value(handshakeKey{}).(*connection); ok {
				conn.certRequested = true
			}
			return own, nil
		},
		// No session cache: a resumed session shows no certificate.
		ClientSessionCache: nil,
	}
}

// handshakeContext is the context of one connection's handshake. It cannot end, so
// that crypto/tls starts no goroutine for it: the connection's deadline and watch end
// the handshake.
type handshakeContext struct {
	context.Context
	conn *connection
}

type handshakeKey struct{}

// Value is the connection, under its key.
func (h handshakeContext) Value(key any) any {
	if key == (handshakeKey{}) {
		return h.conn
	}
	return h.Context.Value(key)
}

// sharedConfig is a configuration of crypto/tls and the client's certificate in it.
type sharedConfig struct {
	*tls.Config
	own *tls.Certificate
}

// clientHelloConfig returns the configuration for a name, curves and a certificate, and
// makes it where it is missing.
func (c *ChainCache) clientHelloConfig(name string, curves []tls.CurveID, own *tls.Certificate) *tls.Config {
	c.configsMu.Lock()
	defer c.configsMu.Unlock()
	for _, shared := range c.configs {
		if shared.ServerName == name && slices.Equal(shared.CurvePreferences, curves) && shared.own == own {
			return shared.Config
		}
	}
	config := newClientHelloConfig(name, slices.Clone(curves), own)
	if len(c.configs) < maxChains {
		c.configs = append(c.configs, sharedConfig{config, own})
	}
	return config
}
