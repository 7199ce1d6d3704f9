package simkdc

import (
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// issue is a ticket to be given.
type issue struct {
	req      krbmsg.KDCReq
	client   types.PrincipalName
	service  *principal
	session  types.EncryptionKey
	flags    asn1.BitString
	authTime time.Time
	now, end time.Time // end: no later, whatever is asked for
}

// reply makes the ticket, and the reply that key opens.
func (i *issue) reply(realm string, key types.EncryptionKey, usage uint32, data types.PADataSequence) ([]byte, *refusal) {
	failed := refuse(errorcode.KRB_ERR_GENERIC, "the reply could not be made")
	if types.IsFlagSet(&i.req.Body.Options, flags.Forwardable) {
		types.SetFlag(&i.flags, flags.Forwardable)
	}
	start, end := i.now.Truncate(time.Second), i.end.Truncate(time.Second)
	if till := i.req.Body.Till; till.After(start) && till.Before(end) { // else: as long as allowed
		end = till
	}
	ticket, err := i.ticket(realm, start, end)
	if err != nil {
		return nil, failed
	}
	part := krbmsg.EncKDCRepPart{
		Key: i.session, LastReqs: []krbmsg.LastReq{{Value: start}}, Nonce: i.req.Body.Nonce, Flags: i.flags,
		AuthTime: i.authTime.Truncate(time.Second), StartTime: start, EndTime: end, SRealm: realm, SName: i.service.name,
	}
	plain, err := part.Marshal(i.req.TGS)
	if err != nil {
		return nil, failed
	}
	enc, err := gss.EncryptPart(key, usage, plain, 0)
	if err != nil {
		return nil, failed
	}
	b, err := krbmsg.KDCRep{TGS: i.req.TGS, PAData: data, CRealm: realm, CName: i.client, Ticket: ticket, EncPart: enc}.Marshal()
	if err != nil {
		return nil, failed
	}
	return b, nil
}

// ticket is for the service alone to read.
func (i *issue) ticket(realm string, start, end time.Time) (krbmsg.Ticket, error) {
	part := krbmsg.EncTicketPart{
		Flags: i.flags, Key: i.session, CRealm: realm, CName: i.client, Transited: krbmsg.Transited{Type: 1, Contents: []byte{}},
		AuthTime: i.authTime.Truncate(time.Second), StartTime: start, EndTime: end,
	}
	plain, err := part.Marshal()
	if err != nil {
		return krbmsg.Ticket{}, err
	}
	enc, err := gss.EncryptPart(i.service.keys[0], keyusage.KDC_REP_TICKET, plain, i.service.kvno)
	return krbmsg.NewTicket(i.service.name, realm, enc), err
}
