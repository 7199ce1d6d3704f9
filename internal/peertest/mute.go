package peertest

import (
	"bytes"
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Mute is a port before another one, on which nothing is answered any more once the client
// says a word: neither side hears anything but that the other one has ended.
type Mute struct {
	Addr string

	word []byte
	met  atomic.Int64
}

// MuteAt serves a port before backend until the test ends.
func MuteAt(t testing.TB, backend, word string) *Mute {
	t.Helper()
	m := &Mute{word: []byte(word)}
	m.Addr = Serve(t, func(c net.Conn) { m.serve(c, backend) })
	return m
}

// Met is on how many connections the word was said.
func (m *Mute) Met() int { return int(m.met.Load()) }

// serve hands on what a client and the backend say until the word, and then reads what the
// client says until it leaves.
func (m *Mute) serve(client net.Conn, backend string) {
	var mute atomic.Bool
	var back sync.WaitGroup
	defer back.Wait()
	server, err := net.Dial("tcp", backend)
	if err != nil {
		return
	}
	defer server.Close()
	back.Go(func() { copyUntil(client, server, func([]byte) bool { return mute.Load() }) })
	var said []byte
	copyUntil(server, client, func(b []byte) bool {
		if mute.Load() {
			return true
		}
		said = append(said[max(0, len(said)-len(m.word)):], b...)
		if bytes.Contains(said, m.word) {
			m.met.Add(1)
			mute.Store(true)
		}
		return mute.Load()
	})
}

// copyUntil copies what is read but for what drop says, until one side has ended. What ended
// one side ends the other.
func copyUntil(to, from net.Conn, drop func([]byte) bool) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if n > 0 && !drop(b[:n]) {
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			_ = to.(*net.TCPConn).CloseWrite()
			return
		}
	}
}
