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

// rawClient is the floor: the bytes of our client's session over a socket, with
// buffers made beforehand, without Thrift, and without looking at what comes but
// for its length and its first word.
type rawClient struct {
	script *script
	tls    *tls.Config
	hands  sync.Pool // of *hand: one per session at once
}

// hand is the buffers of one worker.
type hand struct {
	requests, replies [][]byte
}

func newRaw(ctx context.Context, addr string, roots *x509.CertPool) (*rawClient, error) {
	s, err := record(ctx, addr, roots)
	if err != nil {
		return nil, fmt.Errorf("recording: %w", err)
	}
	r := &rawClient{script: s, tls: clientTLS(roots)}
	r.hands.New = func() any { return newHand(s) }
	return r, nil
}

func newHand(s *script) *hand {
	h := &hand{}
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
	h := r.hands.Get().(*hand)
	err = r.play(conn, h, 0, len(r.script.requests))
	r.hands.Put(h)
	return errors.Join(err, conn.Close())
}

// play makes the calls from one number to another.
func (r *rawClient) play(conn net.Conn, h *hand, from, to int) error {
	_ = conn.SetDeadline(time.Now().Add(patience))
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
			return fmt.Errorf("call %d was answered with %x", i+1, reply[:4])
		}
	}
	return nil
}

// keep makes the calls until the session is open and Ping has been answered.
func (r *rawClient) keep(ctx context.Context, addr string, _ bool) (func() error, error) {
	conn, err := connect(ctx, addr, r.tls)
	if err != nil {
		return nil, err
	}
	h := r.hands.Get().(*hand)
	defer r.hands.Put(h)
	if err := r.play(conn, h, 0, 2); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn.Close, nil
}

// oneChain follows the first chain to the roots and takes the others only if
// they are that one.
func oneChain(roots *x509.CertPool) func(tls.ConnectionState) error {
	var mu sync.RWMutex
	var known []*x509.Certificate
	return func(state tls.ConnectionState) error {
		mu.RLock()
		same := slices.EqualFunc(known, state.PeerCertificates, (*x509.Certificate).Equal)
		mu.RUnlock()
		if same {
			return nil
		}
		between := x509.NewCertPool()
		for _, c := range state.PeerCertificates[1:] {
			between.AddCert(c)
		}
		_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: serverName})
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		known = state.PeerCertificates
		return nil
	}
}
