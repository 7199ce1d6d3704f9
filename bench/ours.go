//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

// oursClient is impala-lbcheck's client, with a context, a timeout per phase and a
// record per session. It does not request column descriptions.
type oursClient struct {
	protocol hs2client.Protocol
	http     *hs2client.HTTPConfig
	plain    *hs2client.Plain
	ticket   *hs2client.Ticket
	tls      *hs2client.TLSConfig
}

// newOurs creates the client, with the one ticket of all its sessions.
func newOurs(ctx context.Context, c childArgs) (o oursClient, err error) {
	o.tls = oursTLS(c.roots)
	if c.http {
		o.protocol, o.http = hs2client.ProtocolHS2HTTP, &hs2client.HTTPConfig{ConnectionPerCall: c.client == clientCalls}
	}
	switch c.login {
	case loginNone:
	case loginPassword:
		o.plain = &hs2client.Plain{User: userName, Password: userPassword}
	case loginKerberos:
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		o.ticket, err = c.kerberos.Ticket(ctx, serviceName, serverName)
	default:
		err = errors.New("unknown login " + c.login)
	}
	return o, err
}

func oursTLS(roots *x509.CertPool) *hs2client.TLSConfig {
	if roots == nil {
		return nil
	}
	return &hs2client.TLSConfig{Roots: roots, ServerName: serverName, Curves: []tls.CurveID{tlsCurve}, Chains: new(hs2client.ChainCache)}
}

func (o oursClient) config(addr string) hs2client.Config {
	return hs2client.Config{
		Addr: addr, Protocol: o.protocol, HTTP: o.http, User: userName, Plain: o.plain, Kerberos: o.ticket, TLS: o.tls,
		Timeout: timeout, NoDescribe: true, Record: new(hs2client.Record),
	}
}

func (o oursClient) session(ctx context.Context, addr string) error {
	s, err := hs2client.Open(ctx, o.config(addr))
	if err != nil {
		return err
	}
	rows, err := s.Query(ctx, query)
	if err == nil && rows.Len() != 1 {
		err = errors.New("not one row")
	}
	return errors.Join(err, s.Close(ctx))
}

func (o oursClient) open(ctx context.Context, addr string, parked bool) (func() error, error) {
	s, err := hs2client.Open(ctx, o.config(addr))
	if err != nil {
		return nil, err
	}
	if !parked {
		return func() error { return s.Close(ctx) }, nil
	}
	wait, wake := context.WithCancel(ctx)
	waited := make(chan error, 1)
	go func() {
		err := s.Wait(wait, time.Hour)
		if errors.Is(err, context.Canceled) {
			err = nil
		}
		waited <- err
	}()
	return func() error {
		wake()
		return errors.Join(<-waited, s.Close(ctx))
	}, nil
}
