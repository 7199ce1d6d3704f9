package vocab

// Protocol is what the listener speaks. The zero value "" is [ProtocolHS2].
type Protocol string

// The protocols of Impala's ports.
const (
	ProtocolHS2     Protocol = "hs2"      // HiveServer2
	ProtocolHS2HTTP Protocol = "hs2-http" // HiveServer2 over HTTP, one call a request
	ProtocolBeeswax Protocol = "beeswax"  // closed by default from Impala 5
)

// Port returns the port that Impala listens on by default.
func (p Protocol) Port() uint16 {
	switch p {
	case ProtocolBeeswax:
		return 21000
	case ProtocolHS2HTTP:
		return 28000
	}
	return 21050
}

// Known reports whether it is a protocol of Impala's.
func (p Protocol) Known() bool {
	return p == "" || p == ProtocolHS2 || p == ProtocolHS2HTTP || p == ProtocolBeeswax
}
