package krbmsg

import (
	"fmt"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/types"
)

// APReq shows a ticket to a service.
type APReq struct {
	Options       asn1.BitString
	Ticket        Ticket
	Authenticator types.EncryptedData
}

// apReq is its encoding.
type apReq struct {
	PVNO          int                 `asn1:"explicit,tag:0"`
	MsgType       int                 `asn1:"explicit,tag:1"`
	Options       asn1.BitString      `asn1:"explicit,tag:2"`
	Ticket        asn1.RawValue       `asn1:"explicit,tag:3"`
	Authenticator types.EncryptedData `asn1:"explicit,tag:4"`
}

// NewAPReq is a request; mutual asks the service for its proof.
func NewAPReq(t Ticket, authenticator types.EncryptedData, mutual bool) APReq {
	r := APReq{types.NewKrbFlags(), t, authenticator}
	if mutual {
		types.SetFlag(&r.Options, flags.APOptionMutualRequired)
	}
	return r
}

// Marshal encodes it.
func (r APReq) Marshal() ([]byte, error) {
	ticket, err := r.Ticket.Marshal()
	if err != nil {
		return nil, err
	}
	return marshal(asnAppTag.APREQ, apReq{version, msgtype.KRB_AP_REQ, r.Options, raw(3, ticket), r.Authenticator})
}

// ParseAPReq decodes one.
func ParseAPReq(data []byte) (APReq, error) {
	var m apReq
	if err := unmarshal(asnAppTag.APREQ, data, &m); err != nil {
		return APReq{}, err
	}
	t, err := ParseTicket(m.Ticket.Bytes)
	return APReq{m.Options, t, m.Authenticator}, err
}

// apRep is a service's proof.
type apRep struct {
	PVNO    int                 `asn1:"explicit,tag:0"`
	MsgType int                 `asn1:"explicit,tag:1"`
	EncPart types.EncryptedData `asn1:"explicit,tag:2"`
}

// MarshalAPRep encodes a service's proof.
func MarshalAPRep(part types.EncryptedData) ([]byte, error) {
	return marshal(asnAppTag.APREP, apRep{version, msgtype.KRB_AP_REP, part})
}

// ParseAPRep decodes one.
func ParseAPRep(data []byte) (types.EncryptedData, error) {
	var m apRep
	err := unmarshal(asnAppTag.APREP, data, &m)
	if err == nil && (m.PVNO != version || m.MsgType != msgtype.KRB_AP_REP) {
		err = fmt.Errorf("a message of version %d and type %d in place of a service's proof", m.PVNO, m.MsgType)
	}
	return m.EncPart, err
}

// EncAPRepPart is what the proof says.
type EncAPRepPart struct {
	CTime          time.Time           `asn1:"generalized,explicit,tag:0"`
	Cusec          int                 `asn1:"explicit,tag:1"`
	Subkey         types.EncryptionKey `asn1:"optional,explicit,tag:2"`
	SequenceNumber int64               `asn1:"optional,explicit,tag:3"`
}

// Marshal encodes it.
func (p EncAPRepPart) Marshal() ([]byte, error) { return marshal(asnAppTag.EncAPRepPart, p) }

// ParseEncAPRepPart decodes one.
func ParseEncAPRepPart(data []byte) (p EncAPRepPart, err error) {
	err = unmarshal(asnAppTag.EncAPRepPart, data, &p)
	return p, err
}
