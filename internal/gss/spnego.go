package gss

import (
	"encoding/asn1"
	"fmt"
)

// Negotiation is a message of SPNEGO. A first one has Mechanisms; an answer has State.
type Negotiation struct {
	Answer   bool
	Kerberos bool     // the Kerberos mechanism is the first one offered, or the one chosen
	State    NegState // of an answer
	Token    []byte   // of the mechanism; nil: none
}

// NegState is what an answer says (RFC 4178, section 4.2.2).
type NegState int

// The states. An answer may leave its own out: StateMissing.
const (
	StateCompleted  NegState = 0
	StateIncomplete NegState = 1
	StateRejected   NegState = 2
	StateRequestMIC NegState = 3
	StateMissing    NegState = -1
)

type negTokenInit struct {
	MechTypes []asn1.ObjectIdentifier `asn1:"explicit,tag:0"`
	ReqFlags  asn1.BitString          `asn1:"explicit,optional,tag:1"`
	MechToken []byte                  `asn1:"explicit,optional,tag:2"`
	MIC       []byte                  `asn1:"explicit,optional,tag:3"`
}

type negTokenResp struct {
	NegState      asn1.Enumerated       `asn1:"explicit,optional,default:-1,tag:0"`
	SupportedMech asn1.ObjectIdentifier `asn1:"explicit,optional,tag:1"`
	ResponseToken []byte                `asn1:"explicit,optional,tag:2"`
	MIC           []byte                `asn1:"explicit,optional,tag:3"`
}

// maxMechanisms bounds what a first message offers.
const maxMechanisms = 16

// AppendNegotiation makes a message of SPNEGO for the Kerberos mechanism.
func AppendNegotiation(n Negotiation) []byte {
	var message any = negTokenInit{MechTypes: []asn1.ObjectIdentifier{oidKerberos}, MechToken: n.Token}
	tag := 0
	if n.Answer {
		resp := negTokenResp{NegState: asn1.Enumerated(n.State), ResponseToken: n.Token}
		if n.Kerberos {
			resp.SupportedMech = oidKerberos
		}
		message, tag = resp, 1
	}
	b, err := asn1.Marshal(message)
	if err == nil {
		b, err = asn1.Marshal(asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: true, Bytes: b})
	}
	if err != nil {
		panic(err) // it has no value that cannot be encoded
	}
	if n.Answer {
		return b
	}
	return appendHeader(oidSPNEGO, b)
}

// ParseNegotiation reads a message of SPNEGO. It fails with [ErrToken].
func ParseNegotiation(token []byte) (Negotiation, error) {
	if len(token) > MaxToken {
		return Negotiation{}, fmt.Errorf("%w: %d bytes", ErrToken, len(token))
	}
	inner := token
	if oid, rest, err := parseHeader(token); err == nil {
		if !oid.Equal(oidSPNEGO) {
			return Negotiation{}, fmt.Errorf("%w: of mechanism %s", ErrToken, oid)
		}
		inner = rest
	}
	var choice asn1.RawValue
	if rest, err := asn1.Unmarshal(inner, &choice); err != nil || len(rest) > 0 || choice.Class != asn1.ClassContextSpecific {
		return Negotiation{}, ErrToken
	}
	switch choice.Tag {
	case 0:
		var m negTokenInit
		if _, err := asn1.Unmarshal(choice.Bytes, &m); err != nil || len(m.MechTypes) == 0 || len(m.MechTypes) > maxMechanisms {
			return Negotiation{}, ErrToken
		}
		return Negotiation{Kerberos: isKerberos(m.MechTypes[0]), State: StateMissing, Token: m.MechToken}, nil
	case 1:
		var m negTokenResp
		if _, err := asn1.Unmarshal(choice.Bytes, &m); err != nil {
			return Negotiation{}, ErrToken
		}
		return Negotiation{Answer: true, Kerberos: isKerberos(m.SupportedMech), State: NegState(m.NegState), Token: m.ResponseToken}, nil
	}
	return Negotiation{}, ErrToken
}
