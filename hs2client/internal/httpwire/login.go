package httpwire

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// The schemes of a login.
const (
	schemeBasic     = "Basic"
	schemeBearer    = "Bearer"
	schemeNegotiate = "Negotiate"
)

// Login is how requests log in. The zero value is not at all.
type Login struct {
	Scheme      string // "Basic", "Bearer", "Negotiate"; "": none
	Credentials string // of each request; "": Token makes them

	// Token makes the token of one request, and what checks the server's reply to it.
	Token func() (token []byte, verify func(reply []byte) error, err error)
}

// Basic is a login by user and password.
func Basic(user, password string) Login {
	return Login{Scheme: schemeBasic, Credentials: base64.StdEncoding.EncodeToString([]byte(user + ":" + password))}
}

// Bearer is a login by a token.
func Bearer(token string) Login { return Login{Scheme: schemeBearer, Credentials: token} }

// Negotiate is a login by Kerberos tickets.
func Negotiate(token func() ([]byte, func([]byte) error, error)) Login {
	return Login{Scheme: schemeNegotiate, Token: token}
}

// authorize is the Authorization of the next request; "": none. Where a cookie stands
// for the login, no ticket is sent beside it, as Impala's own clients do: each would be
// checked anew.
func (x *Exchange) authorize() (string, error) {
	login := x.config.Login
	credentials := login.Credentials
	if login.Token != nil {
		if x.cookies.standsForLogin(x.config.URL.Path, x.config.TLS, time.Now()) {
			return "", nil
		}
		token, verify, err := login.Token()
		if err != nil {
			return "", x.loginError(err, vocab.KindNoTicket)
		}
		credentials, x.call.verify = base64.StdEncoding.EncodeToString(token), verify
	}
	if login.Scheme == "" {
		return "", nil
	}
	x.lastSent = credentials
	return login.Scheme + " " + credentials, nil
}

// checkProof checks the server's reply to a token, if there is one.
func (x *Exchange) checkProof(h http.Header) error {
	verify := x.call.verify
	if verify == nil {
		return nil
	}
	x.unproven = true
	for _, value := range h["Www-Authenticate"] {
		scheme, encoded, _ := strings.Cut(value, " ")
		if !strings.EqualFold(scheme, schemeNegotiate) || encoded == "" {
			continue
		}
		reply, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
		if err != nil {
			return x.loginError(failure(vocab.KindServerProof, "the server's proof is not in base64"), vocab.KindServerProof)
		}
		if err := verify(reply); err != nil {
			return x.loginError(err, vocab.KindServerProof)
		}
		x.unproven = false
	}
	return nil
}

// loginError is an error of our own side of a login; usual is its kind unless it has
// another.
func (x *Exchange) loginError(err error, usual vocab.Kind) error {
	kind := wire.KindOf(err)
	if kind == vocab.KindOther {
		kind = usual
	}
	return &Error{Login: !x.answered, Err: &wire.Error{Kind: kind, Err: err}}
}

// minSecret is the length of the shortest field or part of a token that is taken for a
// secret: others are in many a text.
const minSecret = 8

// Secrets are what no error may show: credentials, in every form in which they were
// sent, cookies, and the values of further fields.
func (x *Exchange) Secrets() []string {
	secrets := []string{strings.TrimRight(x.lastSent, "=")}
	for part := range strings.SplitSeq(x.config.Login.Credentials, ".") { // of a JWT, whose last one is its signature
		if len(part) >= minSecret {
			secrets = append(secrets, strings.TrimRight(part, "="))
		}
	}
	for _, c := range slices.Concat(x.cookies, x.refused) {
		if len(c.value) >= minSecret {
			secrets = append(secrets, c.value)
		}
	}
	for _, values := range x.config.Header {
		for _, value := range values {
			if len(value) >= minSecret {
				secrets = append(secrets, value)
			}
		}
	}
	return secrets
}
