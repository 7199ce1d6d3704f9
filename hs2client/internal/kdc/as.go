package kdc

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/iana/errorcode"
	"github.com/jcmturner/gokrb5/v8/iana/flags"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// authenticate gets a ticket granting ticket with a key of the client's.
func (c *Client) authenticate(ctx context.Context) (Ticket, error) {
	what := "asking realm " + c.Realm + " for a ticket of " + krbmsg.Principal(c.Name, c.Realm)
	etypes := c.Conf.TktETypes
	if c.Keys != nil {
		etypes = intersect(etypes, c.Keys.ETypes(c.Name.NameString, c.Realm))
	}
	if len(etypes) == 0 {
		return Ticket{}, fail(vocab.KindNoEncryption, "%s: krb5.conf allows no encryption type that this client and its keys have", what)
	}
	req := krbmsg.KDCReq{Body: c.body(c.Realm, krbmsg.GrantingService(c.Realm), etypes)}
	var key types.EncryptionKey
	reply, err := c.ask(ctx, c.Realm, req)
	if r, ok := errors.AsType[*refused](err); ok && r.Code == errorcode.KDC_ERR_PREAUTH_REQUIRED {
		if key, err = c.offeredKey(etypes, r.data); err != nil {
			return Ticket{}, err
		}
		req.PAData, err = timestamp(key, time.Now())
		if err == nil {
			reply, err = c.ask(ctx, c.Realm, req)
		}
	}
	if err != nil {
		return Ticket{}, classify(what, err)
	}
	rep, err := krbmsg.ParseKDCRep(reply, false)
	if err != nil {
		return Ticket{}, answered(what, err)
	}
	if key.KeyType != rep.EncPart.EType { // no proof was asked for
		if key, err = c.key(rep.EncPart.EType, rep.PAData); err != nil {
			return Ticket{}, err
		}
	}
	return finish(what, req, rep, key, keyusage.AS_REP_ENCPART, c.Conf.Skew)
}

// body is what is asked for.
func (c *Client) body(realm string, service types.PrincipalName, etypes []int32) krbmsg.KDCReqBody {
	b := krbmsg.KDCReqBody{
		Options: types.NewKrbFlags(), CName: c.Name, Realm: realm, SName: service, ETypes: etypes,
		Till: time.Now().UTC().Add(c.Conf.Lifetime).Truncate(time.Second), Nonce: int(rand.Int32()),
	}
	if c.Conf.Forwardable {
		types.SetFlag(&b.Options, flags.Forwardable)
	}
	return b
}

// ask sends a request.
func (c *Client) ask(ctx context.Context, realm string, req krbmsg.KDCReq) ([]byte, error) {
	message, err := req.Marshal()
	if err != nil {
		return nil, err
	}
	return c.send(ctx, realm, message)
}

// classify makes an error of one that asking ended with.
func classify(what string, err error) error {
	if known, ok := errors.AsType[*Error](err); ok {
		return &Error{Kind: known.Kind, Text: what, Err: known}
	}
	if errors.Is(err, context.Canceled) {
		return &Error{Kind: vocab.KindCanceled, Text: what, Err: err}
	}
	return answered(what, err)
}

// timestamp proves that the client has a key.
func timestamp(key types.EncryptionKey, now time.Time) (types.PADataSequence, error) {
	plain, err := asn1.Marshal(types.PAEncTSEnc{PATimestamp: now.UTC().Truncate(time.Second), PAUSec: now.Nanosecond() / int(time.Microsecond)})
	if err != nil {
		return nil, err
	}
	part, err := gss.EncryptPart(key, keyusage.AS_REQ_PA_ENC_TIMESTAMP, plain, 0)
	if err != nil {
		return nil, err
	}
	b, err := part.Marshal()
	return types.PADataSequence{{PADataType: patype.PA_ENC_TIMESTAMP, PADataValue: b}}, err
}

// offeredKey is the client's key of the first type that the KDC offers and we asked for.
func (c *Client) offeredKey(etypes []int32, data []byte) (types.EncryptionKey, error) {
	var offered types.PADataSequence
	if err := offered.Unmarshal(data); err != nil {
		return types.EncryptionKey{}, fail(vocab.KindGarbage, "the KDC does not say how to prove the password")
	}
	for _, e := range etypeInfo(offered) {
		if slices.Contains(etypes, e.EType) {
			return c.key(e.EType, offered)
		}
	}
	return types.EncryptionKey{}, fail(vocab.KindNoEncryption, "the KDC offers no encryption type that this client and its keys have")
}

// etypeInfo is what a KDC says of keys that are made of passwords.
func etypeInfo(data types.PADataSequence) types.ETypeInfo2 {
	for _, d := range data {
		if d.PADataType == patype.PA_ETYPE_INFO2 {
			if info, err := d.GetETypeInfo2(); err == nil {
				return info
			}
		}
	}
	return nil
}

// key is the client's long-term key of an encryption type. Of a keytab it is the newest:
// its version numbers need not be those of the KDC.
func (c *Client) key(etype int32, data types.PADataSequence) (types.EncryptionKey, error) {
	e, found := c.Keys.Find(c.Name.NameString, c.Realm, etype, 0)
	if found {
		return types.EncryptionKey{KeyType: etype, KeyValue: e.Key}, nil
	}
	et, err := crypto.GetEtype(etype)
	if err != nil || c.Keys != nil {
		return types.EncryptionKey{}, fail(vocab.KindNoEncryption, "the KDC answers %s with encryption type %s, of which there is no key here",
			krbmsg.Principal(c.Name, c.Realm), gss.ETypeName(etype))
	}
	salt, params := c.Name.GetSalt(c.Realm), et.GetDefaultStringToKeyParams()
	for _, e := range etypeInfo(data) {
		if e.EType != etype {
			continue
		}
		if e.Salt != "" {
			salt = e.Salt
		}
		if len(e.S2KParams) == 4 {
			if n := binary.BigEndian.Uint32(e.S2KParams); n == 0 || n > maxIterations {
				return types.EncryptionKey{}, fail(vocab.KindOversize, "the KDC asks for %d iterations to make a key of the password", n)
			}
			params = hex.EncodeToString(e.S2KParams)
		}
		break
	}
	value, err := et.StringToKey(c.Password, salt, params)
	if err != nil {
		return types.EncryptionKey{}, fail(vocab.KindOther, "no key of type %s can be made of the password", gss.ETypeName(etype))
	}
	return types.EncryptionKey{KeyType: etype, KeyValue: value}, nil
}

// maxIterations bounds the work that a KDC may ask for: thirty times the standard's.
const maxIterations = 1 << 20

// finish opens and checks a reply.
func finish(what string, req krbmsg.KDCReq, rep krbmsg.KDCRep, key types.EncryptionKey, usage uint32, skew time.Duration) (Ticket, error) {
	plain, err := gss.DecryptPart(key, usage, rep.EncPart)
	if err != nil {
		return Ticket{}, &Error{Kind: vocab.KindRejected, Text: what + ": the password or key is not the one that the KDC has", Err: err}
	}
	part, err := krbmsg.ParseEncKDCRepPart(plain)
	if err != nil {
		return Ticket{}, answered(what, err)
	}
	if part.Nonce != req.Body.Nonce || !part.SName.Equal(rep.Ticket.SName) || !rep.CName.Equal(req.Body.CName) || part.SRealm != rep.Ticket.Realm {
		return Ticket{}, answered(what, fmt.Errorf("%w: the reply is to another request", krbmsg.ErrMalformed))
	}
	if !part.SName.Equal(req.Body.SName) {
		return Ticket{}, fail(vocab.KindWrongRealm, "%s: the KDC refers to %s: name the realm of the host in [domain_realm] of krb5.conf",
			what, krbmsg.Principal(part.SName, part.SRealm))
	}
	started, now := part.ValidFrom(), time.Now()
	ahead := started.Sub(now).Round(time.Second)
	if ahead.Abs() > skew {
		return Ticket{}, &Error{Kind: vocab.KindClockSkew, Text: what, Clock: started, Here: now, Err: errors.New("the ticket's time is not now")}
	}
	t := Ticket{End: part.EndTime, Clock: ahead, Asked: true}
	t.Client, t.Realm, t.Ticket, t.Key = rep.CName, rep.CRealm, rep.Ticket, part.Key
	return t, nil
}
