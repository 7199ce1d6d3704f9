package gss

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// Acceptor is a server that accepts tickets. It must not be changed while it is used,
// and may be used by several goroutines at once.
type Acceptor struct {
	Keys    keytab.Table
	Service string           // impala/host@REALM: the only service accepted; "": any in Keys, as Impala does over HTTP
	Subkey  bool             // assert a key of its own, as MIT does and Java does not
	Now     func() time.Time // nil: time.Now
}

// MaxSkew is how far a client's clock may be from the server's.
const MaxSkew = 5 * time.Minute

// Accepted is a login that was accepted.
type Accepted struct {
	*Context
	Client  string // alice@EXAMPLE.COM
	Service string // impala/host@EXAMPLE.COM
	Flags   uint32 // that the client asked for; FlagMutual is one
	Reply   []byte // the token to send; nil where the client did not ask for one
}

// Accept reads a client's first token, with or without SPNEGO around it. It fails with
// a [*Refusal] or with [ErrToken]. A SPNEGO message whose first mechanism is not
// Kerberos is refused: it would take another step.
func (a *Acceptor) Accept(token []byte) (*Accepted, error) {
	negotiated := false
	if n, err := ParseNegotiation(token); err == nil {
		if n.Answer || !n.Kerberos {
			return nil, ErrToken
		}
		token, negotiated = n.Token, true
	}
	kind, message, err := parseKerberos(token)
	if err != nil || kind != tokenAPReq {
		return nil, ErrToken
	}
	req, err := krbmsg.ParseAPReq(message)
	if err != nil {
		return nil, ErrToken
	}
	ticket, auth, err := a.open(req)
	if err != nil {
		return nil, err
	}
	asked, ok := checksumFlags(auth.Cksum)
	if !ok {
		return nil, refuse(errorcode.KRB_AP_ERR_INAPP_CKSUM, "no flags of GSS-API")
	}
	out := &Accepted{
		Client: krbmsg.Principal(ticket.CName, ticket.CRealm), Service: krbmsg.Principal(req.Ticket.SName, req.Ticket.Realm), Flags: asked,
		Context: &Context{key: ticket.Key, sent: rand.Uint32() >> 2, got: uint32(auth.SeqNumber)},
	}
	if len(auth.SubKey.KeyValue) > 0 {
		out.key = auth.SubKey
	}
	if err := a.reply(out, ticket.Key, auth, negotiated); err != nil {
		return nil, err
	}
	return out, nil
}

// reply completes a login: the server's own key and its proof.
func (a *Acceptor) reply(out *Accepted, session types.EncryptionKey, auth types.Authenticator, negotiated bool) error {
	if _, err := etypeOf(out.key); err != nil || !IsAES(out.key.KeyType) {
		return refuse(errorcode.KDC_ERR_ETYPE_NOSUPP, "messages are protected with AES alone")
	}
	if out.Flags&FlagMutual == 0 {
		return nil
	}
	part := krbmsg.EncAPRepPart{CTime: auth.CTime.UTC().Truncate(time.Second), Cusec: auth.Cusec, SequenceNumber: int64(out.sent)}
	if a.Subkey {
		key, err := NewKey(out.key.KeyType)
		if err != nil {
			return err
		}
		part.Subkey, out.key, out.subkey = key, key, true
	}
	rep, err := apRep(session, part)
	if err != nil {
		return err
	}
	out.Reply = appendKerberos(tokenAPRep, rep)
	if negotiated {
		out.Reply = AppendNegotiation(Negotiation{Answer: true, Kerberos: true, State: StateCompleted, Token: out.Reply})
	}
	return nil
}

// open decrypts a ticket and its authenticator, and checks both.
func (a *Acceptor) open(req krbmsg.APReq) (ticket krbmsg.EncTicketPart, auth types.Authenticator, err error) {
	key, err := a.key(req.Ticket)
	if err != nil {
		return ticket, auth, err
	}
	plain, err := DecryptPart(key, keyusage.KDC_REP_TICKET, req.Ticket.EncPart)
	if err == nil {
		ticket, err = krbmsg.ParseEncTicketPart(plain)
	}
	if err != nil {
		return ticket, auth, refuse(errorcode.KRB_AP_ERR_BAD_INTEGRITY, "the ticket was made with another key")
	}
	plain, err = DecryptPart(ticket.Key, keyusage.AP_REQ_AUTHENTICATOR, req.Authenticator)
	if err != nil || auth.Unmarshal(plain) != nil {
		return ticket, auth, refuse(errorcode.KRB_AP_ERR_BAD_INTEGRITY, "the authenticator was made with another key")
	}
	if !auth.CName.Equal(ticket.CName) || auth.CRealm != ticket.CRealm {
		return ticket, auth, refuse(errorcode.KRB_AP_ERR_BADMATCH, "ticket and authenticator are of two clients")
	}
	return ticket, auth, checkTimes(ticket, auth, a.now())
}

func (a *Acceptor) now() time.Time {
	if a.Now == nil {
		return time.Now()
	}
	return a.Now()
}

// key is the one that a ticket says it was made with.
func (a *Acceptor) key(t krbmsg.Ticket) (types.EncryptionKey, error) {
	if a.Service != "" && krbmsg.Principal(t.SName, t.Realm) != a.Service {
		return types.EncryptionKey{}, refuse(errorcode.KRB_AP_ERR_NOT_US, "a ticket for another service")
	}
	e, ok := a.Keys.Find(t.SName.NameString, t.Realm, t.EncPart.EType, uint32(t.EncPart.KVNO))
	if !ok {
		return types.EncryptionKey{}, refuse(errorcode.KRB_AP_ERR_NOKEY, "no such key in the keytab")
	}
	return types.EncryptionKey{KeyType: e.EType, KeyValue: e.Key}, nil
}

// checkTimes checks what is only good for a time.
func checkTimes(ticket krbmsg.EncTicketPart, auth types.Authenticator, now time.Time) error {
	client := auth.CTime.Add(time.Duration(auth.Cusec) * time.Microsecond)
	switch {
	case client.Sub(now).Abs() > MaxSkew:
		return refuse(errorcode.KRB_AP_ERR_SKEW, "the clocks of client and server differ")
	case ticket.ValidFrom().Sub(now) > MaxSkew || types.IsFlagSet(&ticket.Flags, flags.Invalid):
		return refuse(errorcode.KRB_AP_ERR_TKT_NYV, "the ticket is not valid yet")
	case now.Sub(ticket.EndTime) > MaxSkew:
		return refuse(errorcode.KRB_AP_ERR_TKT_EXPIRED, "the ticket has expired")
	}
	return nil
}

// Offer is the server's next message of SASL GSSAPI: the protections to choose from,
// and the longest token that it is ready to receive.
func (a *Accepted) Offer(set QOP, maxSize int) ([]byte, error) {
	return a.Wrap(Layer{QOP: set, MaxSize: maxSize}.Append(nil), false)
}

// Choose reads the client's choice from a set. Clients of Cyrus end the name with a NUL.
func (a *Accepted) Choose(token []byte, set QOP) (Layer, error) {
	message, _, err := a.Unwrap(token)
	if err != nil {
		return Layer{}, err
	}
	l, err := ParseLayer(message)
	if err == nil && (l.QOP&set == 0 || l.QOP&(l.QOP-1) != 0) {
		err = ErrLayer
	}
	l.AuthzID = strings.TrimRight(l.AuthzID, "\x00")
	return l, err
}
