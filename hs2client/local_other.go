//go:build !linux

package hs2client

import "net/netip"

// bindWithoutPort does nothing: only Linux can bind an address and leave the port to
// connect.
func bindWithoutPort(uintptr) {}

// duplicate does nothing: that a failed socket still has its address is known of
// Linux alone.
func (s *pendingSocket) duplicate(uintptr) {}

func (s *pendingSocket) close() {}

func (s *pendingSocket) localAddr() netip.AddrPort { return netip.AddrPort{} }
