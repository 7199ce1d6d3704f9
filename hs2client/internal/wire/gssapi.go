package wire

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/errorcode"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// GSSAPI is the mechanism GSSAPI with Kerberos (RFC 4752).
type GSSAPI struct {
	Credential gss.Credential
	QOP        gss.QOP // the one that is wanted

	initiator *gss.Initiator
	context   *gss.Context // nil: the server has not proved itself
	room      int          // bytes of a message that the server takes
	chosen    bool
}

// Name is the mechanism's.
func (*GSSAPI) Name() string { return saslframe.MechanismGSSAPI }

// Start shows the ticket.
func (g *GSSAPI) Start() (token []byte, err error) {
	g.initiator, token, err = gss.Initiate(g.Credential, time.Now())
	if err != nil {
		return nil, &Error{Kind: vocab.KindNoEncryption, Err: err}
	}
	return token, nil
}

// Step takes the server's proof, and then its offer of protections.
func (g *GSSAPI) Step(challenge []byte) (response []byte, err error) {
	switch {
	case g.context == nil:
		if g.context, err = g.initiator.Finish(challenge); err != nil {
			return nil, ProofError(err)
		}
		return nil, nil
	case !g.chosen:
		g.chosen = true
		return g.choose(challenge)
	}
	return nil, failure(vocab.KindMismatch, "the server wants another step of a mechanism that has three")
}

// choose answers the offer. The largest frame that we take is what frames are bounded by.
func (g *GSSAPI) choose(offer []byte) ([]byte, error) {
	message, _, err := g.context.Unwrap(offer)
	if err != nil {
		return nil, &Error{Kind: vocab.KindServerProof, Err: err}
	}
	l, err := gss.ParseLayer(message)
	if err != nil {
		return nil, &Error{Kind: vocab.KindMismatch, Err: err}
	}
	if l.QOP&g.QOP == 0 {
		return nil, &Error{Kind: vocab.KindProtection, Err: &OfferError{l.QOP, g.QOP}}
	}
	answer := gss.Layer{QOP: g.QOP}
	if g.QOP != gss.QOPAuth {
		answer.MaxSize = gss.MaxLayerSize
		if g.room = g.context.Room(l.MaxSize, g.QOP == gss.QOPConf); g.room == 0 {
			return nil, failure(vocab.KindProtection, fmt.Sprintf("the server takes messages of at most %d bytes, which is too few for any", l.MaxSize))
		}
	}
	return g.context.Wrap(answer.Append(nil), false)
}

// OfferError is that of a server which does not offer the protection that is wanted.
type OfferError struct{ Offered, Wanted gss.QOP }

func (e *OfferError) Error() string {
	return fmt.Sprintf("the server offers %s, and %s is wanted", e.Offered, e.Wanted)
}

// Complete fails unless all steps were made: a server that says so earlier has proved
// nothing.
func (g *GSSAPI) Complete(rw io.ReadWriter, reserve func(int) error) (io.ReadWriter, error) {
	if !g.chosen {
		return nil, failure(vocab.KindServerProof, "the server ended the login without the proof that it holds the service's key")
	}
	if g.QOP == gss.QOPAuth {
		return nil, nil
	}
	return &protectedStream{rw: rw, reserve: reserve, context: g.context, sealed: g.QOP == gss.QOPConf, room: g.room}, nil
}

// ProofError classes why a server's answer to a ticket is not believed.
func ProofError(err error) error {
	kind := vocab.KindServerProof
	if r, ok := errors.AsType[*gss.Refusal](err); ok {
		switch r.Code {
		case errorcode.KRB_AP_ERR_SKEW:
			kind = vocab.KindClockSkew
		case errorcode.KRB_AP_ERR_TKT_EXPIRED:
			kind = vocab.KindTicketExpired
		default:
			kind = vocab.KindRejected
		}
	}
	return &Error{Kind: kind, Err: err}
}

// maxToken bounds a protected frame: its message is bounded as a frame is.
const maxToken = saslframe.MaxFrame
