package hs2client

import (
	"net/netip"
	"syscall"
)

// ipBindAddressNoPort is IP_BIND_ADDRESS_NO_PORT (include/uapi/linux/in.h),
// which package syscall does not have.
const ipBindAddressNoPort = 24

// bindWithoutPort leaves the local port to connect, which may give one port to several
// connections as long as their other ends differ; bind would reserve it for one.
// Where the kernel does not know the option (before 4.2), bind does.
func bindWithoutPort(fd uintptr) {
	_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, ipBindAddressNoPort, 1)
}

// duplicate makes a second descriptor. Where none is left there is no duplicate,
// and the local address of a failed connection is not known.
func (s *pendingSocket) duplicate(fd uintptr) {
	s.close() // of an earlier attempt
	if dup, _, errno := syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_DUPFD_CLOEXEC, 0); errno == 0 {
		s.fd, s.open = int(dup), true
	}
}

func (s *pendingSocket) close() {
	if s.open {
		_ = syscall.Close(s.fd)
		s.open = false
	}
}

// localAddr is the zero value where the socket got no port.
func (s *pendingSocket) localAddr() netip.AddrPort {
	if !s.open {
		return netip.AddrPort{}
	}
	name, err := syscall.Getsockname(s.fd)
	if err != nil {
		return netip.AddrPort{}
	}
	return addrPortOf(name)
}

// addrPortOf is the zero value for an address without a port.
func addrPortOf(name syscall.Sockaddr) netip.AddrPort {
	var addr netip.AddrPort
	switch n := name.(type) {
	case *syscall.SockaddrInet4:
		addr = netip.AddrPortFrom(netip.AddrFrom4(n.Addr), uint16(n.Port))
	case *syscall.SockaddrInet6:
		addr = netip.AddrPortFrom(netip.AddrFrom16(n.Addr).Unmap(), uint16(n.Port))
	}
	if addr.Port() == 0 {
		return netip.AddrPort{}
	}
	return addr
}
