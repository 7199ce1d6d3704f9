package gss

import (
	"errors"
	"fmt"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/msgtype"
	"github.com/jcmturner/gokrb5/v8/messages"
	"github.com/jcmturner/gokrb5/v8/types"
)

// Refusal is an error of Kerberos that one side tells the other.
type Refusal struct {
	Code int32     // RFC 4120, section 7.5.9; 0: not said
	Time time.Time // the clock of who refuses; zero: not said
	Text string    // its words, untrusted; "": none
}

// Error is the words of who refuses and the standard's name of the code.
func (r *Refusal) Error() string {
	name := errorName(r.Code)
	if r.Text == "" || r.Code == 0 {
		return name + r.Text
	}
	return fmt.Sprintf("%s: %.256s", name, r.Text)
}

// errorName is the name of a code, such as KRB_AP_ERR_SKEW, with its number.
func errorName(code int32) string {
	if code == 0 {
		return ""
	}
	return errorcode.Lookup(code)
}

// refuse makes one of the server's own.
func refuse(code int32, text string) *Refusal { return &Refusal{Code: code, Text: text} }

// parseRefusal reads a message that refuses.
func parseRefusal(message []byte) error {
	var k messages.KRBError
	if k.Unmarshal(message) != nil {
		return ErrToken
	}
	return &Refusal{Code: k.ErrorCode, Time: k.STime.Add(time.Duration(k.Susec) * time.Microsecond), Text: k.EText}
}

// ErrorToken is the token by which a server refuses; nil where err is no [Refusal]. Few
// servers send one: Impala closes the connection.
func ErrorToken(err error, service types.PrincipalName, realm string, now time.Time) []byte {
	r, ok := errors.AsType[*Refusal](err)
	if !ok {
		return nil
	}
	k := messages.KRBError{
		PVNO: iana.PVNO, MsgType: msgtype.KRB_ERROR, STime: now.UTC().Truncate(time.Second), Susec: now.Nanosecond() / 1000,
		ErrorCode: r.Code, Realm: realm, SName: service, EText: r.Text,
	}
	b, err := k.Marshal()
	if err != nil {
		return nil
	}
	return appendKerberos(tokenError, b)
}
