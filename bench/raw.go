//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"sync"
	"time"
)

// rawClient is the lower bound: it sends the bytes of our client's session over a
// socket from buffers allocated beforehand, without Thrift, and checks only the length
// and the first word of a reply.
type rawClient struct {
	script  *script
	tls     *tls.Config
	buffers sync.Pool // of *workerBuffers, one per concurrent session
}

// workerBuffers are the buffers of a worker.
type workerBuffers struct {
	requests, replies [][]byte
}

func newRaw(ctx context.Context, addr string, roots *x509.CertPool) (*rawClient, error) {
	s, err := record(ctx, addr, roots)
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	r := &rawClient{script: s, tls: clientTLS(roots)}
	r.buffers.New = func() any { return newWorkerBuffers(s) }
	return r, nil
}

func newWorkerBuffers(s *script) *workerBuffers {
	h := &workerBuffers{}
	for i, request := range s.requests {
		h.requests = append(h.requests, slices.Clone(request))
		h.replies = append(h.replies, make([]byte, s.replies[i]))
	}
	return h
}

func (r *rawClient) session(ctx context.Context, addr string) error {
	conn, err := connect(ctx, addr, r.tls)
	if err != nil {
		return err
	}
	h := r.buffers.Get().(*workerBuffers)
	err = r.call(conn, h, 0, len(r.script.requests))
	r.buffers.Put(h)
	return errors.Join(err, conn.Close())
}

// call makes the calls [from, to).
func (r *rawClient) call(conn net.Conn, h *workerBuffers, from, to int) error {
	_ = conn.SetDeadline(time.Now().Add(timeout))
	for i := from; i < to; i++ {
		request, reply := h.requests[i], h.replies[i]
		for _, p := range r.script.patches[i] {
			copy(request[p.at:p.at+p.n], h.replies[p.step][p.pos:])
		}
		if _, err := conn.Write(request); err != nil {
			return err
		}
		if _, err := io.ReadFull(conn, reply); err != nil {
			return err
		}
		if reply[0] != 0x80 || reply[3] != 2 { // Thrift's version, and a reply
			return fmt.Errorf("the reply to call %d starts with %x", i+1, reply[:4])
		}
	}
	return nil
}

// open makes the calls up to Ping.
func (r *rawClient) open(ctx context.Context, addr string, _ bool) (func() error, error) {
	conn, err := connect(ctx, addr, r.tls)
	if err != nil {
		return nil, err
	}
	h := r.buffers.Get().(*workerBuffers)
	defer r.buffers.Put(h)
	if err := r.call(conn, h, 0, 2); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn.Close, nil
}

// verifyFirstChain returns a function that verifies the first certificate chain, and
// accepts others without verification if they are the same.
func verifyFirstChain(roots *x509.CertPool) func(tls.ConnectionState) error {
	var mu sync.RWMutex
	var verified []*x509.Certificate
	return func(state tls.ConnectionState) error {
		mu.RLock()
		same := slices.EqualFunc(verified, state.PeerCertificates, (*x509.Certificate).Equal)
		mu.RUnlock()
		if same {
			return nil
		}
		intermediates := x509.NewCertPool()
		for _, c := range state.PeerCertificates[1:] {
			intermediates.AddCert(c)
		}
		_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, DNSName: serverName})
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		verified = state.PeerCertificates
		return nil
	}
}
