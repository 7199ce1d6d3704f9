package kdc

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/iana/keyusage"
	"github.com/jcmturner/gokrb5/v8/iana/patype"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krb5conf"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// says is a KDC over TCP that answers each message with one of its own.
func says(t testing.TB, answer func(krbmsg.KDCReq) []byte) *krb5conf.Config {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if request, err := krbmsg.ReadFrame(c, maxReply); err == nil {
				if req, err := krbmsg.ParseKDCReq(request); err == nil {
					_, _ = c.Write(answer(req))
				}
			}
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	conf, err := krb5conf.Parse("[realms]\n" + realm + " = {\nkdc = tcp/" + l.Addr().String() + "\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	return conf
}

// preauth is the answer that asks for a proof by keys made as info says.
func preauth(t testing.TB, info types.ETypeInfo2) []byte {
	t.Helper()
	b, err := asn1.Marshal(info)
	if err != nil {
		t.Fatal(err)
	}
	data, err := asn1.Marshal(types.PADataSequence{{PADataType: patype.PA_ETYPE_INFO2, PADataValue: b}})
	if err != nil {
		t.Fatal(err)
	}
	return preauthBy(t, data)
}

// preauthBy is the answer that asks for a proof in the way that data says.
func preauthBy(t testing.TB, data []byte) []byte {
	t.Helper()
	e := krbmsg.NewKRBError(25, time.Now(), lb, realm, "")
	e.Data = data
	out, err := e.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return krbmsg.AppendFrame(nil, out)
}

// A KDC, or who answers in its place, costs neither memory nor time beyond bounds, and
// is believed nothing that does not fit the request.
func TestClient_HostileKDC(t *testing.T) {
	t.Parallel()
	secret, err := gss.NewKey(gss.AES256SHA1)
	if err != nil {
		t.Fatal(err)
	}
	// reply is one by who knows the client's key, changed.
	reply := func(change func(*krbmsg.KDCRep, *krbmsg.EncKDCRepPart)) func(krbmsg.KDCReq) []byte {
		return func(req krbmsg.KDCReq) []byte {
			part := krbmsg.EncKDCRepPart{
				Key: secret, LastReqs: []krbmsg.LastReq{{Value: time.Now().UTC().Truncate(time.Second)}}, Nonce: req.Body.Nonce, Flags: types.NewKrbFlags(),
				AuthTime: time.Now().UTC().Truncate(time.Second), EndTime: time.Now().UTC().Truncate(time.Second), SRealm: realm, SName: req.Body.SName,
			}
			rep := krbmsg.KDCRep{CRealm: realm, CName: req.Body.CName, Ticket: krbmsg.NewTicket(req.Body.SName, realm, types.EncryptedData{EType: 18, Cipher: []byte("x")})}
			change(&rep, &part)
			plain, err := part.Marshal(false)
			if err != nil {
				return nil
			}
			if rep.EncPart, err = gss.EncryptPart(secret, keyusage.AS_REP_ENCPART, plain, 1); err != nil {
				return nil
			}
			out, err := rep.Marshal()
			if err != nil {
				return nil
			}
			return krbmsg.AppendFrame(nil, out)
		}
	}
	always := func(b []byte) func(krbmsg.KDCReq) []byte { return func(krbmsg.KDCReq) []byte { return b } }
	for name, tc := range map[string]struct {
		answer func(krbmsg.KDCReq) []byte
		want   vocab.Kind
	}{
		"nothing":              {always(nil), vocab.KindKDCUnreachable},
		"a length beyond all":  {always([]byte{0x7f, 0xff, 0xff, 0xff}), vocab.KindKDCUnreachable},
		"half a message":       {always([]byte{0, 0, 1, 0, 1, 2, 3}), vocab.KindKDCUnreachable},
		"text":                 {always(krbmsg.AppendFrame(nil, []byte("HTTP/1.1 400 Bad Request"))), vocab.KindGarbage},
		"an empty message":     {always(krbmsg.AppendFrame(nil, nil)), vocab.KindGarbage},
		"a request":            {func(r krbmsg.KDCReq) []byte { b, _ := r.Marshal(); return krbmsg.AppendFrame(nil, b) }, vocab.KindGarbage},
		"no way to prove":      {always(preauth(t, nil)), vocab.KindNoEncryption},
		"types not asked for":  {always(preauth(t, types.ETypeInfo2{{EType: 1}})), vocab.KindNoEncryption},
		"endless work":         {always(preauth(t, types.ETypeInfo2{{EType: 18, S2KParams: []byte{0xff, 0xff, 0xff, 0xff}}})), vocab.KindOversize},
		"no work":              {always(preauth(t, types.ETypeInfo2{{EType: 18, S2KParams: []byte{0, 0, 0, 0}}})), vocab.KindOversize},
		"a proof, and again":   {always(preauth(t, types.ETypeInfo2{{EType: 18}})), vocab.KindRejected},
		"without the password": {reply(func(*krbmsg.KDCRep, *krbmsg.EncKDCRepPart) {}), vocab.KindRejected},
	} {
		c := &Client{Conf: says(t, tc.answer), Name: types.PrincipalName{NameType: 1, NameString: []string{"alice"}}, Realm: realm, Password: "pw"}
		got, err := c.Ticket(t.Context(), lb)
		if e, ok := errors.AsType[*Error](err); !ok || e.Kind != tc.want {
			t.Errorf("%s: %v, %v, want %s", name, got, err, tc.want)
		}
	}
	keys := keysOf("alice", secret)
	for name, tc := range map[string]struct {
		change func(*krbmsg.KDCRep, *krbmsg.EncKDCRepPart)
		want   vocab.Kind
	}{
		"as it should be":     {func(*krbmsg.KDCRep, *krbmsg.EncKDCRepPart) {}, vocab.KindNone},
		"of an earlier asked": {func(_ *krbmsg.KDCRep, p *krbmsg.EncKDCRepPart) { p.Nonce++ }, vocab.KindGarbage},
		"for another client":  {func(r *krbmsg.KDCRep, _ *krbmsg.EncKDCRepPart) { r.CName = lb }, vocab.KindGarbage},
		"with another's key":  {func(_ *krbmsg.KDCRep, p *krbmsg.EncKDCRepPart) { p.SName = lb }, vocab.KindGarbage},
		"of another realm":    {func(_ *krbmsg.KDCRep, p *krbmsg.EncKDCRepPart) { p.SRealm = "OTHER" }, vocab.KindGarbage},
		"for another service": {func(r *krbmsg.KDCRep, p *krbmsg.EncKDCRepPart) { p.SName, r.Ticket.SName = lb, lb }, vocab.KindWrongRealm},
		"of yesterday":        {func(_ *krbmsg.KDCRep, p *krbmsg.EncKDCRepPart) { p.AuthTime = p.AuthTime.Add(-24 * time.Hour) }, vocab.KindClockSkew},
	} {
		c := &Client{Conf: says(t, reply(tc.change)), Keys: keys}
		if err := c.identify(); err != nil {
			t.Fatal(err)
		}
		got, err := c.authenticate(t.Context())
		e, failed := errors.AsType[*Error](err)
		if failed != (tc.want != vocab.KindNone) || failed && e.Kind != tc.want {
			t.Errorf("%s: %v, %v, want %s", name, got, err, tc.want)
		}
	}
}

// A way to prove the password that cannot be read is the KDC's fault, and not that of the
// client's keys.
func TestClient_SaysThatTheWayToProveIsGarbled(t *testing.T) {
	t.Parallel()
	garbled := preauthBy(t, []byte("by post"))
	c := &Client{Conf: says(t, func(krbmsg.KDCReq) []byte { return garbled }), Name: types.PrincipalName{NameType: 1, NameString: []string{"alice"}}, Realm: realm, Password: "pw"}
	_, err := c.Ticket(t.Context(), lb)
	if e, ok := errors.AsType[*Error](err); !ok || e.Kind != vocab.KindGarbage || !strings.Contains(err.Error(), "does not say how to prove the password") {
		t.Errorf("error %v", err)
	}
}

// keysOf is a keytab with a key.
func keysOf(name string, key types.EncryptionKey) keytab.Table {
	return keytab.Table{{Realm: realm, Name: []string{name}, KVNO: 1, EType: key.KeyType, Key: key.KeyValue}}
}

// offers is what a KDC wants instead, as far as it can be read.
func offers(data []byte) (out types.PADataSequence) {
	_ = out.Unmarshal(data)
	return out
}

// FuzzReply gives arbitrary bytes as what a KDC says: no panic, and no ticket.
func FuzzReply(f *testing.F) {
	conf, granting, _ := setup(f)
	c := &Client{Conf: conf, Name: types.PrincipalName{NameType: 1, NameString: []string{"alice"}}, Realm: realm, Password: "pw"}
	req := krbmsg.KDCReq{Body: c.body(realm, lb, []int32{18})}
	f.Add(preauth(f, types.ETypeInfo2{{EType: 18, Salt: "salt"}})[4:])
	f.Add(preauth(f, nil)[4:])
	b, err := (krbmsg.KDCRep{CRealm: realm, CName: c.Name, Ticket: granting.Ticket, EncPart: granting.Ticket.EncPart}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, reply []byte) {
		if r, ok := errors.AsType[*refused](refusal(reply)); ok {
			_ = answered("asking", r).Error()
			for _, e := range etypeInfo(offers(r.data)) {
				_ = e.Salt
			}
		}
		for _, tgs := range []bool{false, true} {
			rep, err := krbmsg.ParseKDCRep(reply, tgs)
			if err != nil {
				continue
			}
			if _, err := finish("asking", req, rep, granting.Key, 3, time.Minute); err == nil {
				t.Fatal("a ticket")
			}
		}
	})
}
