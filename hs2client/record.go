package hs2client

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"time"
)

// Record is what was measured of one session. The zero value is ready to use;
// a session writes to it until it is closed, and it must not be used elsewhere before.
type Record struct {
	// Phases is how long each phase took. 0: the session did not have it, or
	// did not finish it.
	Phases [NumPhases]time.Duration

	// Local and Remote are both ends of the connection; zero: never connected. On
	// Linux, Local is known of a connection that was refused or got no answer, too.
	Local, Remote netip.AddrPort

	BytesIn, BytesOut int64 // of the connection, TLS's own included

	HTTP *HTTPRecord // nil: not over HTTP, or never connected

	Peer    *Peer // nil: no TLS, or no certificate was received
	Refused bool  // we ended it because of Peer: no failure of the service
}

// HTTPRecord is what was measured of a session over HTTP, which may have several
// connections. The time of those after the first is part of the call they are for.
type HTTPRecord struct {
	Requests          int  // sent, those that were sent once more included
	Connections       int  // made
	Reauthentications int  // calls that were sent once more, because a cookie was refused
	Unproven          bool // the server answered a Kerberos login without proving who it is, as others than Impala do
}

// addrPort is the address of a TCP end; the zero value for any other.
func addrPort(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// countingConn counts the bytes of a connection in its record, TLS's own included. A
// deadline that it notices late is moved: see [moved].
type countingConn struct {
	net.Conn
	record   *Record
	deadline moved
}

// Read counts what was received.
func (c *countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) && c.deadline.move(c.Conn) {
		n, err = c.Conn.Read(p)
	}
	c.record.BytesIn += int64(n)
	return n, err
}

// Write counts what was sent.
func (c *countingConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if errors.Is(err, os.ErrDeadlineExceeded) && c.deadline.move(c.Conn) {
		var more int
		more, err = c.Conn.Write(p[n:])
		n += more
	}
	c.record.BytesOut += int64(n)
	return n, err
}
