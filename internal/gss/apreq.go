package gss

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/chksumtype"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Credential is a ticket for one service with its session key. It must not be changed,
// and may be used by several goroutines at once.
type Credential struct {
	Client types.PrincipalName
	Realm  string // of the client
	Ticket messages.Ticket
	Key    types.EncryptionKey
}

// Format shows the two names and never the key.
func (c Credential) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "%s@%s for %s@%s", c.Client.PrincipalNameString(), c.Realm, c.Ticket.SName.PrincipalNameString(), c.Ticket.Realm)
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
	req := messages.APReq{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_AP_REQ, APOptions: types.NewKrbFlags(),
		Ticket: c.Ticket, EncryptedAuthenticator: part,
	}
	if mutual {
		types.SetFlag(&req.APOptions, flags.APOptionMutualRequired)
	}
	return req.Marshal()
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
func apRep(key types.EncryptionKey, part messages.EncAPRepPart) ([]byte, error) {
	plain, err := asn1.Marshal(part)
	if err != nil {
		return nil, err
	}
	plain = asn1tools.AddASNAppTag(plain, asnAppTag.EncAPRepPart)
	enc, err := EncryptPart(key, keyusage.AP_REP_ENCPART, plain, 0)
	if err != nil {
		return nil, err
	}
	out, err := asn1.Marshal(messages.APRep{PVNO: iana.PVNO, MsgType: msgtype.KRB_AP_REP, EncPart: enc})
	return asn1tools.AddASNAppTag(out, asnAppTag.APREP), err
}
