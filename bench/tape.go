//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

// step is one request of a session, and its reply.
type step struct {
	request, reply []byte
}

// patch is bytes of a request that are not the same in every session: a handle,
// which an earlier reply told.
type patch struct {
	at, n     int // in the request
	step, pos int // in the reply of that step
}

// script is a session of our client as bytes.
type script struct {
	requests [][]byte
	patches  [][]patch // by request
	replies  []int     // their lengths
}

// recordings is how many sessions are recorded to find what differs. Handles are
// random: that a byte of one is the same in all of so many is no concern.
const recordings = 6

// record has sessions with our own client, so that the script is always what it
// sends now.
func record(ctx context.Context, addr string, roots *x509.CertPool) (*script, error) {
	var tapes [][]step
	for range recordings {
		t := &tape{}
		c := oursClient{}.config(addr)
		c.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := connect(ctx, addr, clientTLS(roots))
			t.Conn = conn
			return t, err
		}
		s, err := hs2client.Open(ctx, c)
		if err != nil {
			return nil, err
		}
		if _, err := s.Query(ctx, statement); err != nil {
			return nil, errors.Join(err, s.Close(ctx))
		}
		if err := s.Close(ctx); err != nil {
			return nil, err
		}
		tapes = append(tapes, t.steps)
	}
	return scriptOf(tapes)
}

// clientTLS is how the raw client and the recording speak TLS; nil: not at all.
// The first chain is followed to the roots, the others are compared with it, as
// with a ChainCache.
func clientTLS(roots *x509.CertPool) *tls.Config {
	if roots == nil {
		return nil
	}
	return &tls.Config{ServerName: serverName, CurvePreferences: []tls.CurveID{curve}, InsecureSkipVerify: true, VerifyConnection: oneChain(roots)}
}

// connect dials, without what the client under test has beside it.
func connect(ctx context.Context, addr string, config *tls.Config) (net.Conn, error) {
	d := net.Dialer{KeepAlive: -1, Timeout: patience}
	conn, err := d.DialContext(ctx, "tcp", addr)
	if err != nil || config == nil {
		return conn, err
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return secure, nil
}

// tape is a connection that keeps what passes.
type tape struct {
	net.Conn
	steps []step
}

// Write begins a step: our client writes a request at once.
func (t *tape) Write(b []byte) (int, error) {
	t.steps = append(t.steps, step{request: bytes.Clone(b)})
	return t.Conn.Write(b)
}

func (t *tape) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	if last := len(t.steps) - 1; last >= 0 {
		t.steps[last].reply = append(t.steps[last].reply, b[:n]...)
	}
	return n, err
}

// scriptOf compares recordings: what differs between their requests is a handle
// and must be found at one place of an earlier reply in all of them.
func scriptOf(tapes [][]step) (*script, error) {
	first := tapes[0]
	s := &script{patches: make([][]patch, len(first))}
	for i := range first {
		s.requests = append(s.requests, first[i].request)
		s.replies = append(s.replies, len(first[i].reply))
		for _, t := range tapes {
			if len(t) != len(first) || len(t[i].request) != len(first[i].request) || len(t[i].reply) != len(first[i].reply) {
				return nil, fmt.Errorf("the lengths of call %d differ between sessions", i+1)
			}
		}
		for _, run := range differing(tapes, i) {
			p, ok := source(tapes, i, run)
			if !ok {
				return nil, fmt.Errorf("bytes %v of call %d come from nowhere", run, i+1)
			}
			s.patches[i] = append(s.patches[i], p)
		}
	}
	return s, nil
}

// differing is the runs [from, to) of request i that are not alike everywhere.
func differing(tapes [][]step, i int) (runs [][2]int) {
	for at := range tapes[0][i].request {
		alike := true
		for _, t := range tapes[1:] {
			alike = alike && t[i].request[at] == tapes[0][i].request[at]
		}
		switch last := len(runs) - 1; {
		case alike:
		case last >= 0 && runs[last][1] == at:
			runs[last][1]++
		default:
			runs = append(runs, [2]int{at, at + 1})
		}
	}
	return runs
}

// source is where a run of request i stands in an earlier reply of every tape.
func source(tapes [][]step, i int, run [2]int) (patch, bool) {
	n := run[1] - run[0]
	for j := range i {
		for pos := 0; pos+n <= len(tapes[0][j].reply); pos++ {
			everywhere := true
			for _, t := range tapes {
				everywhere = everywhere && bytes.Equal(t[i].request[run[0]:run[1]], t[j].reply[pos:pos+n])
			}
			if everywhere {
				return patch{run[0], n, j, pos}, true
			}
		}
	}
	return patch{}, false
}
