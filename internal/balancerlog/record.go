package balancerlog

import (
	"net/netip"
	"time"
)

// Record is what one line says of a connection. What a format does not have is zero.
type Record struct {
	Client   netip.AddrPort // who connected, as the balancer saw it
	Node     netip.AddrPort // the balancer's address that was dialled; port 0: only its address is known
	Backend  netip.AddrPort // where the connection was sent
	Name     string         // the backend's name, untrusted; "": it has none, or none was chosen
	Accepted time.Time      // when the balancer took the connection, by its own clock
	Ended    time.Time      // zero: unknown
	Reason   string         // why it ended, in the words of the log, untrusted; "": properly
	Retried  bool           // another backend was tried before
	Sent     int64          // bytes to the client; -1: unknown
	Received int64          // bytes from the client; -1: unknown
}

// reset makes r the record of a line of which nothing is known yet.
func (r *Record) reset() { *r = Record{Sent: -1, Received: -1} }
