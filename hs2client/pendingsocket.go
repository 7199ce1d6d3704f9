package hs2client

import (
	"context"
	"net/netip"
	"syscall"
)

// pendingSocket is a socket while it connects. The dialer closes one that failed,
// and with it is lost the local port, by which alone the session can be found in a
// balancer's log. A duplicate of the descriptor, for as long as connecting takes,
// outlives that. The zero value has none.
type pendingSocket struct {
	leavePort bool // the local address is bound, and connect is to choose its port
	fd        int
	open      bool // fd is
}

// control is [net.Dialer]'s ControlContext: it is called before connect.
func (s *pendingSocket) control(_ context.Context, _, _ string, c syscall.RawConn) error {
	return c.Control(s.prepare)
}

func (s *pendingSocket) prepare(fd uintptr) {
	if s.leavePort {
		bindWithoutPort(fd)
	}
	s.duplicate(fd)
}

// release closes the duplicate and returns the address that the socket connected
// from, or tried to; the zero value where it is not known.
func (s *pendingSocket) release() netip.AddrPort {
	defer s.close()
	return s.localAddr()
}
