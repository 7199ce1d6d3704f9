package simkdc

import (
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// refusal is why a request is refused.
type refusal struct {
	code int32
	text string
	data []byte // what to do instead; nil: nothing
}

func refuse(code int32, text string) *refusal { return &refusal{code: code, text: text} }

// answer is the reply to a request: a ticket or an error; nil where it is no request.
func (k *KDC) answer(request []byte) []byte {
	req, err := krbmsg.ParseKDCReq(request)
	if err != nil {
		return nil
	}
	now := k.config.Now().UTC()
	serve := k.authenticate
	if req.TGS {
		serve = k.grant
	}
	reply, refused := serve(req, now)
	if refused == nil {
		return reply
	}
	return k.refusal(req, now, refused)
}

// refusal encodes an error.
func (k *KDC) refusal(req krbmsg.KDCReq, now time.Time, r *refusal) []byte {
	e := krbmsg.NewKRBError(r.code, now, req.Body.SName, k.config.Realm, r.text)
	e.Data = r.data
	b, err := e.Marshal()
	if err != nil {
		return nil
	}
	return b
}

// tooBig tells a client to come again over TCP.
func (k *KDC) tooBig(request []byte) []byte {
	req, err := krbmsg.ParseKDCReq(request)
	if err != nil {
		return nil
	}
	return k.refusal(req, k.config.Now(), refuse(errorcode.KRB_ERR_RESPONSE_TOO_BIG, ""))
}

// service is the principal that a ticket is asked for, in our realm.
func (k *KDC) service(req krbmsg.KDCReq) (*principal, *refusal) {
	if req.Body.Realm != k.config.Realm {
		return nil, refuse(errorcode.KDC_ERR_WRONG_REALM, "another realm")
	}
	p := k.find(req.Body.SName)
	if p == nil || !p.service {
		return nil, refuse(errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN, "no such service")
	}
	return p, nil
}

// sessionKey is of the first type of the client's that the service has keys of.
func sessionKey(asked []int32, service *principal) (types.EncryptionKey, *refusal) {
	for _, id := range asked {
		if _, ok := service.key(id); !ok {
			continue
		}
		if key, err := gss.NewKey(id); err == nil {
			return key, nil
		}
	}
	return types.EncryptionKey{}, refuse(errorcode.KDC_ERR_ETYPE_NOSUPP, "no encryption type in common")
}
