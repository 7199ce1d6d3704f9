package hs2client

import (
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/kdc"
	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// Ticket is a Kerberos ticket for one service, for [Config.Kerberos]. It does not change
// and may be used by many sessions at once; it is not renewed. No formatting verb and no
// encoding shows its key.
type Ticket struct {
	credential gss.Credential
	end        time.Time
	ahead      time.Duration // the KDC's clock, of ours
	asked      bool          // and it is known
}

func newTicket(t kdc.Ticket) *Ticket {
	return &Ticket{credential: t.Credential, end: t.End, ahead: t.Clock, asked: t.Asked}
}

// SPN is the service: impala/lb.example.com@EXAMPLE.COM.
func (t *Ticket) SPN() string {
	return krbmsg.Principal(t.credential.Ticket.SName, t.credential.Ticket.Realm)
}

// Principal is the user: alice@EXAMPLE.COM.
func (t *Ticket) Principal() string { return krbmsg.Principal(t.credential.Client, t.credential.Realm) }

// Expires is when a session can no longer be opened with it. Sessions that are open stay.
func (t *Ticket) Expires() time.Time { return t.end }

// KVNO is the version of the service's key that the ticket was made with; 0: not said.
func (t *Ticket) KVNO() int { return t.credential.Ticket.EncPart.KVNO }

// EncryptionType is that of the service's key: aes256-cts-hmac-sha1-96.
func (t *Ticket) EncryptionType() string { return gss.ETypeName(t.credential.Ticket.EncPart.EType) }

// String is what a ticket shows of itself, without a secret.
func (t *Ticket) String() string {
	return fmt.Sprintf("%s, kvno %d, %s, of %s, until %s", t.SPN(), t.KVNO(), t.EncryptionType(), t.Principal(), t.end.UTC().Format(time.RFC3339))
}

// Format writes String whatever the verb.
func (t Ticket) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// MarshalText writes String.
func (t *Ticket) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// clockUnit is what a KDC's clock is told by, and may be off for being so: two seconds,
// one for the way.
const clockUnit = 2 * time.Second

// facts is what a failed login is told by: servers give no reason, or the same one for
// all of them.
func (t *Ticket) facts(now time.Time) string {
	facts := "ticket for " + t.String() + "; this machine's clock " + now.UTC().Format(time.RFC3339)
	switch {
	case !t.asked:
		return facts + ", the KDC's not known, as the ticket is from the credential cache"
	case t.ahead.Abs() <= clockUnit:
		return facts + ", the KDC's the same"
	}
	return facts + fmt.Sprintf(", the KDC's %+ds from it", int(t.ahead/time.Second))
}

// valid fails where the ticket has expired.
func (t *Ticket) valid(now time.Time) error {
	if now.Before(t.end) {
		return nil
	}
	return &wire.Error{Kind: KindTicketExpired, Text: "the ticket was valid until " + t.end.UTC().Format(time.RFC3339)}
}

// mechanism is the SASL login of one session.
func (t *Ticket) mechanism(qop gss.QOP) (wire.Mechanism, error) {
	return &wire.GSSAPI{Credential: t.credential, QOP: qop}, t.valid(time.Now())
}

// negotiateToken is a token for one request of HTTP, and what checks the server's reply
// to it.
func (t *Ticket) negotiateToken() (token []byte, verify func(reply []byte) error, err error) {
	if err := t.valid(time.Now()); err != nil {
		return nil, nil, err
	}
	i, token, err := gss.Initiate(t.credential, time.Now())
	if err != nil {
		return nil, nil, &wire.Error{Kind: KindNoEncryption, Err: err}
	}
	return token, func(reply []byte) error {
		if _, err := i.Finish(reply); err != nil {
			return wire.ProofError(err)
		}
		return nil
	}, nil
}
