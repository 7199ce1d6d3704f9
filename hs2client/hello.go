package hs2client

import (
	"context"
	"crypto/tls"
	"slices"
)

// hello is what crypto/tls is told for a name. Connections that share a cache of
// chains share it too: each of its own is half a kilobyte for as long as a session.
func (c *TLSConfig) hello(name string) *tls.Config {
	if c.Chains == nil {
		return newHello(name, c.Curves)
	}
	return c.Chains.hello(name, c.Curves)
}

func newHello(name string, curves []tls.CurveID) *tls.Config {
	return &tls.Config{
		ServerName: name,
		// Our own judgement comes after the handshake: crypto/tls would end it at
		// the first objection, before anybody has seen the certificate.
		InsecureSkipVerify: true,
		// Old listeners show their certificate too; refusal names their version.
		MinVersion:       tls.VersionTLS10,
		CurvePreferences: curves,
		// We have none; but that one was asked for tells what a later alert means.
		GetClientCertificate: func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			if l, ok := info.Context().Value(handshakingKey{}).(*link); ok {
				l.asked = true
			}
			return new(tls.Certificate), nil
		},
		// No session cache: a resumed session shows no certificate.
		ClientSessionCache: nil,
	}
}

// handshaking is the context of one link's handshake. It cannot end, so that
// nobody has to wait for its end: the link's deadline and watch do that.
type handshaking struct {
	context.Context
	link *link
}

type handshakingKey struct{}

func (h handshaking) Value(key any) any {
	if key == (handshakingKey{}) {
		return h.link
	}
	return h.Context.Value(key)
}

// hello returns the one for a name and curves, made where it is missing.
func (c *ChainCache) hello(name string, curves []tls.CurveID) *tls.Config {
	c.greeting.Lock()
	defer c.greeting.Unlock()
	for _, h := range c.hellos {
		if h.ServerName == name && slices.Equal(h.CurvePreferences, curves) {
			return h
		}
	}
	h := newHello(name, slices.Clone(curves))
	if len(c.hellos) < maxChains {
		c.hellos = append(c.hellos, h)
	}
	return h
}
