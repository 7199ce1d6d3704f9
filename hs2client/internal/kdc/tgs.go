package kdc

import (
	"context"
	"time"

	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// grant gets a ticket for a service with a ticket granting ticket; realm is the
// service's, "" the client's. From another realm's KDC it first gets such a ticket for
// that realm.
func (c *Client) grant(ctx context.Context, granting Ticket, service types.PrincipalName, realm string) (Ticket, error) {
	if realm == "" {
		realm = granting.Realm
	}
	if realm != granting.Realm {
		var err error
		if granting, err = c.request(ctx, granting, granting.Realm, krbmsg.GrantingService(realm)); err != nil {
			return Ticket{}, err
		}
	}
	return c.request(ctx, granting, realm, service)
}

// request asks the KDC of a realm.
func (c *Client) request(ctx context.Context, granting Ticket, realm string, service types.PrincipalName) (Ticket, error) {
	what := "asking realm " + realm + " for a ticket of " + krbmsg.Principal(granting.Client, granting.Realm) + " for " + krbmsg.Principal(service, realm)
	etypes := intersect(c.Conf.TGSETypes, gss.ETypes())
	if len(etypes) == 0 {
		return Ticket{}, fail(vocab.KindNoEncryption, "%s: krb5.conf allows no AES, without which sessions are not protected", what)
	}
	req := krbmsg.KDCReq{TGS: true, Body: c.body(realm, service, etypes)}
	req.Body.CName = granting.Client
	if err := sign(&req, granting.Credential); err != nil {
		return Ticket{}, answered(what, err)
	}
	reply, err := c.ask(ctx, realm, req)
	if err != nil {
		return Ticket{}, classify(what, err)
	}
	rep, err := krbmsg.ParseKDCRep(reply, true)
	if err != nil {
		return Ticket{}, answered(what, err)
	}
	return finish(what, req, rep, granting.Key, keyusage.TGS_REP_ENCPART_SESSION_KEY, c.Conf.Skew)
}

// sign puts the ticket granting ticket into a request, with a checksum over its body.
func sign(req *krbmsg.KDCReq, c gss.Credential) error {
	body, err := req.Body.Marshal()
	if err != nil {
		return err
	}
	a := gss.NewAuthenticator(c, time.Now())
	if a.Cksum, err = gss.Checksum(c.Key, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR_CHKSUM, body); err != nil {
		return err
	}
	shown, err := gss.APReq(c, a, keyusage.TGS_REQ_PA_TGS_REQ_AP_REQ_AUTHENTICATOR, false)
	req.PAData = types.PADataSequence{{PADataType: patype.PA_TGS_REQ, PADataValue: shown}}
	return err
}
