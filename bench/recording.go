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

// step is a request of a session, and its reply.
type step struct {
	request, reply []byte
}

// patch is a part of a request that differs between sessions: a handle from an earlier
// reply.
type patch struct {
	at, n     int // position and length in the request
	step, pos int // position in the reply of a step
}

// script is the bytes of a session of our client.
type script struct {
	requests [][]byte
	patches  [][]patch // by request
	replies  []int     // lengths
}

// recordingCount is the number of sessions recorded to find what differs. It makes it
// improbable that a byte of a random handle is the same in all of them.
const recordingCount = 6

// record has sessions with our own client, so that the script is always what it
// sends now.
func record(ctx context.Context, addr string, roots *x509.CertPool) (*script, error) {
	var sessions [][]step
	for range recordingCount {
		t := &recordingConn{}
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
		if _, err := s.Query(ctx, query); err != nil {
			return nil, errors.Join(err, s.Close(ctx))
		}
		if err := s.Close(ctx); err != nil {
			return nil, err
		}
		sessions = append(sessions, t.steps)
	}
	return scriptOf(sessions)
}

// clientTLS returns the TLS configuration of the raw client and the recording; nil: no
// TLS. Like a ChainCache it verifies only the first chain.
func clientTLS(roots *x509.CertPool) *tls.Config {
	if roots == nil {
		return nil
	}
	return &tls.Config{ServerName: serverName, CurvePreferences: []tls.CurveID{tlsCurve}, InsecureSkipVerify: true, VerifyConnection: verifyFirstChain(roots)}
}

// connect dials without keepalive and without features of our client.
func connect(ctx context.Context, addr string, config *tls.Config) (net.Conn, error) {
	d := net.Dialer{KeepAlive: -1, Timeout: timeout}
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

// recordingConn is a connection that records requests and replies.
type recordingConn struct {
	net.Conn
	steps []step
}

// Write starts a step: our client writes a request with one call.
func (t *recordingConn) Write(b []byte) (int, error) {
	t.steps = append(t.steps, step{request: bytes.Clone(b)})
	return t.Conn.Write(b)
}

func (t *recordingConn) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	if last := len(t.steps) - 1; last >= 0 {
		t.steps[last].reply = append(t.steps[last].reply, b[:n]...)
	}
	return n, err
}

// scriptOf compares recorded sessions. What differs between their requests is a
// handle, which must be at the same place of an earlier reply in all of them.
func scriptOf(sessions [][]step) (*script, error) {
	first := sessions[0]
	s := &script{patches: make([][]patch, len(first))}
	for i := range first {
		s.requests = append(s.requests, first[i].request)
		s.replies = append(s.replies, len(first[i].reply))
		for _, t := range sessions {
			if len(t) != len(first) || len(t[i].request) != len(first[i].request) || len(t[i].reply) != len(first[i].reply) {
				return nil, fmt.Errorf("the lengths of call %d differ between sessions", i+1)
			}
		}
		for _, r := range differingRanges(sessions, i) {
			p, ok := findInReplies(sessions, i, r)
			if !ok {
				return nil, fmt.Errorf("bytes %v of call %d are in no earlier reply", r, i+1)
			}
			s.patches[i] = append(s.patches[i], p)
		}
	}
	return s, nil
}

// differingRanges returns the ranges [from, to) of request i that differ between
// sessions.
func differingRanges(sessions [][]step, i int) (ranges [][2]int) {
	for at := range sessions[0][i].request {
		equal := true
		for _, t := range sessions[1:] {
			equal = equal && t[i].request[at] == sessions[0][i].request[at]
		}
		switch last := len(ranges) - 1; {
		case equal:
		case last >= 0 && ranges[last][1] == at:
			ranges[last][1]++
		default:
			ranges = append(ranges, [2]int{at, at + 1})
		}
	}
	return ranges
}

// findInReplies finds the place of a range of request i in an earlier reply that is
// the same in every session.
func findInReplies(sessions [][]step, i int, r [2]int) (patch, bool) {
	n := r[1] - r[0]
	for j := range i {
		for pos := 0; pos+n <= len(sessions[0][j].reply); pos++ {
			found := true
			for _, t := range sessions {
				found = found && bytes.Equal(t[i].request[r[0]:r[1]], t[j].reply[pos:pos+n])
			}
			if found {
				return patch{at: r[0], n: n, step: j, pos: pos}, true
			}
		}
	}
	return patch{}, false
}
