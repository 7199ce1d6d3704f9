package vocab

import "github.com/impala-lbcheck/impala-lbcheck/internal/enum"

// ChainStatus says whether a certificate leads to a trusted root, time and
// host name left aside. The zero value is not checked, which is not a pass.
type ChainStatus int

// The states of a chain.
const (
	ChainUnchecked     ChainStatus = iota
	ChainOK                        // it leads to a trusted root
	ChainIncomplete                // nothing that was sent or is trusted signed the leaf: an intermediate is missing, or its issuer is a root that is not trusted
	ChainSelfSigned                // the leaf signed itself, and is not trusted
	ChainUnknownCA                 // it ends at an authority that is not trusted
	ChainConstraint                // an authority may not issue such a certificate: for that name, that use, or at that depth
	ChainTooLong                   // it has more than [MaxCertificates]
	ChainWeakSignature             // a signature in it is by an algorithm that is not trusted any more
)

var chainNames = []string{"unchecked", "ok", "incomplete", "self-signed", "unknown-ca", "constraint", "too-long", "weak-signature"}

// String returns the name that result files use; "unchecked" for a number out of range.
func (s ChainStatus) String() string { return enum.Name(chainNames, s, chainNames[ChainUnchecked]) }

// MarshalText writes the name.
func (s ChainStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name; it fails on any other.
func (s *ChainStatus) UnmarshalText(b []byte) error { return enum.Parse(chainNames, "chain", b, s) }
