//go:build !linux

package hs2client

import "syscall"

// bindWithoutPort does nothing: only Linux can bind an address and leave the port to
// connect.
func bindWithoutPort(string, string, syscall.RawConn) error { return nil }
