package gss

import (
	"errors"
	"fmt"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// ErrServerProof is returned for an answer that does not prove that the server holds
// the service's key.
var ErrServerProof = errors.New("the server did not prove its identity")

// Initiator is a login that waits for the server's answer.
type Initiator struct {
	credential Credential
	sent       types.Authenticator
}

// Initiate begins a login: the token to send, of the Kerberos mechanism without SPNEGO.
func Initiate(c Credential, now time.Time) (*Initiator, []byte, error) {
	if !IsAES(c.Key.KeyType) {
		return nil, nil, fmt.Errorf("the session key is %s, and messages are protected with AES alone", ETypeName(c.Key.KeyType))
	}
	subkey, err := NewKey(c.Key.KeyType)
	if err != nil {
		return nil, nil, err
	}
	a := NewAuthenticator(c, now)
	a.SubKey, a.Cksum = subkey, flagChecksum(wanted)
	req, err := APReq(c, a, keyusage.AP_REQ_AUTHENTICATOR, true)
	if err != nil {
		return nil, nil, err
	}
	return &Initiator{c, a}, appendKerberos(tokenAPReq, req), nil
}

// Finish reads the server's answer, with or without SPNEGO around it. It fails with
// [ErrServerProof], or with a [*Refusal] where the server says why it refuses.
func (i *Initiator) Finish(reply []byte) (*Context, error) {
	if len(reply) > MaxToken {
		return nil, fmt.Errorf("%w: an answer of %d bytes", ErrServerProof, len(reply))
	}
	if n, err := ParseNegotiation(reply); err == nil {
		if n.State == StateRejected && len(n.Token) == 0 {
			return nil, &Refusal{Text: "SPNEGO: rejected"}
		}
		reply = n.Token
	}
	kind, message, err := parseKerberos(reply)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrServerProof, err)
	case kind == tokenError:
		return nil, parseRefusal(message)
	case kind != tokenAPRep:
		return nil, fmt.Errorf("%w: a token of kind %#x", ErrServerProof, kind)
	}
	part, err := i.decrypt(message)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrServerProof, err)
	}
	c := &Context{key: i.sent.SubKey, initiator: true, sent: uint32(i.sent.SeqNumber), got: uint32(part.SequenceNumber)}
	if len(part.Subkey.KeyValue) > 0 {
		c.key, c.subkey = part.Subkey, true
	}
	if _, err := etypeOf(c.key); err != nil || !IsAES(c.key.KeyType) {
		return nil, fmt.Errorf("%w: it asserts a key of %s", ErrServerProof, ETypeName(c.key.KeyType))
	}
	return c, nil
}

// decrypt opens the proof, which repeats the time that only the holder of the service's
// key could read.
func (i *Initiator) decrypt(message []byte) (part krbmsg.EncAPRepPart, err error) {
	enc, err := krbmsg.ParseAPRep(message)
	if err != nil {
		return part, err
	}
	plain, err := DecryptPart(i.credential.Key, keyusage.AP_REP_ENCPART, enc)
	if err != nil {
		return part, err
	}
	if part, err = krbmsg.ParseEncAPRepPart(plain); err != nil {
		return part, err
	}
	if part.CTime.Unix() != i.sent.CTime.Unix() || part.Cusec != i.sent.Cusec {
		return part, errors.New("the proof is of another login")
	}
	return part, nil
}
