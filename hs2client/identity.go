package hs2client

import "strings"

// Identity says who answered a session. The zero value is nobody.
type Identity struct {
	Coordinator string // host:port of its web server, see [NormalizeCoordinator]; "": not said
	Version     string // Ping's one line, such as "impalad version 4.5.0 ..."; "": not said. Untrusted
	Source      Source
}

// Source is how the coordinator's name was learned.
type Source int

// The sources of an identity, from none to the strongest.
const (
	None     Source = iota // not learned: SELECT coordinator() may still say
	HTTPAddr               // http_addr in OpenSession's configuration
	Ping                   // webserver_address of Ping
)

// String returns the name of the source.
func (s Source) String() string {
	switch s {
	case HTTPAddr:
		return "http_addr"
	case Ping:
		return "ping"
	}
	return "none"
}

// maxName bounds what is kept of a name or version that a server states.
const maxName = 512

// NormalizeCoordinator makes the addresses that a coordinator reports of itself
// comparable: no scheme, no path, lower case, no dot at the end of the host.
// Ping says "https://Host.example.com:25000", http_addr "host.example.com:25000"
// (be/src/service/impala-server.cc). "" stays "". Anything beyond 512 bytes is
// cut off.
func NormalizeCoordinator(address string) string {
	a := strings.ToLower(strings.TrimSpace(address[:min(len(address), maxName)]))
	if _, rest, found := strings.Cut(a, "://"); found {
		a = rest
	}
	a, _, _ = strings.Cut(a, "/")
	if i := strings.LastIndexByte(a, ':'); i >= 0 && !strings.HasSuffix(a, "]") {
		return strings.TrimSuffix(a[:i], ".") + a[i:]
	}
	return strings.TrimSuffix(a, ".")
}

// Capability is something that not every server has.
type Capability int

// The capabilities. A session has each until the server has answered it with
// UNKNOWN_METHOD.
const (
	CanPing     Capability = iota // PingImpalaHS2Service, PingImpalaService
	CanDescribe                   // GetResultSetMetadata, get_results_metadata
	numCapabilities
)
