package gss

import (
	"errors"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// ErrorToken is the token by which a server refuses; nil where err is no [Refusal]. Few
// servers send one: Impala closes the connection.
func ErrorToken(err error, service types.PrincipalName, realm string, now time.Time) []byte {
	r, ok := errors.AsType[*Refusal](err)
	if !ok {
		return nil
	}
	b, err := krbmsg.NewKRBError(r.Code, now, service, realm, r.Text).Marshal()
	if err != nil {
		return nil
	}
	return appendKerberos(tokenError, b)
}
