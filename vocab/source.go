package vocab

import "github.com/impala-lbcheck/impala-lbcheck/internal/enum"

// Source is how the coordinator's name was learned.
type Source int

// The sources of an identity, from none to the strongest.
const (
	SourceNone          Source = iota // the name is unknown
	SourceIdentityQuery               // a statement of the user's
	SourceCoordinator                 // SELECT coordinator(): a host without a port
	SourceHTTPAddr                    // http_addr in OpenSession's configuration
	SourcePing                        // webserver_address of Ping
)

var sourceNames = []string{"none", "identity-query", "coordinator()", "http_addr", "ping"}

// Weak reports whether several coordinators might share one name of this source.
func (s Source) Weak() bool { return s < SourceHTTPAddr }

// String returns the name that result files use; "none" for a number out of range.
func (s Source) String() string { return enum.Name(sourceNames, s, sourceNames[SourceNone]) }

// MarshalText writes the name.
func (s Source) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name; it fails on any other.
func (s *Source) UnmarshalText(b []byte) error { return enum.Parse(sourceNames, "source", b, s) }
