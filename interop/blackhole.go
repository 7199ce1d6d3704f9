//go:build linux

package main

import (
	"net"
	"net/netip"
	"syscall"
	"time"
)

// blackHole listens at an IPv4 address, fills its queue and accepts nobody: the kernel
// drops the SYN of everyone else, as a router or firewall would.
func blackHole(address string) (release func(), err error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	var waiting []net.Conn
	release = func() {
		for _, c := range waiting {
			c.Close()
		}
		syscall.Close(fd)
	}
	err = syscall.Bind(fd, &syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()})
	if err == nil {
		err = syscall.Listen(fd, 0)
	}
	for err == nil { // until nobody gets in
		c, dialErr := net.DialTimeout("tcp", address, 300*time.Millisecond)
		if dialErr != nil {
			return release, nil
		}
		waiting = append(waiting, c)
	}
	release()
	return nil, err
}
