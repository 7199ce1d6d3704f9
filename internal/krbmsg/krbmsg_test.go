package krbmsg_test

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"
	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	at      = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	alice   = types.PrincipalName{NameType: 1, NameString: []string{"alice"}}
	service = types.PrincipalName{NameType: 2, NameString: []string{"impala", "lb.example.com"}}
	sealed  = types.EncryptedData{EType: 18, KVNO: 3, Cipher: []byte("cipher text")}
	key     = types.EncryptionKey{KeyType: 17, KeyValue: []byte("0123456789abcdef")}
	ticket  = krbmsg.NewTicket(service, "EXAMPLE.COM", sealed)
)

// codec is one kind of message: a value, and what encodes and parses it.
type codec struct {
	value   any
	marshal func() ([]byte, error)
	parse   func([]byte) (any, error)
}

func codecs() map[string]codec {
	apReq := krbmsg.NewAPReq(ticket, sealed, true)
	body := krbmsg.KDCReqBody{
		Options: types.NewKrbFlags(), CName: alice, Realm: "EXAMPLE.COM", SName: service, Till: at, Nonce: 7, ETypes: []int32{18, 17},
	}
	pa := types.PADataSequence{{PADataType: 2, PADataValue: []byte("timestamp")}}
	asRep := krbmsg.KDCRep{CRealm: "EXAMPLE.COM", CName: alice, Ticket: ticket, EncPart: sealed, PAData: pa}
	tgsRep := asRep
	tgsRep.TGS, tgsRep.PAData = true, nil
	encTicket := krbmsg.EncTicketPart{
		Flags: types.NewKrbFlags(), Key: key, CRealm: "EXAMPLE.COM", CName: alice, Transited: krbmsg.Transited{Type: 1, Contents: []byte{}},
		AuthTime: at, StartTime: at, EndTime: at.Add(time.Hour),
	}
	encRep := krbmsg.EncKDCRepPart{
		Key: key, LastReqs: []krbmsg.LastReq{{Value: at}}, Nonce: 7, Flags: types.NewKrbFlags(), AuthTime: at, EndTime: at.Add(time.Hour),
		SRealm: "EXAMPLE.COM", SName: service,
	}
	encAPRep := krbmsg.EncAPRepPart{CTime: at, Cusec: 999999, Subkey: key, SequenceNumber: 1 << 31}
	refusal := krbmsg.NewKRBError(37, at.Add(5*time.Microsecond), service, "EXAMPLE.COM", "skew")
	request := func(tgs bool) codec {
		r := krbmsg.KDCReq{TGS: tgs, PAData: pa, Body: body}
		return codec{body, r.Marshal, func(b []byte) (any, error) {
			got, err := krbmsg.ParseKDCReq(b)
			if err == nil && got.TGS != tgs {
				err = errors.New("it is the other kind")
			}
			return got.Body, err
		}}
	}
	return map[string]codec{
		"ticket":      {ticket, ticket.Marshal, func(b []byte) (any, error) { return krbmsg.ParseTicket(b) }},
		"AP-REQ":      {apReq, apReq.Marshal, func(b []byte) (any, error) { return krbmsg.ParseAPReq(b) }},
		"AP-REP":      {sealed, func() ([]byte, error) { return krbmsg.MarshalAPRep(sealed) }, func(b []byte) (any, error) { return krbmsg.ParseAPRep(b) }},
		"AS-REQ":      request(false),
		"TGS-REQ":     request(true),
		"AS-REP":      {asRep, asRep.Marshal, func(b []byte) (any, error) { return krbmsg.ParseKDCRep(b, false) }},
		"TGS-REP":     {tgsRep, tgsRep.Marshal, func(b []byte) (any, error) { return krbmsg.ParseKDCRep(b, true) }},
		"ticket part": {encTicket, encTicket.Marshal, func(b []byte) (any, error) { return krbmsg.ParseEncTicketPart(b) }},
		"AS part":     {encRep, func() ([]byte, error) { return encRep.Marshal(false) }, func(b []byte) (any, error) { return krbmsg.ParseEncKDCRepPart(b) }},
		"TGS part":    {encRep, func() ([]byte, error) { return encRep.Marshal(true) }, func(b []byte) (any, error) { return krbmsg.ParseEncKDCRepPart(b) }},
		"AP-REP part": {encAPRep, encAPRep.Marshal, func(b []byte) (any, error) { return krbmsg.ParseEncAPRepPart(b) }},
		"KRB-ERROR":   {refusal, refusal.Marshal, func(b []byte) (any, error) { return krbmsg.ParseKRBError(b) }},
	}
}

func TestMessages_ReadBackAndRefuseWhatIsCutOff(t *testing.T) {
	t.Parallel()
	for name, c := range codecs() {
		data, err := c.marshal()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := c.parse(data)
		if err != nil || !reflect.DeepEqual(got, c.value) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.value)
		}
		for n := range data {
			if got, err := c.parse(data[:n]); !errors.Is(err, krbmsg.ErrMalformed) {
				t.Fatalf("%s: %d of %d bytes: %+v, %v", name, n, len(data), got, err)
			}
		}
	}
}

// The checksum of a request is over its body as it came, whatever our encoding of the
// same would be.
func TestKDCReq_KeepsTheBodyAsItCame(t *testing.T) {
	t.Parallel()
	r := krbmsg.KDCReq{TGS: true, Body: krbmsg.KDCReqBody{Options: types.NewKrbFlags(), Realm: "R", SName: service, Till: at, ETypes: []int32{18}}}
	data, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	body, err := r.Body.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := krbmsg.ParseKDCReq(data); err != nil || !bytes.Equal(got.Raw, body) {
		t.Errorf("%x, %v, want %x", got.Raw, err, body)
	}
}

func TestParseTicket_NeedsAName(t *testing.T) {
	t.Parallel()
	data, err := krbmsg.NewTicket(types.PrincipalName{NameString: []string{}}, "R", sealed).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := krbmsg.ParseTicket(data); !errors.Is(err, krbmsg.ErrMalformed) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestParsePrincipal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]struct {
		realm string
		parts []string
	}{
		"alice":                             {"", []string{"alice"}},
		"alice@EXAMPLE.COM":                 {"EXAMPLE.COM", []string{"alice"}},
		"impala/lb.example.com@EXAMPLE.COM": {"EXAMPLE.COM", []string{"impala", "lb.example.com"}},
		`al\@ice\/x@R`:                      {"R", []string{"al@ice/x"}},
		"":                                  {"", []string{""}},
		"@R":                                {"R", []string{""}},
	} {
		name, realm := krbmsg.ParsePrincipal(in)
		if realm != want.realm || !reflect.DeepEqual(name.NameString, want.parts) {
			t.Errorf("%q: %q in %q", in, name.NameString, realm)
		}
	}
}

// FuzzParse gives arbitrary bytes to every parser: no panic, and no name without a
// component.
func FuzzParse(f *testing.F) {
	for _, c := range codecs() {
		data, err := c.marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	all := codecs()
	f.Fuzz(func(t *testing.T, data []byte) {
		for name, c := range all {
			got, err := c.parse(data)
			if r, ok := got.(krbmsg.APReq); ok && err == nil && len(r.Ticket.SName.NameString) == 0 {
				t.Fatalf("%s without a name", name)
			}
		}
	})
}
