package simkdc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"
	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const realm = "EXAMPLE.COM"

var (
	alice   = types.PrincipalName{NameType: 1, NameString: []string{"alice"}}
	service = types.PrincipalName{NameType: 2, NameString: []string{"impala", "lb.example.com"}}
	own     = krbmsg.GrantingService(realm)
)

func start(t testing.TB, c Config) *KDC {
	t.Helper()
	c.Realm = realm
	k, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := errors.Join(k.AddUser("alice", "pw"), k.AddService("impala/lb.example.com")); err != nil {
		t.Fatal(err)
	}
	return k
}

// over asks over TCP.
func over(t testing.TB, k *KDC, message []byte) []byte {
	t.Helper()
	c, err := net.Dial("tcp", k.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Write(krbmsg.AppendFrame(nil, message)); err != nil {
		t.Fatal(err)
	}
	reply, err := krbmsg.ReadFrame(c, 1<<16)
	if err != nil {
		t.Fatal(err)
	}
	return reply
}

// request is what clients send, with changes.
func request(change func(*krbmsg.KDCReqBody)) krbmsg.KDCReq {
	r := krbmsg.KDCReq{Body: krbmsg.KDCReqBody{
		Options: types.NewKrbFlags(), CName: alice, Realm: realm, SName: own, Nonce: 7, ETypes: []int32{18, 17},
		Till: time.Now().UTC().Add(time.Hour).Truncate(time.Second),
	}}
	if change != nil {
		change(&r.Body)
	}
	return r
}

// code asks, and returns the error's code; 0: none.
func code(t testing.TB, k *KDC, r krbmsg.KDCReq) int32 {
	t.Helper()
	message, err := r.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	e, err := krbmsg.ParseKRBError(over(t, k, message))
	if err != nil {
		return 0
	}
	return e.Code
}

// granting gets alice's ticket granting ticket of a KDC that wants no proof.
func granting(t testing.TB, k *KDC) gss.Credential {
	t.Helper()
	message, err := request(nil).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	rep, err := krbmsg.ParseKDCRep(over(t, k, message), false)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keytab.Parse(k.Keytab("alice"))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gss.DecryptPart(types.EncryptionKey{KeyType: keys[0].EType, KeyValue: keys[0].Key}, 3, rep.EncPart)
	if err != nil {
		t.Fatal(err)
	}
	part, err := krbmsg.ParseEncKDCRepPart(plain)
	if err != nil {
		t.Fatal(err)
	}
	return gss.Credential{Client: alice, Realm: realm, Ticket: rep.Ticket, Key: part.Key}
}

// withTicket makes a request by ticket, signed at a time.
func withTicket(t testing.TB, c gss.Credential, at time.Time, change func(*krbmsg.KDCReqBody)) krbmsg.KDCReq {
	t.Helper()
	r := request(func(b *krbmsg.KDCReqBody) {
		b.SName = service
		if change != nil {
			change(b)
		}
	})
	r.TGS = true
	body, err := r.Body.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	a := gss.NewAuthenticator(c, at)
	if a.Cksum, err = gss.Checksum(c.Key, 6, body); err != nil {
		t.Fatal(err)
	}
	shown, err := gss.APReq(c, a, 7, false)
	if err != nil {
		t.Fatal(err)
	}
	r.PAData = types.PADataSequence{{PADataType: 1, PADataValue: shown}}
	return r
}

func TestKDC_RefusesRequestsByKey(t *testing.T) {
	t.Parallel()
	k := start(t, Config{})
	for name, tc := range map[string]struct {
		change func(*krbmsg.KDCReqBody)
		want   int32
	}{
		"without a proof":    {nil, 25},
		"an unknown client":  {func(b *krbmsg.KDCReqBody) { b.CName = types.PrincipalName{NameString: []string{"bob"}} }, 6},
		"an unknown service": {func(b *krbmsg.KDCReqBody) { b.SName = types.PrincipalName{NameString: []string{"hive", "x"}} }, 7},
		"a user's ticket":    {func(b *krbmsg.KDCReqBody) { b.SName = alice }, 7},
		"another realm":      {func(b *krbmsg.KDCReqBody) { b.Realm = "OTHER" }, 68},
		"RC4 alone":          {func(b *krbmsg.KDCReqBody) { b.ETypes = []int32{23} }, 14},
	} {
		if got := code(t, k, request(tc.change)); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
	wrong := request(nil)
	wrong.PAData = types.PADataSequence{{PADataType: 2, PADataValue: []byte("no timestamp")}}
	if got := code(t, k, wrong); got != 24 {
		t.Errorf("a proof that is none: %d", got)
	}
}

func TestKDC_RefusesRequestsByTicket(t *testing.T) {
	t.Parallel()
	now := time.Now()
	clock := now
	var mu sync.Mutex
	k := start(t, Config{NoPreauth: true, Life: time.Hour, Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return clock }})
	c := granting(t, k)
	if got := code(t, k, withTicket(t, c, now, nil)); got != 0 {
		t.Fatalf("a good one: %d", got)
	}
	altered := withTicket(t, c, now, nil)
	altered.Body.Nonce++
	other := c
	other.Key, _ = gss.NewKey(gss.AES256SHA1)
	bob := c
	bob.Client = types.PrincipalName{NameType: 1, NameString: []string{"bob"}}
	broken := c
	broken.Ticket.EncPart.Cipher = append([]byte{1}, broken.Ticket.EncPart.Cipher[1:]...)
	misdirected := c
	misdirected.Ticket.SName = service
	none := withTicket(t, c, now, nil)
	none.PAData = nil
	for name, tc := range map[string]struct {
		request krbmsg.KDCReq
		want    int32
	}{
		"an altered body":     {altered, 41},
		"another session key": {withTicket(t, other, now, nil), 31},
		"another's name":      {withTicket(t, bob, now, nil), 36},
		"a broken ticket":     {withTicket(t, broken, now, nil), 31},
		"a service's ticket":  {withTicket(t, misdirected, now, nil), 35},
		"no ticket":           {none, 16},
		"an old proof":        {withTicket(t, c, now.Add(-10*time.Minute), nil), 37},
		"an unknown service":  {withTicket(t, c, now, func(b *krbmsg.KDCReqBody) { b.SName = alice }), 7},
		"DES alone":           {withTicket(t, c, now, func(b *krbmsg.KDCReqBody) { b.ETypes = []int32{1, 3} }), 14},
	} {
		if got := code(t, k, tc.request); got != tc.want {
			t.Errorf("%s: %d, want %d", name, got, tc.want)
		}
	}
	mu.Lock()
	clock = now.Add(2 * time.Hour)
	mu.Unlock()
	if got := code(t, k, withTicket(t, c, clock, nil)); got != 32 {
		t.Errorf("after its time: %d", got)
	}
}

func TestKDC_KeysChangeWhereAServiceIsAddedAgain(t *testing.T) {
	t.Parallel()
	k := start(t, Config{})
	if err := errors.Join(k.AddService("impala/lb.example.com", gss.AES128SHA2), k.AddService("x", 99)); err == nil {
		t.Error("keys of an unknown type")
	}
	keys, err := keytab.Parse(k.Keytab("impala/lb.example.com", "nobody", "alice"))
	if err != nil || len(keys) != 5 || keys[0].KVNO != 2 || keys[0].EType != gss.AES128SHA2 || keys[1].Principal() != "alice@"+realm {
		t.Errorf("%v, %v", keys, err)
	}
}

func TestStart_Refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"no realm": {}, "an address that is not local": {Realm: realm, ListenIP: netip.MustParseAddr("0.0.0.0")},
		"an unknown encryption type": {Realm: realm, ETypes: []int32{99}},
	} {
		if k, err := Start(c); err == nil {
			t.Errorf("%s: it runs", name)
			_ = k.Close()
		}
	}
}

// Connections that say nothing do not keep others out for good, and end with the KDC.
func TestKDC_BoundsConnections(t *testing.T) {
	t.Parallel()
	k := start(t, Config{NoPreauth: true})
	var idle []net.Conn
	for range maxConnections {
		c, err := net.Dial("tcp", k.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		idle = append(idle, c)
	}
	c, err := net.Dial("tcp", k.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if n, err := c.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("one too many is served: %d, %v", n, err)
	}
	if _, err := idle[0].Write([]byte{0x7f, 0xff, 0xff, 0xff}); err != nil {
		t.Fatal(err)
	}
	if n, err := idle[0].Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("a message beyond all bounds is read: %d, %v", n, err)
	}
}

// Many clients at once, while principals come and change.
func TestKDC_ManyAtOnce(t *testing.T) {
	t.Parallel()
	k := start(t, Config{})
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			user := fmt.Sprintf("user%d", i)
			if err := errors.Join(k.AddUser(user, "pw"), k.AddService("hive/h")); err != nil {
				t.Error(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			conf, err := hs2client.ParseKerberosConf(k.Krb5Conf())
			if err != nil {
				t.Error(err)
			}
			login := hs2client.KerberosLogin{Conf: conf, Principal: user, Keytab: k.Keytab(user)}
			if got, err := login.Ticket(ctx, "impala", "lb.example.com"); err != nil || got.Principal() != user+"@"+realm {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
	all.Wait()
}

// FuzzAnswer gives arbitrary bytes to the KDC: no panic, and no ticket.
func FuzzAnswer(f *testing.F) {
	k := start(f, Config{NoPreauth: true})
	for _, r := range []krbmsg.KDCReq{request(nil), withTicket(f, granting(f, k), time.Now(), nil)} {
		b, err := r.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	strict := start(f, Config{})
	f.Fuzz(func(t *testing.T, message []byte) {
		for _, tgs := range []bool{false, true} {
			if _, err := krbmsg.ParseKDCRep(strict.answer(message), tgs); err == nil {
				t.Fatal("a ticket")
			}
		}
	})
}
