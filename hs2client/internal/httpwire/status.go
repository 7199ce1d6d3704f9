package httpwire

import (
	"net/http"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Error is a failure that HTTP shows and Thrift has no word for: an answer with a
// status that is an error, or a login that could not be made.
type Error struct {
	Status  int      // of the answer; 0: the error is our own
	Schemes []string // of the logins that the answer asks for, as it writes them
	Login   bool     // it refuses or ends the login, which is part of the first call
	Err     *wire.Error
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the error with its kind.
func (e *Error) Unwrap() error { return e.Err }

// statusError is the error that a status is.
func (x *Exchange) statusError(r *http.Response) error {
	e := &Error{Status: r.StatusCode, Schemes: schemes(r.Header)}
	e.Err = &wire.Error{Kind: x.kindOf(e), Remote: true, Whole: true, Text: "HTTP " + r.Status}
	e.Login = !x.answered && (r.StatusCode == http.StatusUnauthorized && x.config.Login.Scheme != "" || r.StatusCode == http.StatusForbidden)
	for _, name := range []string{"Location", "Retry-After", "Www-Authenticate"} {
		if name == "Location" && r.StatusCode/100 != 3 {
			continue
		}
		if values := r.Header[name]; len(values) > 0 {
			e.Err.Fields = append(e.Err.Fields, wire.Field{Name: name, Value: strings.Join(values, ", ")})
		}
	}
	return e
}

// kindOf is what a status says is wrong.
func (x *Exchange) kindOf(e *Error) vocab.Kind {
	switch {
	case e.Status == http.StatusUnauthorized:
		return refusal(x.config.Login.Scheme, e.Schemes)
	case e.Status == http.StatusForbidden:
		return vocab.KindUnauthorized
	case e.Status == http.StatusNotFound:
		return vocab.KindNoPath
	case e.Status == http.StatusServiceUnavailable:
		return vocab.KindUnavailable
	case e.Status/100 == 3:
		return vocab.KindRedirect
	}
	return vocab.KindHTTPStatus
}

// refusal is what a 401 means to who has sent a login by a scheme ("": none), by the
// schemes that it asks for. Impala says none where it refused a ticket, Basic alone
// where it refused a password, Bearer where it refused a token, and all it has where no
// login came (be/src/rpc/authentication.cc).
func refusal(sent string, asked []string) vocab.Kind {
	same := slices.ContainsFunc(asked, func(s string) bool { return strings.EqualFold(s, sent) })
	others := len(asked) > 1 || len(asked) == 1 && !same
	switch {
	case sent == "":
		return vocab.KindNeedsSASL
	case len(asked) == 0:
		return vocab.KindRejected
	case sent == schemeNegotiate && same, sent == schemeBasic && same && others, sent == schemeBearer && !same:
		return vocab.KindNoCredentials
	case same:
		return vocab.KindRejected
	}
	return vocab.KindMechanism
}

// schemes are those that the challenges of an answer begin with, each once.
func schemes(h http.Header) []string {
	var all []string
	for _, value := range h["Www-Authenticate"] {
		for challenge := range strings.SplitSeq(value, ",") {
			name, _, _ := strings.Cut(strings.TrimSpace(challenge), " ")
			if name != "" && !strings.ContainsAny(name, `="`) && !slices.Contains(all, name) && len(all) < maxSchemes {
				all = append(all, name[:min(len(name), maxScheme)])
			}
		}
	}
	return all
}

const (
	maxSchemes = 8  // schemes of an answer that are looked at
	maxScheme  = 64 // bytes of each: names are compared, and not shown
)
