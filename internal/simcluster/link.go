package simcluster

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"time"
)

// link is one client's connection after TLS, as the balancer hands it to a
// coordinator. It does to the bytes what the faults ask for.
type link struct {
	net.Conn                 // the TLS connection, or tcp itself
	tcp        *net.TCPConn  // what is under it
	prefix     []byte        // read before what the client sends: the balancer's PROXY header
	received   *atomic.Int64 // counts the client's bytes
	sent       int64         // bytes written
	resetAfter int64         // bytes written until a reset; 0: never
	flaky      bool          // reset at the first byte read
	readFailed bool          // a read has failed: nothing more comes
	idle       *idleTimer    // nil: silence is not watched
}

// clientAddr is the address at the other end; zero without a socket, as in tests.
func (l *link) clientAddr() netip.AddrPort {
	if l.tcp == nil {
		return netip.AddrPort{}
	}
	return l.tcp.RemoteAddr().(*net.TCPAddr).AddrPort()
}

// errReset is returned by reads and writes after a fault has reset the link.
var errReset = errors.New("reset by a simulated fault")

func (l *link) Read(b []byte) (int, error) {
	if len(l.prefix) > 0 {
		n := copy(b, l.prefix)
		l.prefix = l.prefix[n:]
		return n, nil
	}
	if l.idle.cutMode() != "" {
		return 0, errIdleCut
	}
	n, err := l.Conn.Read(b)
	l.received.Add(int64(n))
	l.idle.recordTraffic(n)
	l.readFailed = err != nil && l.idle.cutMode() == ""
	if l.flaky && n > 0 {
		return 0, l.reset()
	}
	return n, err
}

func (l *link) Write(b []byte) (int, error) {
	if l.idle.cutMode() != "" {
		return 0, errIdleCut
	}
	l.idle.recordTraffic(len(b))
	if l.resetAfter > 0 && l.sent+int64(len(b)) >= l.resetAfter {
		n, err := l.Conn.Write(b[:l.resetAfter-l.sent])
		l.sent += int64(n)
		if err == nil {
			err = l.reset()
		}
		return n, err
	}
	n, err := l.Conn.Write(b)
	l.sent += int64(n)
	return n, err
}

// reset closes the connection so that the kernel sends RST.
func (l *link) reset() error {
	l.tcp.SetLinger(0)
	l.tcp.Close()
	return errReset
}

// lingerTimeout is how long closeGracefully waits for the client to close.
const lingerTimeout = 5 * time.Second

// closeGracefully closes the connection as a proxy does: the client reads EOF
// even if it has sent bytes that were not read. Closing immediately would answer
// unread bytes with RST.
func (l *link) closeGracefully() {
	defer l.tcp.Close()
	if l.readFailed {
		return
	}
	if l.idle.cutMode() == cutModeSilent {
		l.tcp.SetReadDeadline(time.Time{})
		io.Copy(io.Discard, l.tcp)
		return
	}
	l.closeWrite()
	l.tcp.SetReadDeadline(time.Now().Add(lingerTimeout))
	io.Copy(io.Discard, l.tcp)
}

// closeWrite closes the direction to the client, TLS first.
func (l *link) closeWrite() {
	if c, ok := l.Conn.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
	l.tcp.CloseWrite()
}

// discardInput reads and discards the client's bytes until it closes.
func (l *link) discardInput() { io.Copy(io.Discard, l) }
