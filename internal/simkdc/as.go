package simkdc

import (
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// authenticate answers a request by who has a key of its own.
func (k *KDC) authenticate(req krbmsg.KDCReq, now time.Time) ([]byte, *refusal) {
	service, refused := k.service(req)
	if refused != nil {
		return nil, refused
	}
	client := k.find(req.Body.CName)
	if client == nil {
		return nil, refuse(errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN, "no such client")
	}
	key, ok := firstKey(client, req.Body.ETypes)
	if !ok {
		return nil, refuse(errorcode.KDC_ERR_ETYPE_NOSUPP, "the client has no key of these types")
	}
	proved := false
	if sent := find(req.PAData, patype.PA_ENC_TIMESTAMP); sent != nil {
		if key, refused = checkTimestamp(client, sent, now); refused != nil {
			return nil, refused
		}
		proved = true
	} else if !k.config.NoPreauth {
		return nil, &refusal{errorcode.KDC_ERR_PREAUTH_REQUIRED, "", methods(client, req.Body.ETypes)}
	}
	session, refused := sessionKey(req.Body.ETypes, service)
	if refused != nil {
		return nil, refused
	}
	i := issue{req: req, service: service, session: session, client: client.name, authTime: now, now: now, end: now.Add(k.config.Life)}
	i.flags = types.NewKrbFlags()
	types.SetFlag(&i.flags, flags.Initial)
	if proved {
		types.SetFlag(&i.flags, flags.PreAuthent)
	}
	return i.reply(k.config.Realm, key, keyusage.AS_REP_ENCPART, types.PADataSequence{etypeInfo(client, key.KeyType)})
}

// firstKey is the client's of the first type that it has.
func firstKey(p *principal, etypes []int32) (types.EncryptionKey, bool) {
	for _, id := range etypes {
		if key, ok := p.key(id); ok {
			return key, true
		}
	}
	return types.EncryptionKey{}, false
}

// find is the value of a kind of data; nil where there is none.
func find(data types.PADataSequence, kind int32) []byte {
	for _, d := range data {
		if d.PADataType == kind {
			return d.PADataValue
		}
	}
	return nil
}

// checkTimestamp checks the proof of the client's key, and returns the key.
func checkTimestamp(p *principal, sent []byte, now time.Time) (types.EncryptionKey, *refusal) {
	failed := refuse(errorcode.KDC_ERR_PREAUTH_FAILED, "another password or key")
	var part types.EncryptedData
	if part.Unmarshal(sent) != nil {
		return types.EncryptionKey{}, failed
	}
	key, ok := p.key(part.EType)
	if !ok {
		return types.EncryptionKey{}, failed
	}
	plain, err := gss.DecryptPart(key, keyusage.AS_REQ_PA_ENC_TIMESTAMP, part)
	var stamp types.PAEncTSEnc
	if err != nil || stamp.Unmarshal(plain) != nil {
		return types.EncryptionKey{}, failed
	}
	if stamp.PATimestamp.Sub(now).Abs() > gss.MaxSkew {
		return types.EncryptionKey{}, refuse(errorcode.KRB_AP_ERR_SKEW, "the clocks of client and KDC differ")
	}
	return key, nil
}

// etypeInfo says how the key of a type is made of the password.
func etypeInfo(p *principal, etypes ...int32) types.PAData {
	var info types.ETypeInfo2
	for _, id := range etypes {
		if _, ok := p.key(id); ok {
			info = append(info, types.ETypeInfo2Entry{EType: id, Salt: p.salt})
		}
	}
	b, err := asn1.Marshal(info)
	if err != nil {
		panic(err) // numbers and ASCII can be encoded
	}
	return types.PAData{PADataType: patype.PA_ETYPE_INFO2, PADataValue: b}
}

// methods is how a client may prove its key: the types in its own order.
func methods(p *principal, etypes []int32) []byte {
	b, err := asn1.Marshal(types.PADataSequence{etypeInfo(p, etypes...), {PADataType: patype.PA_ENC_TIMESTAMP, PADataValue: []byte{}}})
	if err != nil {
		panic(err)
	}
	return b
}
