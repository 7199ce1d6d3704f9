package vocab

import (
	"fmt"
	"slices"
	"strings"
)

// Class says where and how something failed. It is a value to compare and to use
// as a key. The zero value is no failure: whatever has KindNone.
//
// Its text, "open.timeout", is for files and for people. One that this version
// does not know, as a later one may have written it, is kept and written again
// unchanged; Phase and Kind then say as much of it as is known, and the rest is a
// phase that no session has, or [KindOther].
type Class struct {
	Phase Phase
	Kind  Kind

	text string // of another version; "": Phase and Kind are all there is
}

// IsZero reports whether nothing failed.
func (c Class) IsZero() bool { return c.Kind == KindNone }

// IsTimeout reports whether there was no answer in time.
func (c Class) IsTimeout() bool { return c.Kind == KindTimeout }

// IsReset reports whether the connection was reset.
func (c Class) IsReset() bool { return c.Kind == KindReset }

// IsEOF reports whether the connection was closed in good order.
func (c Class) IsEOF() bool { return c.Kind == KindEOF }

// IsClosed reports whether the connection was ended or refused.
func (c Class) IsClosed() bool { return c.IsEOF() || c.IsReset() || c.Kind == KindRefused }

// IsLocal reports whether it is this machine's own failure: it had no descriptor
// or no port left, and no server was asked.
func (c Class) IsLocal() bool { return c.Kind == KindLocalFiles || c.Kind == KindLocalPorts }

// IsRejected reports whether the server refused a login.
func (c Class) IsRejected() bool { return c.Phase == PhaseSASL && c.Kind == KindRejected }

// IsAnsweredLogin reports whether a server, or a proxy before it, answered a login with
// no, for whatever reason. Another one may answer otherwise.
func (c Class) IsAnsweredLogin() bool {
	return c.IsRejected() || c.Phase == PhaseSASL && (c.Kind == KindNoCredentials || c.Kind == KindUnauthorized)
}

// failedLogins are the kinds of a login that would fail alike if it were tried again
// with the same credentials, at whichever coordinator.
var failedLogins = map[Kind]bool{
	KindRejected: true, KindNoCredentials: true, KindUnauthorized: true,
	KindNoTicket: true, KindTicketExpired: true, KindUnknownService: true, KindUnknownClient: true,
	KindKDCUnreachable: true, KindWrongRealm: true, KindNoEncryption: true,
}

// IsFailedLogin reports whether a login failed that is not to be tried again: the server
// refused it, for another attempt might lock an account, or there was nothing to log in
// with, such as a Kerberos ticket. A coordinator that does not prove who it is, or whose
// clock is off, says nothing of the others.
func (c Class) IsFailedLogin() bool { return c.Phase == PhaseSASL && failedLogins[c.Kind] }

// IsAdmission reports whether admission control kept a statement from running.
func (c Class) IsAdmission() bool { return c.Kind == KindAdmission }

// IsInvalidSession reports whether the server did not know the session.
func (c Class) IsInvalidSession() bool { return c.Kind == KindInvalidSession }

// Compare orders classes as their texts are ordered.
func (c Class) Compare(d Class) int {
	if c == d {
		return 0
	}
	return strings.Compare(c.String(), d.String())
}

// String is the phase and the kind: "open.timeout"; "" for no failure.
func (c Class) String() string {
	switch {
	case c.text != "":
		return c.text
	case c.IsZero():
		return ""
	}
	return c.Phase.String() + "." + c.Kind.String()
}

// MarshalText writes String.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// maxText bounds a class in a file, in bytes.
const maxText = 256

// UnmarshalText reads what MarshalText wrote, of this or another version. It
// fails on a text longer than any class.
func (c *Class) UnmarshalText(b []byte) error {
	if len(b) > maxText {
		return fmt.Errorf("class %.40q...: %d bytes are more than %d", b, len(b), maxText)
	}
	*c = Class{}
	if len(b) == 0 {
		return nil
	}
	text := string(b)
	phase, kind, _ := strings.Cut(text, ".")
	c.Phase, c.Kind = phaseNamed(phase), kindNamed(kind)
	if c.String() != text {
		c.text = text
	}
	return nil
}

// phaseNamed is the step that a class begins with, those before a session included.
func phaseNamed(name string) Phase {
	if i := slices.Index(phaseNames, name); i >= 0 {
		return Phase(i)
	}
	return phaseUnknown
}

func kindNamed(name string) Kind {
	for k := KindOther; k < numKinds; k++ {
		if k.String() == name {
			return k
		}
	}
	return KindOther
}
