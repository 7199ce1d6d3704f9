package krbmsg

import (
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Ticket is what a client shows to a service and cannot read.
type Ticket struct {
	VNO     int                 `asn1:"explicit,tag:0"`
	Realm   string              `asn1:"generalstring,explicit,tag:1"`
	SName   types.PrincipalName `asn1:"explicit,tag:2"`
	EncPart types.EncryptedData `asn1:"explicit,tag:3"`
}

// NewTicket is a ticket for a service with its encrypted part.
func NewTicket(service types.PrincipalName, realm string, part types.EncryptedData) Ticket {
	return Ticket{VNO: version, Realm: realm, SName: service, EncPart: part}
}

// Marshal encodes it.
func (t Ticket) Marshal() ([]byte, error) { return marshal(asnAppTag.Ticket, t) }

// ParseTicket decodes one.
func ParseTicket(data []byte) (t Ticket, err error) {
	if err = unmarshal(asnAppTag.Ticket, data, &t); err == nil {
		err = named(t.SName)
	}
	return t, err
}

// EncTicketPart is what the service reads.
type EncTicketPart struct {
	Flags             asn1.BitString          `asn1:"explicit,tag:0"`
	Key               types.EncryptionKey     `asn1:"explicit,tag:1"`
	CRealm            string                  `asn1:"generalstring,explicit,tag:2"`
	CName             types.PrincipalName     `asn1:"explicit,tag:3"`
	Transited         Transited               `asn1:"explicit,tag:4"`
	AuthTime          time.Time               `asn1:"generalized,explicit,tag:5"`
	StartTime         time.Time               `asn1:"generalized,explicit,optional,tag:6"`
	EndTime           time.Time               `asn1:"generalized,explicit,tag:7"`
	RenewTill         time.Time               `asn1:"generalized,explicit,optional,tag:8"`
	CAddr             types.HostAddresses     `asn1:"explicit,optional,tag:9"`
	AuthorizationData types.AuthorizationData `asn1:"explicit,optional,tag:10"`
}

// Transited is the realms between the client's and the service's.
type Transited struct {
	Type     int32  `asn1:"explicit,tag:0"`
	Contents []byte `asn1:"explicit,tag:1"`
}

// ValidFrom is when the ticket begins to be valid.
func (p EncTicketPart) ValidFrom() time.Time { return validFrom(p.StartTime, p.AuthTime) }

// Marshal encodes it.
func (p EncTicketPart) Marshal() ([]byte, error) { return marshal(asnAppTag.EncTicketPart, p) }

// ParseEncTicketPart decodes one.
func ParseEncTicketPart(data []byte) (p EncTicketPart, err error) {
	if err = unmarshal(asnAppTag.EncTicketPart, data, &p); err == nil {
		err = named(p.CName)
	}
	return p, err
}
