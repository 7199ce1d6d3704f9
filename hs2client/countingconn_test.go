package hs2client_test

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// overheard is a connection that counts for itself.
type overheard struct {
	*net.TCPConn
	in, out *atomic.Int64
}

func (o overheard) Read(p []byte) (int, error) {
	n, err := o.TCPConn.Read(p)
	o.in.Add(int64(n))
	return n, err
}

func (o overheard) Write(p []byte) (int, error) {
	n, err := o.TCPConn.Write(p)
	o.out.Add(int64(n))
	return n, err
}

func TestCountingConn_CountsEveryByte(t *testing.T) {
	t.Parallel()
	for name, sim := range map[string]simcluster.Config{
		"plain": {}, "login over TLS": {TLS: true, Auth: simcluster.AuthLDAP, Users: map[string]string{"ann": "s3cret"}},
	} {
		cl := cluster(t, sim)
		for what, have := range map[string]func(hs2client.Config) error{
			"a session": func(c hs2client.Config) error {
				s, err := hs2client.Open(t.Context(), c)
				if err != nil {
					return err
				}
				if _, err := s.Query(t.Context(), "SELECT 1"); err != nil {
					return err
				}
				return s.Close(t.Context())
			},
			"a handshake": func(c hs2client.Config) error { return hs2client.Handshake(t.Context(), c) },
		} {
			c := into(cl, sim)
			if c.TLS == nil && what == "a handshake" {
				continue
			}
			var in, out atomic.Int64
			c.Record = new(hs2client.Record)
			c.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
				conn, err := new(net.Dialer).DialContext(ctx, network, addr)
				if err != nil {
					return nil, err
				}
				return overheard{conn.(*net.TCPConn), &in, &out}, nil
			}
			if err := have(c); err != nil {
				t.Fatal(err)
			}
			if c.Record.BytesIn != in.Load() || c.Record.BytesOut != out.Load() || in.Load() < 100 || out.Load() < 100 {
				t.Errorf("%s of %s: %d bytes in and %d out are recorded of %d and %d", what, name, c.Record.BytesIn, c.Record.BytesOut, in.Load(), out.Load())
			}
		}
	}
}
