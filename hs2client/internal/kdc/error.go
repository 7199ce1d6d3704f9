package kdc

import (
	"errors"
	"fmt"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Error is why there is no ticket.
type Error struct {
	Kind  vocab.Kind
	Text  string    // ours: what was tried, of whom
	Clock time.Time // the KDC's; zero, as Here is then, too: it did not say
	Here  time.Time // this machine's at that time
	Err   error     // nil: Text is all there is
}

// sameClock is how far two clocks are apart that are told in seconds and called the same.
const sameClock = 3 * time.Second

func (e *Error) Error() string {
	text := e.Text
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	if e.Clock.Sub(e.Here).Abs() < sameClock {
		return text
	}
	return fmt.Sprintf("%s (the KDC's clock says %s, this machine's %s)", text, e.Clock.UTC().Format(time.RFC3339), e.Here.UTC().Format(time.RFC3339))
}

// Unwrap returns the error below; nil where there is none.
func (e *Error) Unwrap() error { return e.Err }

// fail makes an error of our own words.
func fail(kind vocab.Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// codes are the kinds of what a KDC answers (RFC 4120, section 7.5.9). Any other is a
// refusal.
var codes = map[int32]vocab.Kind{
	errorcode.KDC_ERR_C_PRINCIPAL_UNKNOWN: vocab.KindUnknownClient,
	errorcode.KDC_ERR_S_PRINCIPAL_UNKNOWN: vocab.KindUnknownService,
	errorcode.KDC_ERR_ETYPE_NOSUPP:        vocab.KindNoEncryption,
	errorcode.KRB_AP_ERR_TKT_EXPIRED:      vocab.KindTicketExpired,
	errorcode.KRB_AP_ERR_SKEW:             vocab.KindClockSkew,
	errorcode.KRB_AP_ERR_TKT_NYV:          vocab.KindClockSkew,
	errorcode.KDC_ERR_WRONG_REALM:         vocab.KindWrongRealm,
	errorcode.KDC_ERR_SVC_UNAVAILABLE:     vocab.KindKDCUnreachable,
}

// answered makes an error of what a KDC answers.
func answered(what string, err error) *Error {
	r, ok := errors.AsType[*gss.Refusal](err)
	if !ok {
		return &Error{Kind: vocab.KindGarbage, Text: what, Err: err}
	}
	kind, ok := codes[r.Code]
	if !ok {
		kind = vocab.KindRejected
	}
	return &Error{Kind: kind, Text: what, Clock: r.Time, Here: time.Now(), Err: r}
}
