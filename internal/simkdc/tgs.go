package simkdc

import (
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// grant answers a request by who has a ticket granting ticket.
func (k *KDC) grant(req krbmsg.KDCReq, now time.Time) ([]byte, *refusal) {
	sent, err := krbmsg.ParseAPReq(find(req.PAData, patype.PA_TGS_REQ))
	if err != nil {
		return nil, refuse(errorcode.KDC_ERR_PADATA_TYPE_NOSUPP, "no ticket granting ticket")
	}
	ticket, auth, refused := k.openGranting(sent, req.Raw, now)
	if refused != nil {
		return nil, refused
	}
	service, refused := k.service(req)
	if refused != nil {
		return nil, refused
	}
	session, refused := sessionKey(req.Body.ETypes, service)
	if refused != nil {
		return nil, refused
	}
	i := issue{req: req, service: service, session: session, client: ticket.CName, authTime: ticket.AuthTime, now: now, end: ticket.EndTime, flags: types.NewKrbFlags()}
	if types.IsFlagSet(&ticket.Flags, flags.PreAuthent) {
		types.SetFlag(&i.flags, flags.PreAuthent)
	}
	if len(auth.SubKey.KeyValue) > 0 { // as MIT's clients send
		return i.reply(k.config.Realm, auth.SubKey, keyusage.TGS_REP_ENCPART_AUTHENTICATOR_SUB_KEY, nil)
	}
	return i.reply(k.config.Realm, ticket.Key, keyusage.TGS_REP_ENCPART_SESSION_KEY, nil)
}

// openGranting opens a ticket granting ticket and its authenticator, which has a
// checksum over the body of the request.
func (k *KDC) openGranting(sent krbmsg.APReq, body []byte, now time.Time) (ticket krbmsg.EncTicketPart, auth types.Authenticator, refused *refusal) {
	own := k.find(sent.Ticket.SName)
	if own == nil || !own.name.Equal(krbmsg.GrantingService(k.config.Realm)) {
		return ticket, auth, refuse(errorcode.KRB_AP_ERR_NOT_US, "the ticket is for another service")
	}
	key, _ := own.key(sent.Ticket.EncPart.EType)
	plain, err := gss.DecryptPart(key, keyusage.KDC_REP_TICKET, sent.Ticket.EncPart)
	if err == nil {
		ticket, err = krbmsg.ParseEncTicketPart(plain)
	}
	if err != nil {
		return ticket, auth, refuse(errorcode.KRB_AP_ERR_BAD_INTEGRITY, "the ticket was made with another key")
	}
	plain, err = gss.DecryptPart(ticket.Key, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR, sent.Authenticator)
	if err != nil || auth.Unmarshal(plain) != nil {
		return ticket, auth, refuse(errorcode.KRB_AP_ERR_BAD_INTEGRITY, "the authenticator was made with another key")
	}
	switch {
	case now.After(ticket.EndTime):
		return ticket, auth, refuse(errorcode.KRB_AP_ERR_TKT_EXPIRED, "the ticket granting ticket has expired")
	case auth.CTime.Sub(now).Abs() > gss.MaxSkew:
		return ticket, auth, refuse(errorcode.KRB_AP_ERR_SKEW, "the clocks of client and KDC differ")
	case !auth.CName.Equal(ticket.CName) || auth.CRealm != ticket.CRealm:
		return ticket, auth, refuse(errorcode.KRB_AP_ERR_BADMATCH, "ticket and authenticator are of two clients")
	case !verify(ticket.Key, auth.Cksum, body):
		return ticket, auth, refuse(errorcode.KRB_AP_ERR_MODIFIED, "the checksum of the request is wrong")
	}
	return ticket, auth, nil
}

// verify checks a checksum of a request, which must be of a keyed kind.
func verify(key types.EncryptionKey, sum types.Checksum, body []byte) bool {
	et, err := crypto.GetChksumEtype(sum.CksumType)
	if err != nil || et.GetETypeID() != key.KeyType {
		return false
	}
	return et.VerifyChecksum(key.KeyValue, body, sum.Checksum, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR_CHKSUM)
}
