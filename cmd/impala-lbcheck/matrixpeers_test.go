package main

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// scripted is a peer that does the same on every connection.
func scripted(handle func(net.Conn)) func(*testing.T) string {
	return func(t *testing.T) string { return peertest.Serve(t, handle) }
}

// thatSays is a peer that answers the first bytes with the same words and ends.
func thatSays(words string) func(*testing.T) string {
	return scripted(func(c net.Conn) {
		if _, err := c.Read(make([]byte, 1<<10)); err == nil {
			_, _ = io.WriteString(c, words)
			drain(c)
		}
	})
}

// drain ends the sending half and reads until the other side has ended, too: a reset
// could overtake what was said.
func drain(c net.Conn) {
	if half, ok := c.(*net.TCPConn); ok {
		_ = half.CloseWrite()
	}
	_, _ = io.Copy(io.Discard, c)
}

// drip is a peer whose answer never ends, a byte at a time.
func drip(c net.Conn) {
	begin := []byte("\x80\x01\x00\x02\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\x0f\x00\x09\x03\x00\x00\xff\xff") // a field with a long list
	for i := 0; ; i++ {
		b := []byte{0}
		if i < len(begin) {
			b[0] = begin[i]
		}
		if _, err := c.Write(b); err != nil {
			return
		}
		time.Sleep(time.Millisecond) // paces the peer; nothing waits for it
	}
}

// reset answers the first bytes with a reset.
func reset(c net.Conn) {
	_, _ = c.Read(make([]byte, 1))
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
}

// listening is a simulated cluster's first node.
func listening(config simcluster.Config, faults ...string) func(*testing.T) string {
	return func(t *testing.T) string { return cluster(t, config, faults...).Nodes()[0].String() }
}

// taken is an address where somebody listens already.
func taken(t *testing.T) string {
	return peertest.Serve(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
}
