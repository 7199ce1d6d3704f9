package gss_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"
	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	now    = time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	etypes = []int32{gss.AES128SHA1, gss.AES256SHA1, gss.AES128SHA2, gss.AES256SHA2}
	lb     = types.PrincipalName{NameType: 2, NameString: []string{"impala", "lb.example.com"}}
)

// realm issues tickets without a KDC, and has the service's keytab.
type realm struct {
	key  types.EncryptionKey
	keys keytab.Table
}

func newRealm(t testing.TB, etype int32) realm {
	t.Helper()
	key, err := gss.NewKey(etype)
	if err != nil {
		t.Fatal(err)
	}
	return realm{key, keytab.Table{{Realm: "EXAMPLE.COM", Name: lb.NameString, KVNO: 3, EType: etype, Key: key.KeyValue}}}
}

// issue makes alice's ticket, valid for an hour.
func (r realm) issue(t testing.TB, session int32, change func(*krbmsg.EncTicketPart)) gss.Credential {
	t.Helper()
	key, err := gss.NewKey(session)
	if err != nil {
		t.Fatal(err)
	}
	c := gss.Credential{Client: types.PrincipalName{NameType: 1, NameString: []string{"alice"}}, Realm: "EXAMPLE.COM", Key: key}
	part := krbmsg.EncTicketPart{
		Flags: types.NewKrbFlags(), Key: key, CRealm: c.Realm, CName: c.Client, AuthTime: now, StartTime: now, EndTime: now.Add(time.Hour),
	}
	if change != nil {
		change(&part)
	}
	plain, err := part.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	enc, err := gss.EncryptPart(r.key, 2, plain, 3)
	if err != nil {
		t.Fatal(err)
	}
	c.Ticket = krbmsg.NewTicket(lb, "EXAMPLE.COM", enc)
	return c
}

func clock(at time.Time) func() time.Time { return func() time.Time { return at } }

// pair is the two contexts of a login.
func pair(t testing.TB, etype int32, subkey, negotiated bool) (client *gss.Context, server *gss.Accepted) {
	t.Helper()
	r := newRealm(t, etype)
	i, token, err := gss.Initiate(r.issue(t, etype, nil), now)
	if err != nil {
		t.Fatal(err)
	}
	if negotiated {
		token = gss.AppendNegotiation(gss.Negotiation{Token: token})
	}
	server, err = (&gss.Acceptor{Keys: r.keys, Subkey: subkey, Now: clock(now)}).Accept(token)
	if err != nil {
		t.Fatal(err)
	}
	client, err = i.Finish(server.Reply)
	if err != nil {
		t.Fatal(err)
	}
	return client, server
}

func TestLogin_EveryKeyAndForm(t *testing.T) {
	t.Parallel()
	for _, etype := range etypes {
		for _, subkey := range []bool{false, true} {
			for _, negotiated := range []bool{false, true} {
				client, server := pair(t, etype, subkey, negotiated)
				if server.Client != "alice@EXAMPLE.COM" || server.Service != "impala/lb.example.com@EXAMPLE.COM" || server.Flags&gss.FlagMutual == 0 {
					t.Errorf("%d: %+v", etype, server)
				}
				if client.EType() != etype || server.EType() != etype {
					t.Errorf("keys of %d and %d, want %d", client.EType(), server.EType(), etype)
				}
				offer, err := server.Offer(gss.QOPAuth|gss.QOPConf, 0x10000)
				if err != nil {
					t.Fatal(err)
				}
				plain, sealed, err := client.Unwrap(offer)
				l, lerr := gss.ParseLayer(plain)
				if err != nil || lerr != nil || sealed || l != (gss.Layer{QOP: gss.QOPAuth | gss.QOPConf, MaxSize: 0x10000}) {
					t.Fatalf("%d %v: %+v, %v, %v", etype, subkey, l, err, lerr)
				}
				answer, err := client.Wrap(gss.Layer{QOP: gss.QOPConf, MaxSize: 77, AuthzID: "bob"}.Append(nil), false)
				if err != nil {
					t.Fatal(err)
				}
				chosen, err := server.Choose(answer, gss.QOPAuth|gss.QOPConf)
				if err != nil || chosen != (gss.Layer{QOP: gss.QOPConf, MaxSize: 77, AuthzID: "bob"}) {
					t.Errorf("%+v, %v", chosen, err)
				}
			}
		}
	}
}

// The library makes a key of 24 bytes for aes256-sha2, which no other side takes.
func TestNewKey_HasTheLengthOfItsType(t *testing.T) {
	t.Parallel()
	for etype, want := range map[int32]int{17: 16, 18: 32, 19: 16, 20: 32} {
		if key, err := gss.NewKey(etype); err != nil || len(key.KeyValue) != want {
			t.Errorf("%d: %d bytes, %v, want %d", etype, len(key.KeyValue), err, want)
		}
	}
	for _, other := range []int32{0, 1, 16, 23} {
		if _, err := gss.NewKey(other); err == nil {
			t.Errorf("a key of %d", other)
		}
	}
}

// Servers that remember authenticators by their time take a second one of the same
// microsecond for a replay. It is not parallel: the other tests have another clock, and a
// process has one.
func TestNewAuthenticator_NoTwoHaveTheSameTime(t *testing.T) {
	r := newRealm(t, gss.AES128SHA1)
	c := r.issue(t, gss.AES128SHA1, nil)
	const each = 2000
	seen := make(chan string, 8*each)
	for range 8 {
		go func() {
			for range each {
				a := gss.NewAuthenticator(c, time.Now())
				seen <- fmt.Sprint(a.CTime, a.Cusec)
			}
		}()
	}
	all := map[string]bool{}
	for range cap(seen) {
		s := <-seen
		if all[s] {
			t.Fatalf("twice: %s", s)
		}
		all[s] = true
	}
	if a := gss.NewAuthenticator(c, now); a.CTime.Nanosecond() != 0 || a.Cusec >= 1e6 || a.CTime.Sub(now).Abs() > time.Second {
		t.Errorf("%v and %d microseconds", a.CTime, a.Cusec)
	}
}

func TestContext_WrapIsUnwrapped(t *testing.T) {
	t.Parallel()
	for _, etype := range etypes {
		for _, sealed := range []bool{false, true} {
			client, server := pair(t, etype, etype%2 == 0, false)
			for n := range 70 {
				message := bytes.Repeat([]byte{byte(n)}, n*n)
				token, err := client.Wrap(message, sealed)
				if err != nil {
					t.Fatal(err)
				}
				if room := client.Room(len(token), sealed); room != len(message) {
					t.Errorf("room for %d in the token of %d", room, len(message))
				}
				if sealed && n > 8 && bytes.Contains(token, message) {
					t.Error("a sealed message is legible")
				}
				token = rotate(token, n)
				got, was, err := server.Unwrap(token)
				if err != nil || was != sealed || !bytes.Equal(got, message) {
					t.Fatalf("%d bytes, etype %d, sealed %v: %v", n*n, etype, sealed, err)
				}
				back, err := server.Wrap(message, sealed)
				if err != nil {
					t.Fatal(err)
				}
				if got, _, err = client.Unwrap(back); err != nil || !bytes.Equal(got, message) {
					t.Fatal(err)
				}
			}
		}
	}
}

// rotate does what a sender may do: the body is rotated to the right by n bytes, and
// the header says so.
func rotate(token []byte, n int) []byte {
	out := bytes.Clone(token)
	body := out[16:]
	out[7] = byte(n)
	k := n % len(body)
	copy(body, append(bytes.Clone(body[len(body)-k:]), body[:len(body)-k]...))
	return out
}

// Every bit of a token counts: with any one changed, none is taken.
func TestContext_AlteredTokensAreRefused(t *testing.T) {
	t.Parallel()
	for _, sealed := range []bool{false, true} {
		client, server := pair(t, gss.AES256SHA1, true, false)
		token, err := client.Wrap([]byte("SELECT 1"), sealed)
		if err != nil {
			t.Fatal(err)
		}
		for bit := range len(token) * 8 {
			altered := bytes.Clone(token)
			altered[bit/8] ^= 1 << (bit % 8)
			if got, _, err := server.Unwrap(altered); !errors.Is(err, gss.ErrProtection) {
				t.Errorf("sealed %v, bit %d: %q, %v", sealed, bit, got, err)
			}
		}
		for n := range token {
			if _, _, err := server.Unwrap(token[:n]); !errors.Is(err, gss.ErrProtection) {
				t.Errorf("sealed %v, %d bytes: %v", sealed, n, err)
			}
		}
		if _, _, err := client.Unwrap(token); !errors.Is(err, gss.ErrProtection) {
			t.Errorf("its own token: %v", err)
		}
		if _, _, err := server.Unwrap(token); err != nil {
			t.Error(err)
		}
		if _, _, err := server.Unwrap(token); !errors.Is(err, gss.ErrProtection) {
			t.Errorf("the same token again: %v", err)
		}
	}
}

func TestAcceptor_Refuses(t *testing.T) {
	t.Parallel()
	r, other := newRealm(t, gss.AES256SHA1), newRealm(t, gss.AES256SHA1)
	renamed := keytab.Table{r.keys[0]}
	renamed[0].Name = []string{"impala", "c1.example.com"}
	rotated := keytab.Table{r.keys[0]}
	rotated[0].KVNO = 4
	good := r.issue(t, gss.AES256SHA1, nil)
	stolen := good
	stolen.Key, _ = gss.NewKey(gss.AES256SHA1)
	bob := good
	bob.Client.NameString = []string{"bob"}
	for name, tc := range map[string]struct {
		credential gss.Credential
		acceptor   gss.Acceptor
		at         time.Time
		want       int32
	}{
		"another key":             {good, gss.Acceptor{Keys: other.keys}, now, 31},
		"an old keytab":           {good, gss.Acceptor{Keys: rotated}, now, 45},
		"a host's own name":       {good, gss.Acceptor{Keys: renamed}, now, 45},
		"another service":         {good, gss.Acceptor{Keys: r.keys, Service: "hive/lb.example.com@EXAMPLE.COM"}, now, 35},
		"a clock ahead":           {good, gss.Acceptor{Keys: r.keys}, now.Add(6 * time.Minute), 37},
		"a clock behind":          {good, gss.Acceptor{Keys: r.keys}, now.Add(-6 * time.Minute), 37},
		"another session key":     {stolen, gss.Acceptor{Keys: r.keys}, now, 31},
		"another client's ticket": {bob, gss.Acceptor{Keys: r.keys}, now, 36},
		"a ticket that expired": {r.issue(t, 18, func(p *krbmsg.EncTicketPart) { p.EndTime = now.Add(-time.Hour) }),
			gss.Acceptor{Keys: r.keys}, now, 32},
		"a ticket of tomorrow": {r.issue(t, 18, func(p *krbmsg.EncTicketPart) { p.StartTime = now.Add(24 * time.Hour) }),
			gss.Acceptor{Keys: r.keys}, now, 33},
	} {
		_, token, err := gss.Initiate(tc.credential, now)
		if err != nil {
			t.Fatal(err)
		}
		tc.acceptor.Now = clock(tc.at)
		got, err := tc.acceptor.Accept(token)
		refusal, ok := errors.AsType[*gss.Refusal](err)
		if !ok || refusal.Code != tc.want || got != nil {
			t.Errorf("%s: %v, %v, want code %d", name, got, err, tc.want)
		}
		if reply := gss.ErrorToken(err, lb, "EXAMPLE.COM", tc.at); len(reply) == 0 {
			t.Errorf("%s: no token for %v", name, err)
		}
	}
}

func TestInitiator_WantsTheServersProof(t *testing.T) {
	t.Parallel()
	r := newRealm(t, gss.AES256SHA1)
	c := r.issue(t, gss.AES256SHA1, nil)
	i, _, err := gss.Initiate(c, now)
	if err != nil {
		t.Fatal(err)
	}
	accept := func(c gss.Credential) []byte {
		_, token, err := gss.Initiate(c, now)
		if err != nil {
			t.Fatal(err)
		}
		a, err := (&gss.Acceptor{Keys: r.keys, Now: clock(now)}).Accept(token)
		if err != nil {
			t.Fatal(err)
		}
		return a.Reply
	}
	for name, reply := range map[string][]byte{
		"nothing":                 nil,
		"text":                    []byte("welcome"),
		"the proof of another":    accept(r.issue(t, gss.AES256SHA1, nil)),
		"the proof of an earlier": accept(c),
		"SPNEGO without a proof":  gss.AppendNegotiation(gss.Negotiation{Answer: true, State: gss.StateCompleted}),
		"too long":                make([]byte, gss.MaxToken+1),
	} {
		if got, err := i.Finish(reply); !errors.Is(err, gss.ErrServerProof) || got != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	at := now.Add(7 * time.Minute)
	_, err = i.Finish(gss.ErrorToken(&gss.Refusal{Code: 37, Text: "clock skew"}, lb, "EXAMPLE.COM", at))
	refusal, ok := errors.AsType[*gss.Refusal](err)
	if !ok || refusal.Code != 37 || !refusal.Time.Equal(at) || !strings.Contains(err.Error(), "clock skew") {
		t.Errorf("%v", err)
	}
	if _, err := i.Finish(gss.AppendNegotiation(gss.Negotiation{Answer: true, State: gss.StateRejected})); err == nil || errors.Is(err, gss.ErrServerProof) {
		t.Errorf("rejected: %v", err)
	}
}

func TestNegotiation_ReadsBack(t *testing.T) {
	t.Parallel()
	for _, n := range []gss.Negotiation{
		{Kerberos: true, State: gss.StateMissing, Token: []byte("token")},
		{Answer: true, Kerberos: true, State: gss.StateCompleted, Token: []byte("token")},
		{Answer: true, Kerberos: true, State: gss.StateIncomplete},
		{Answer: true, State: gss.StateRejected},
		{Answer: true, State: gss.StateMissing, Token: []byte("token")},
	} {
		got, err := gss.ParseNegotiation(gss.AppendNegotiation(n))
		if err != nil || got.Answer != n.Answer || got.Kerberos != n.Kerberos || got.State != n.State || !bytes.Equal(got.Token, n.Token) {
			t.Errorf("%+v reads as %+v, %v", n, got, err)
		}
	}
}

func TestKeys_AreNotShown(t *testing.T) {
	t.Parallel()
	c := newRealm(t, gss.AES128SHA1).issue(t, gss.AES128SHA1, nil)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		s := fmt.Sprintf(verb, c)
		if s != "alice@EXAMPLE.COM for impala/lb.example.com@EXAMPLE.COM" {
			t.Errorf("%s: %s", verb, s)
		}
	}
}

func TestQOP_String(t *testing.T) {
	t.Parallel()
	got := fmt.Sprint(gss.QOP(0), gss.QOPAuth, gss.QOPInt, gss.QOPConf, gss.QOPAuth|gss.QOPConf)
	if got != "none auth auth-int auth-conf auth,auth-conf" {
		t.Error(got)
	}
}
