package gss

import (
	"fmt"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"

	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
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

// RefusalOf is what a message that refuses says.
func RefusalOf(e krbmsg.KRBError) *Refusal {
	return &Refusal{Code: e.Code, Time: e.Time(), Text: e.Text}
}

// parseRefusal reads a message that refuses.
func parseRefusal(message []byte) error {
	e, err := krbmsg.ParseKRBError(message)
	if err != nil {
		return err
	}
	return RefusalOf(e)
}
