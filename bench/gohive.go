//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strconv"

	hive "github.com/beltran/gohive"
)

// gohiveClient is github.com/beltran/gohive as its own examples use it.
type gohiveClient struct{ tls *tls.Config }

func newGohive(roots *x509.CertPool) gohiveClient {
	if roots == nil {
		return gohiveClient{}
	}
	return gohiveClient{&tls.Config{RootCAs: roots, ServerName: serverName, CurvePreferences: []tls.CurveID{tlsCurve}}}
}

func (g gohiveClient) connect(addr string) (*hive.Connection, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	conf := hive.NewConnectConfiguration()
	conf.Username, conf.TLSConfig = userName, g.tls
	conf.ConnectTimeout, conf.SocketTimeout = timeout, timeout
	return hive.Connect(host, n, "NOSASL", conf)
}

func (g gohiveClient) session(ctx context.Context, addr string) error {
	conn, err := g.connect(addr)
	if err != nil {
		return err
	}
	cursor := conn.Cursor()
	var pid int32
	cursor.Exec(ctx, query)
	if cursor.Err == nil && !cursor.HasMore(ctx) {
		cursor.Err = errors.Join(errors.New("no row"), cursor.Err)
	}
	if cursor.Err == nil {
		cursor.FetchOne(ctx, &pid)
	}
	err = cursor.Err
	cursor.Close()
	return errors.Join(err, cursor.Err, conn.Close())
}

func (g gohiveClient) open(_ context.Context, addr string, _ bool) (func() error, error) {
	conn, err := g.connect(addr)
	if err != nil {
		return nil, err
	}
	return conn.Close, nil
}
