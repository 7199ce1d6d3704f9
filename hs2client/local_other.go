//go:build !linux

package hs2client

import "syscall"

// portLater does nothing: only Linux can bind an address and leave the port to
// connect.
func portLater(string, string, syscall.RawConn) error { return nil }
