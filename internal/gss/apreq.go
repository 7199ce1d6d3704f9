package gss

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// Credential is a ticket for one service with its session key. It must not be changed,
// and may be used by several goroutines at once.
type Credential struct {
	Client types.PrincipalName
	Realm  string // of the client
	Ticket krbmsg.Ticket
	Key    types.EncryptionKey
}

// Format shows the two names and never the key.
func (c Credential) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%s for %s", krbmsg.Principal(c.Client, c.Realm), krbmsg.Principal(c.Ticket.SName, c.Ticket.Realm))
}

// NewAuthenticator is an authenticator of a credential, of a time that no other of this
// process has.
func NewAuthenticator(c Credential, now time.Time) types.Authenticator {
	second, micro := stamp(now)
	return types.Authenticator{
		AVNO: iana.PVNO, CRealm: c.Realm, CName: c.Client, CTime: second, Cusec: micro,
		// Some servers take a number of 31 bits or more for a negative one.
		SeqNumber: int64(rand.Uint32() >> 2),
	}
}

// APReq makes the message that shows a credential to a service; usage is 11, or 7 to
// the ticket granting service.
func APReq(c Credential, a types.Authenticator, usage uint32, mutual bool) ([]byte, error) {
	plain, err := a.Marshal()
	if err != nil {
		return nil, err
	}
	part, err := EncryptPart(c.Key, usage, plain, 0)
	if err != nil {
		return nil, err
	}
	return krbmsg.NewAPReq(c.Ticket, part, mutual).Marshal()
}

// The flags that a client asks for (RFC 4121, section 4.1.1.1).
const (
	FlagMutual = 2
	flagReplay = 4
	flagOrder  = 8
	flagConf   = 16
	flagInt    = 32

	wanted = FlagMutual | flagReplay | flagOrder | flagConf | flagInt // as Java's clients do
)

// checksumSize is that of the checksum which is none: flags without a channel binding.
const checksumSize = 24

// flagChecksum puts flags where GSS-API has them.
func flagChecksum(flags uint32) types.Checksum {
	b := make([]byte, checksumSize)
	binary.LittleEndian.PutUint32(b, 16)
	binary.LittleEndian.PutUint32(b[20:], flags)
	return types.Checksum{CksumType: chksumtype.GSSAPI, Checksum: b}
}

// checksumFlags reads them.
func checksumFlags(c types.Checksum) (flags uint32, ok bool) {
	if c.CksumType != chksumtype.GSSAPI || len(c.Checksum) < checksumSize {
		return 0, false
	}
	return binary.LittleEndian.Uint32(c.Checksum[20:]), true
}

// apRep makes a server's proof.
func apRep(key types.EncryptionKey, part krbmsg.EncAPRepPart) ([]byte, error) {
	plain, err := part.Marshal()
	if err != nil {
		return nil, err
	}
	enc, err := EncryptPart(key, keyusage.AP_REP_ENCPART, plain, 0)
	if err != nil {
		return nil, err
	}
	return krbmsg.MarshalAPRep(enc)
}
