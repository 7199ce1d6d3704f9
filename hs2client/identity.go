package hs2client

import (
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Identity is the coordinator that answered a session. The zero value is not
// identified. Opening a session shows the name (see [NormalizeCoordinator]) and the
// version; the pid takes a statement.
type Identity = vocab.Identity

// Source is how the coordinator's name was learned.
type Source = vocab.Source

// The sources of an identity that opening a session has.
const (
	SourceNone     = vocab.SourceNone     // not learned: SELECT coordinator() may still say
	SourceHTTPAddr = vocab.SourceHTTPAddr // http_addr in OpenSession's configuration
	SourcePing     = vocab.SourcePing     // webserver_address of Ping
)

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
