package kdc

import (
	"encoding/binary"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"
	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/krb5conf"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const realm = "EXAMPLE.COM"

var lb = types.PrincipalName{NameType: 3, NameString: []string{"impala", "lb.example.com"}}

// cacheOf writes a credential cache as kinit does, of version 3 or 4, with a setting.
func cacheOf(t testing.TB, version byte, tickets ...Ticket) []byte {
	t.Helper()
	out := []byte{5, version}
	if version == 4 {
		out = append(out, 0, 12, 0, 1, 0, 8, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0)
	}
	number := func(n int) { out = binary.BigEndian.AppendUint32(out, uint32(n)) }
	data := func(b []byte) { number(len(b)); out = append(out, b...) }
	name := func(n types.PrincipalName, realm string) {
		number(int(n.NameType))
		number(len(n.NameString))
		data([]byte(realm))
		for _, part := range n.NameString {
			data([]byte(part))
		}
	}
	alice := types.PrincipalName{NameType: 1, NameString: []string{"alice"}}
	name(alice, realm)
	entry := func(service types.PrincipalName, realm string, tk Ticket, ticket []byte) {
		name(alice, "EXAMPLE.COM")
		name(service, realm)
		out = binary.BigEndian.AppendUint16(out, uint16(tk.Key.KeyType))
		if version == 3 {
			out = binary.BigEndian.AppendUint16(out, uint16(tk.Key.KeyType))
		}
		data(tk.Key.KeyValue)
		number(int(tk.End.Unix()) - 3600)
		number(0)
		number(int(tk.End.Unix()))
		number(0)
		out = append(out, 0)
		number(0x40e10000)
		number(1) // address
		out = append(out, 0, 2)
		data([]byte{127, 0, 0, 1})
		number(0)
		data(ticket)
		data(nil)
	}
	entry(types.PrincipalName{NameString: []string{"krb5_ccache_conf_data", "pa_type"}}, configRealm, Ticket{End: time.Unix(3600, 0)}, []byte("2"))
	for _, tk := range tickets {
		b, err := tk.Ticket.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		entry(tk.Ticket.SName, tk.Ticket.Realm, tk, b)
	}
	return out
}

// setup starts a KDC and gets alice's tickets from it.
func setup(t testing.TB) (conf *krb5conf.Config, granting, service Ticket) {
	t.Helper()
	k, err := simkdc.Start(simkdc.Config{Realm: realm})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.Close() })
	if err := errors.Join(k.AddUser("alice", "pw"), k.AddService("impala/lb.example.com")); err != nil {
		t.Fatal(err)
	}
	if conf, err = krb5conf.Parse(k.Krb5Conf()); err != nil {
		t.Fatal(err)
	}
	c := &Client{Conf: conf, Name: types.PrincipalName{NameType: 1, NameString: []string{"alice"}}, Realm: realm, Password: "pw"}
	if granting, err = c.authenticate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if service, err = c.grant(t.Context(), granting, lb, ""); err != nil {
		t.Fatal(err)
	}
	return conf, granting, service
}

func TestParseCache_BothVersions(t *testing.T) {
	t.Parallel()
	_, granting, service := setup(t)
	for _, version := range []byte{3, 4} {
		data := cacheOf(t, version, granting, service)
		c, err := parseCache(data)
		if err != nil || len(c.entries) != 2 || c.realm != realm || c.client.NameString[0] != "alice" {
			t.Fatalf("version %d: %+v, %v", version, c, err)
		}
		e, ok := c.find(lb, "")
		got, err := c.credential(e)
		if !ok || err != nil || !reflect.DeepEqual(got.Ticket, service.Ticket) || !reflect.DeepEqual(got.Key, service.Key) || !got.End.Equal(service.End) {
			t.Errorf("version %d: %v, %v, want %v", version, got, err, service)
		}
		bounds := map[int]bool{len(data): true} // where it may be cut: between entries
		for n := range data {
			if c, err := parseCache(data[:n]); err == nil && !bounds[n] {
				if again := cacheOf(t, version, []Ticket{granting, service}[:len(c.entries)]...); len(again) != n && len(c.entries) > 0 {
					t.Fatalf("%d of %d bytes pass", n, len(data))
				}
			}
		}
	}
}

// A principal has a name: one without parts, or with more than any has, shows that the
// bytes are no cache, and nothing after it is read.
func TestParseCache_RefusesPrincipalsWithoutEnd(t *testing.T) {
	t.Parallel()
	for parts, good := range map[uint32]bool{0: false, 1: true, maxParts: true, maxParts + 1: false, 1 << 31: false} {
		data := binary.BigEndian.AppendUint32([]byte{5, 3, 0, 0, 0, 1}, parts)
		if good { // the realm and the parts, each of no length
			data = append(data, make([]byte, 4*(1+parts))...)
		}
		if _, err := parseCache(data); (err == nil) != good {
			t.Errorf("%d parts: %v", parts, err)
		}
	}
}

func TestClient_FromCache(t *testing.T) {
	t.Parallel()
	conf, granting, service := setup(t)
	nowhere, err := krb5conf.Parse("[realms]\nEXAMPLE.COM = {\nkdc = 127.0.0.1:1\n}\n")
	if err != nil {
		t.Fatal(err)
	}
	expired, stale := granting, service
	expired.End, stale.End = time.Now().Add(-time.Minute), time.Now().Add(-time.Minute)
	weak := service
	weak.Key.KeyType = 23
	for name, tc := range map[string]struct {
		conf  *krb5conf.Config
		cache []byte
		user  string
		want  vocab.Kind // none: a ticket
		says  string
	}{
		"the service's ticket":                 {nowhere, cacheOf(t, 4, service), "", vocab.KindNone, ""},
		"a ticket that gets others":            {conf, cacheOf(t, 4, granting), "", vocab.KindNone, ""},
		"the owner is named":                   {conf, cacheOf(t, 3, granting), "alice@EXAMPLE.COM", vocab.KindNone, ""},
		"a service's ticket that has expired":  {conf, cacheOf(t, 4, granting, stale), "", vocab.KindNone, ""},
		"a service's ticket without AES":       {conf, cacheOf(t, 4, granting, weak), "", vocab.KindNone, ""},
		"nothing in it":                        {conf, cacheOf(t, 4), "", vocab.KindNoTicket, "no ticket granting ticket"},
		"another's":                            {conf, cacheOf(t, 4, granting), "bob", vocab.KindNoTicket, "that of alice@EXAMPLE.COM, not of bob"},
		"all has expired":                      {conf, cacheOf(t, 4, expired, stale), "", vocab.KindTicketExpired, "was valid until"},
		"the KDC is down":                      {nowhere, cacheOf(t, 4, granting), "", vocab.KindKDCUnreachable, "no KDC of realm EXAMPLE.COM answers"},
		"a keytab in its place":                {conf, []byte{5, 2, 0, 0}, "", vocab.KindNoTicket, "not a Kerberos credential cache"},
		"a cache that is cut off":              {conf, cacheOf(t, 4, granting)[:200], "", vocab.KindNoTicket, "damaged"},
		"a cache of version 1, of another age": {conf, []byte{5, 1, 0, 0}, "", vocab.KindNoTicket, "not a Kerberos credential cache"},
	} {
		c := &Client{Conf: tc.conf, Cache: tc.cache}
		if tc.user != "" {
			user, at, _ := strings.Cut(tc.user, "@")
			c.Name, c.Realm = types.PrincipalName{NameType: 1, NameString: []string{user}}, at
		}
		got, err := c.Ticket(t.Context(), lb)
		if tc.want == vocab.KindNone {
			if err != nil || got.Ticket.SName.NameString[0] != "impala" {
				t.Errorf("%s: %v, %v", name, got, err)
			}
			continue
		}
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != tc.want || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v, %v, want %s with %q", name, got, err, tc.want, tc.says)
		}
	}
}

// FuzzParseCache reads arbitrary bytes: no panic, and no more entries than bytes.
func FuzzParseCache(f *testing.F) {
	_, granting, service := setup(f)
	f.Add(cacheOf(f, 4, granting, service))
	f.Add(cacheOf(f, 3, service))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseCache(data)
		if err != nil {
			return
		}
		if len(c.entries) > len(data) {
			t.Fatalf("%d entries of %d bytes", len(c.entries), len(data))
		}
		for _, e := range c.entries {
			_, _ = c.credential(e)
		}
	})
}
