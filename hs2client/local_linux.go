package hs2client

import "syscall"

// ipBindAddressNoPort is IP_BIND_ADDRESS_NO_PORT (include/uapi/linux/in.h),
// which package syscall does not have.
const ipBindAddressNoPort = 24

// bindWithoutPort leaves the local port to connect, which may give one port to several
// connections as long as their other ends differ; bind would reserve it for one.
// Where the kernel does not know the option (before 4.2), bind does.
func bindWithoutPort(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, ipBindAddressNoPort, 1)
	})
}
