package krbmsg

import (
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/types"
)

// KDCReq asks a KDC for a ticket.
type KDCReq struct {
	TGS    bool // with a ticket granting ticket, else by a key of the client's
	PAData types.PADataSequence
	Body   KDCReqBody
	Raw    []byte // the body as it was sent; set by ParseKDCReq
}

// KDCReqBody is what is asked for.
type KDCReqBody struct {
	Options     asn1.BitString      `asn1:"explicit,tag:0"`
	CName       types.PrincipalName `asn1:"explicit,optional,tag:1"`
	Realm       string              `asn1:"generalstring,explicit,tag:2"`
	SName       types.PrincipalName `asn1:"explicit,optional,tag:3"`
	From        time.Time           `asn1:"generalized,explicit,optional,tag:4"`
	Till        time.Time           `asn1:"generalized,explicit,tag:5"`
	RTime       time.Time           `asn1:"generalized,explicit,optional,tag:6"`
	Nonce       int                 `asn1:"explicit,tag:7"`
	ETypes      []int32             `asn1:"explicit,tag:8"`
	Addresses   []types.HostAddress `asn1:"explicit,optional,tag:9"`
	EncAuthData types.EncryptedData `asn1:"explicit,optional,tag:10"`
	Tickets     asn1.RawValue       `asn1:"explicit,optional,tag:11"`
}

// Marshal encodes the body, for the checksum over it.
func (b KDCReqBody) Marshal() ([]byte, error) { return asn1.Marshal(b) }

// kdcReq is the encoding of a request.
type kdcReq struct {
	PVNO    int                  `asn1:"explicit,tag:1"`
	MsgType int                  `asn1:"explicit,tag:2"`
	PAData  types.PADataSequence `asn1:"explicit,optional,tag:3"`
	Body    asn1.RawValue        `asn1:"explicit,tag:4"`
}

// Marshal encodes a request.
func (r KDCReq) Marshal() ([]byte, error) {
	body, err := r.Body.Marshal()
	if err != nil {
		return nil, err
	}
	tag, kind := asnAppTag.ASREQ, msgtype.KRB_AS_REQ
	if r.TGS {
		tag, kind = asnAppTag.TGSREQ, msgtype.KRB_TGS_REQ
	}
	return marshal(tag, kdcReq{version, kind, r.PAData, raw(4, body)})
}

// ParseKDCReq decodes a request. The client's name of one with a ticket may be missing.
func ParseKDCReq(data []byte) (KDCReq, error) {
	const tgsReq = 0x60 | asnAppTag.TGSREQ // the first byte: APPLICATION, constructed
	r, tag := KDCReq{}, asnAppTag.ASREQ
	if len(data) > 0 && data[0] == tgsReq {
		r.TGS, tag = true, asnAppTag.TGSREQ
	}
	var m kdcReq
	if err := unmarshal(tag, data, &m); err != nil {
		return r, err
	}
	r.PAData, r.Raw = m.PAData, m.Body.Bytes
	if _, err := asn1.Unmarshal(r.Raw, &r.Body); err != nil {
		return r, ErrMalformed
	}
	if r.TGS {
		return r, named(r.Body.SName)
	}
	return r, named(r.Body.CName, r.Body.SName)
}

// KDCRep gives a ticket.
type KDCRep struct {
	TGS     bool
	PAData  types.PADataSequence
	CRealm  string
	CName   types.PrincipalName
	Ticket  Ticket
	EncPart types.EncryptedData
}

// kdcRep is its encoding.
type kdcRep struct {
	PVNO    int                  `asn1:"explicit,tag:0"`
	MsgType int                  `asn1:"explicit,tag:1"`
	PAData  types.PADataSequence `asn1:"explicit,optional,tag:2"`
	CRealm  string               `asn1:"generalstring,explicit,tag:3"`
	CName   types.PrincipalName  `asn1:"explicit,tag:4"`
	Ticket  asn1.RawValue        `asn1:"explicit,tag:5"`
	EncPart types.EncryptedData  `asn1:"explicit,tag:6"`
}

// Marshal encodes it.
func (r KDCRep) Marshal() ([]byte, error) {
	ticket, err := r.Ticket.Marshal()
	if err != nil {
		return nil, err
	}
	tag, kind := asnAppTag.ASREP, msgtype.KRB_AS_REP
	if r.TGS {
		tag, kind = asnAppTag.TGSREP, msgtype.KRB_TGS_REP
	}
	return marshal(tag, kdcRep{version, kind, r.PAData, r.CRealm, r.CName, raw(5, ticket), r.EncPart})
}

// ParseKDCRep decodes the reply to a request with or without a ticket.
func ParseKDCRep(data []byte, tgs bool) (KDCRep, error) {
	tag := asnAppTag.ASREP
	if tgs {
		tag = asnAppTag.TGSREP
	}
	var m kdcRep
	if err := unmarshal(tag, data, &m); err != nil {
		return KDCRep{}, err
	}
	t, err := ParseTicket(m.Ticket.Bytes)
	if err == nil {
		err = named(m.CName)
	}
	return KDCRep{tgs, m.PAData, m.CRealm, m.CName, t, m.EncPart}, err
}

// EncKDCRepPart is what the client reads of a reply.
type EncKDCRepPart struct {
	Key           types.EncryptionKey  `asn1:"explicit,tag:0"`
	LastReqs      []LastReq            `asn1:"explicit,tag:1"`
	Nonce         int                  `asn1:"explicit,tag:2"`
	KeyExpiration time.Time            `asn1:"generalized,explicit,optional,tag:3"`
	Flags         asn1.BitString       `asn1:"explicit,tag:4"`
	AuthTime      time.Time            `asn1:"generalized,explicit,tag:5"`
	StartTime     time.Time            `asn1:"generalized,explicit,optional,tag:6"`
	EndTime       time.Time            `asn1:"generalized,explicit,tag:7"`
	RenewTill     time.Time            `asn1:"generalized,explicit,optional,tag:8"`
	SRealm        string               `asn1:"generalstring,explicit,tag:9"`
	SName         types.PrincipalName  `asn1:"explicit,tag:10"`
	CAddr         []types.HostAddress  `asn1:"explicit,optional,tag:11"`
	EncPAData     types.PADataSequence `asn1:"explicit,optional,tag:12"`
}

// LastReq is when the client asked last.
type LastReq struct {
	Type  int32     `asn1:"explicit,tag:0"`
	Value time.Time `asn1:"generalized,explicit,tag:1"`
}

// ValidFrom is when the ticket begins to be valid.
func (p EncKDCRepPart) ValidFrom() time.Time { return validFrom(p.StartTime, p.AuthTime) }

// Marshal encodes it for a reply to a request with or without a ticket.
func (p EncKDCRepPart) Marshal(tgs bool) ([]byte, error) {
	if tgs {
		return marshal(asnAppTag.EncTGSRepPart, p)
	}
	return marshal(asnAppTag.EncASRepPart, p)
}

// ParseEncKDCRepPart decodes one; some KDCs have the same tag in both replies.
func ParseEncKDCRepPart(data []byte) (p EncKDCRepPart, err error) {
	if unmarshal(asnAppTag.EncASRepPart, data, &p) == nil {
		return p, named(p.SName)
	}
	p = EncKDCRepPart{}
	if err = unmarshal(asnAppTag.EncTGSRepPart, data, &p); err == nil {
		err = named(p.SName)
	}
	return p, err
}
