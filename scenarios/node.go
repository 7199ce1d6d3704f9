package scenarios

import "net/netip"

// Node is one address to dial: a load balancer's name leads to several.
type Node struct {
	Addr netip.AddrPort
	Host string // as the user wrote it, for SNI and messages
}
