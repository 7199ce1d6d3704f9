//go:build linux

package main

import (
	"net"
	"testing"
	"time"
)

// Strangers that stay are there from the start, and all that were opened are counted.
func TestStrangers_AreCounted(t *testing.T) {
	t.Parallel()
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	leave := strangers{address: in.Addr().String(), every: time.Hour, stay: 3*time.Hour + 1}.visit(t.Context())
	for range 3 {
		c, err := in.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	if opened := leave(); opened != 3 {
		t.Errorf("%d strangers were opened, want 3", opened)
	}
}
