package krbmsg

import (
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/asnAppTag"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/types"
)

// KRBError says why a request is refused.
type KRBError struct {
	PVNO    int                 `asn1:"explicit,tag:0"`
	MsgType int                 `asn1:"explicit,tag:1"`
	CTime   time.Time           `asn1:"generalized,optional,explicit,tag:2"`
	Cusec   int                 `asn1:"optional,explicit,tag:3"`
	STime   time.Time           `asn1:"generalized,explicit,tag:4"`
	Susec   int                 `asn1:"explicit,tag:5"`
	Code    int32               `asn1:"explicit,tag:6"`
	CRealm  string              `asn1:"generalstring,optional,explicit,tag:7"`
	CName   types.PrincipalName `asn1:"optional,explicit,tag:8"`
	Realm   string              `asn1:"generalstring,explicit,tag:9"`
	SName   types.PrincipalName `asn1:"explicit,tag:10"`
	Text    string              `asn1:"generalstring,optional,explicit,tag:11"`
	Data    []byte              `asn1:"optional,explicit,tag:12"`
}

// NewKRBError is an error of a service or a KDC, with its clock.
func NewKRBError(code int32, now time.Time, service types.PrincipalName, realm, text string) KRBError {
	return KRBError{
		PVNO: version, MsgType: msgtype.KRB_ERROR, STime: now.UTC().Truncate(time.Second), Susec: now.Nanosecond() / int(time.Microsecond),
		Code: code, Realm: realm, SName: service, Text: text,
	}
}

// Marshal encodes it.
func (e KRBError) Marshal() ([]byte, error) { return marshal(asnAppTag.KRBError, e) }

// ParseKRBError decodes one.
func ParseKRBError(data []byte) (e KRBError, err error) {
	err = unmarshal(asnAppTag.KRBError, data, &e)
	return e, err
}

// Time is the clock of who refuses.
func (e KRBError) Time() time.Time { return e.STime.Add(time.Duration(e.Susec) * time.Microsecond) }
