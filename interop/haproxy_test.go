//go:build linux

package main

import (
	"net"
	"testing"
)

func TestRequireFree(t *testing.T) {
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken := in.Addr().String()
	if err := requireFree([]string{"127.0.0.1:0", taken}); err == nil {
		t.Errorf("%s has a listener and is called free", taken)
	}
	in.Close()
	if err := requireFree([]string{taken}); err != nil {
		t.Errorf("after it was closed: %v", err)
	}
}
