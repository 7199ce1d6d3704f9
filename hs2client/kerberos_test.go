package hs2client_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

const (
	realm    = "EXAMPLE.COM"
	balancer = "lb.example.com"
	spn      = "impala/" + balancer
)

// startKDC starts a KDC with the user alice and the balancer's service.
func startKDC(t testing.TB, c simkdc.Config) *simkdc.KDC {
	t.Helper()
	c.Realm = realm
	k, err := simkdc.Start(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := errors.Join(k.AddUser("alice", password), k.AddService(spn)); err != nil {
		t.Fatal(err)
	}
	return k
}

// krb5 reads the text of a krb5.conf.
func krb5(t testing.TB, text string) hs2client.KerberosConf {
	t.Helper()
	c, err := hs2client.ParseKerberosConf(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func byPassword(t testing.TB, k *simkdc.KDC) hs2client.KerberosLogin {
	t.Helper()
	return hs2client.KerberosLogin{Conf: krb5(t, k.Krb5Conf()), Principal: "alice", Password: password}
}

// ticket is alice's for the balancer.
func ticket(t testing.TB, l hs2client.KerberosLogin) *hs2client.Ticket {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	got, err := l.Ticket(ctx, "impala", balancer)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// oneSession opens, asks and closes.
func oneSession(t testing.TB, c hs2client.Config) error {
	t.Helper()
	c.Timeout = soon
	s, err := hs2client.Open(t.Context(), c)
	if err != nil {
		return err
	}
	rows, err := s.Query(t.Context(), "SELECT pid()")
	if err == nil && rows.Len() != 1 {
		err = fmt.Errorf("%d rows", rows.Len())
	}
	return errors.Join(err, s.Close(t.Context()))
}

func TestKerberos_EveryTypeOfKeyAndKindOfServer(t *testing.T) {
	t.Parallel()
	for _, etype := range []int32{gss.AES128SHA1, gss.AES256SHA1, gss.AES128SHA2, gss.AES256SHA2} {
		for _, subkey := range []bool{false, true} {
			for qop, offered := range map[string]gss.QOP{
				"": gss.QOPAuth, "auth": gss.QOPAuth | gss.QOPInt, "auth-int": gss.QOPInt, "auth-conf": gss.QOPInt | gss.QOPConf,
			} {
				t.Run(fmt.Sprintf("etype %d subkey %v %s", etype, subkey, qop), func(t *testing.T) {
					t.Parallel()
					kdc := startKDC(t, simkdc.Config{ETypes: []int32{etype}})
					c := &coordinator{}
					c.columns, c.schema = pid()
					server := newKerberized(t, kdc, c.framed)
					server.Subkey, server.offers = subkey, offered
					tk := ticket(t, byPassword(t, kdc))
					if err := oneSession(t, hs2client.Config{Addr: serve(t, server.serve), Kerberos: tk, QOP: qop}); err != nil {
						t.Fatal(err)
					}
					if fmt.Sprint(server.clients) != "[alice@EXAMPLE.COM]" || c.user != "" {
						t.Errorf("clients %v, user %q", server.clients, c.user)
					}
					if tk.EncryptionType() != gss.ETypeName(etype) || tk.KVNO() != 1 || tk.SPN() != spn+"@"+realm || tk.Principal() != "alice@"+realm {
						t.Errorf("%v", tk)
					}
				})
			}
		}
	}
}

// A message longer than the server takes goes in several.
func TestKerberos_LongMessagesAreCut(t *testing.T) {
	t.Parallel()
	for _, qop := range []string{"auth-int", "auth-conf"} {
		kdc := startKDC(t, simkdc.Config{})
		c := &coordinator{}
		c.columns, c.schema = pid()
		server := newKerberized(t, kdc, c.framed)
		server.offers, server.size = gss.QOPInt|gss.QOPConf, 100
		err := oneSession(t, hs2client.Config{
			Addr: serve(t, server.serve), Kerberos: ticket(t, byPassword(t, kdc)), QOP: qop,
			Options: map[string]string{"CLIENT_IDENTIFIER": strings.Repeat("long ", 1000)},
		})
		if err != nil || len(c.seen["CLIENT_IDENTIFIER"]) != 5000 {
			t.Errorf("%s: %v, %d bytes", qop, err, len(c.seen["CLIENT_IDENTIFIER"]))
		}
	}
}

func TestKerberosLogin_FromEverything(t *testing.T) {
	t.Parallel()
	kdc := startKDC(t, simkdc.Config{})
	small, noUDP := startKDC(t, simkdc.Config{MaxUDP: 200}), startKDC(t, simkdc.Config{IgnoresUDP: true})
	open := startKDC(t, simkdc.Config{NoPreauth: true})
	dead := strings.Replace(kdc.Krb5Conf(), "    kdc =", "    kdc = 127.0.0.1:1\n    kdc =", 1)
	for name, login := range map[string]hs2client.KerberosLogin{
		"a password":                  byPassword(t, kdc),
		"a password, with a realm":    {Conf: krb5(t, kdc.Krb5Conf()), Principal: "alice@EXAMPLE.COM", Password: password},
		"a keytab":                    {Conf: krb5(t, kdc.Krb5Conf()), Principal: "alice", Keytab: kdc.Keytab("alice")},
		"a keytab, its own principal": {Conf: krb5(t, kdc.Krb5Conf()), Keytab: kdc.Keytab("alice", spn)},
		"a reply too long for UDP":    byPassword(t, small),
		"a firewall that drops UDP":   byPassword(t, noUDP),
		"no proof asked for":          byPassword(t, open),
		"the first KDC is down":       {Conf: krb5(t, dead), Principal: "alice", Password: password},
		"TCP alone":                   {Conf: krb5(t, strings.Replace(kdc.Krb5Conf(), "[libdefaults]", "[libdefaults]\nudp_preference_limit = 1", 1)), Principal: "alice", Password: password},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ticket(t, login)
			if left := time.Until(got.Expires()); left < 9*time.Hour || left > 11*time.Hour {
				t.Errorf("it is valid for %v", left)
			}
		})
	}
}

func TestKerberosLogin_Errors(t *testing.T) {
	t.Parallel()
	kdc := startKDC(t, simkdc.Config{})
	skewed := startKDC(t, simkdc.Config{Now: func() time.Time { return time.Now().Add(10 * time.Minute) }})
	skewedOpen := startKDC(t, simkdc.Config{NoPreauth: true, Now: func() time.Time { return time.Now().Add(-10 * time.Minute) }})
	sha2 := startKDC(t, simkdc.Config{ETypes: []int32{gss.AES256SHA2}})
	conf := kdc.Krb5Conf()
	for name, tc := range map[string]struct {
		login hs2client.KerberosLogin
		host  string
		want  string
		says  string
	}{
		"another host":     {byPassword(t, kdc), "c1.example.com", "sasl.unknown-service", "impala/c1.example.com@EXAMPLE.COM"},
		"an unknown user":  {hs2client.KerberosLogin{Conf: krb5(t, conf), Principal: "bob", Password: password}, balancer, "sasl.unknown-client", "bob@EXAMPLE.COM"},
		"a wrong password": {hs2client.KerberosLogin{Conf: krb5(t, conf), Principal: "alice", Password: "wrong"}, balancer, "sasl.rejected", "alice@EXAMPLE.COM"},
		"a wrong password, no proof asked for": {hs2client.KerberosLogin{Conf: krb5(t, startKDC(t, simkdc.Config{NoPreauth: true}).Krb5Conf()), Principal: "alice", Password: "wrong"},
			balancer, "sasl.rejected", "not the one that the KDC has"},
		"another's keytab":     {hs2client.KerberosLogin{Conf: krb5(t, conf), Principal: "bob", Keytab: kdc.Keytab("alice")}, balancer, "sasl.no-ticket", "alice@EXAMPLE.COM"},
		"a clock behind":       {byPassword(t, skewed), balancer, "sasl.clock-skew", "the KDC's clock says"},
		"a clock ahead":        {byPassword(t, skewedOpen), balancer, "sasl.clock-skew", "the KDC's clock says"},
		"no encryption type":   {hs2client.KerberosLogin{Conf: krb5(t, strings.Replace(sha2.Krb5Conf(), "[libdefaults]", "[libdefaults]\npermitted_enctypes = aes256-cts aes128-cts", 1)), Principal: "alice", Password: password}, balancer, "sasl.no-common-encryption", "ETYPE"},
		"no AES":               {hs2client.KerberosLogin{Conf: krb5(t, strings.Replace(conf, "[libdefaults]", "[libdefaults]\ndefault_tgs_enctypes = rc4-hmac", 1)), Principal: "alice", Password: password}, balancer, "sasl.no-common-encryption", "AES"},
		"a realm without KDC":  {hs2client.KerberosLogin{Conf: krb5(t, conf), Principal: "alice@OTHER.ORG", Password: password}, balancer, "sasl.wrong-realm", "OTHER.ORG"},
		"no realm":             {hs2client.KerberosLogin{Principal: "alice", Password: password}, balancer, "sasl.wrong-realm", "default_realm"},
		"a host of elsewhere":  {hs2client.KerberosLogin{Conf: krb5(t, conf+"[domain_realm]\n.example.org = OTHER.ORG\n"), Principal: "alice", Password: password}, "lb.example.org", "sasl.unknown-service", "krbtgt/OTHER.ORG@EXAMPLE.COM"},
		"a KDC that is down":   {hs2client.KerberosLogin{Conf: krb5(t, "[libdefaults]\ndefault_realm = A\n[realms]\nA = {\nkdc = 127.0.0.1:1\n}\n"), Principal: "alice", Password: password}, balancer, "sasl.kdc-unreachable", "realm A"},
		"nothing":              {hs2client.KerberosLogin{Conf: krb5(t, conf), Principal: "alice"}, balancer, "sasl.no-ticket", "no keytab"},
		"two things":           {hs2client.KerberosLogin{Conf: krb5(t, conf), Principal: "alice", Password: password, Keytab: kdc.Keytab("alice")}, balancer, "sasl.invalid", "one of"},
		"a password of nobody": {hs2client.KerberosLogin{Conf: krb5(t, conf), Password: password}, balancer, "sasl.invalid", "principal"},
		"no keytab":            {hs2client.KerberosLogin{Conf: krb5(t, conf), Keytab: []byte("text")}, balancer, "sasl.invalid", "keytab"},
		"an empty keytab":      {hs2client.KerberosLogin{Conf: krb5(t, conf), Keytab: []byte{5, 2}}, balancer, "sasl.invalid", "empty"},
		"no cache":             {hs2client.KerberosLogin{Conf: krb5(t, conf), CCache: []byte("text")}, balancer, "sasl.no-ticket", "cache"},
		"no host":              {byPassword(t, kdc), "", "sasl.invalid", "host"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), soon)
			defer cancel()
			got, err := tc.login.Ticket(ctx, "impala", tc.host)
			e, ok := errors.AsType[*hs2client.Error](err)
			if !ok || got != nil || e.Class().String() != tc.want || !strings.Contains(err.Error(), tc.says) {
				t.Fatalf("%v, want %s with %q", err, tc.want, tc.says)
			}
			if e.Kind != hs2client.KindInvalid && e.Kind != hs2client.KindRejected && len(e.Hint()) == 0 {
				t.Errorf("no hint for %v", err)
			}
			if strings.Contains(err.Error(), password) {
				t.Errorf("%v shows the password", err)
			}
		})
	}
}

func TestKerberosConf(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"first": "include common\n", "second": "[libdefaults]\ndefault_ccache_name = FILE:/second\n",
		"common": "[libdefaults]\ndefault_ccache_name = FILE:/first\n", "garbage": "\x00\x01\n",
	}
	read := func(name string) ([]byte, error) { return []byte(files[name]), nil }
	if c, err := hs2client.ReadKerberosConf(read, "first", "second"); err != nil || c.CCacheName() != "FILE:/first" {
		t.Errorf("%q, %v", c.CCacheName(), err)
	}
	if _, err := hs2client.ReadKerberosConf(read, "second", "garbage"); err == nil || !strings.Contains(err.Error(), "garbage:1: ") {
		t.Errorf("garbage: %v", err)
	}
	if c, err := hs2client.ParseKerberosConf("[realms]\n}\n"); err == nil || !strings.Contains(err.Error(), "krb5.conf:2") || c.CCacheName() != "" {
		t.Errorf("a brace too many: %v", err)
	}
}

// A KDC that accepts and says nothing costs no more than the context allows.
func TestKerberosLogin_MuteKDC(t *testing.T) {
	t.Parallel()
	mute := serve(t, func(c net.Conn) { _, _ = c.Read(make([]byte, 1<<16)); _, _ = c.Read(make([]byte, 1)) })
	login := hs2client.KerberosLogin{Principal: "alice@A", Password: password, Conf: krb5(t, "[realms]\nA = {\nkdc = "+mute+"\nkdc = tcp/"+mute+"\n}\n")}
	for name, want := range map[string]string{"deadline": "sasl.kdc-unreachable", "cancel": "sasl.canceled"} {
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		if name == "cancel" {
			cancel()
			ctx, cancel = context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel)
		}
		start := time.Now()
		_, err := login.Ticket(ctx, "impala", balancer)
		cancel()
		e, ok := errors.AsType[*hs2client.Error](err)
		if took := time.Since(start); !ok || e.Class().String() != want || took > 5*time.Second {
			t.Errorf("%s: %v after %v, want %s", name, err, took, want)
		}
	}
}

func TestKerberos_Refusals(t *testing.T) {
	t.Parallel()
	kdc := startKDC(t, simkdc.Config{})
	tk := ticket(t, byPassword(t, kdc))
	rotated := newKerberized(t, kdc, nil)
	if err := kdc.AddService(spn); err != nil {
		t.Fatal(err)
	}
	renewed := newKerberized(t, kdc, nil)
	late := newKerberized(t, kdc, nil)
	late.Keys, late.Now = rotated.Keys, func() time.Time { return time.Now().Add(time.Hour) }
	conf := newKerberized(t, kdc, nil)
	conf.Keys, conf.offers = rotated.Keys, gss.QOPConf
	tiny := newKerberized(t, kdc, nil)
	tiny.Keys, tiny.offers, tiny.size = rotated.Keys, gss.QOPInt, 10
	complete := saslframe.AppendMessage(nil, saslframe.StatusComplete, nil)
	for name, tc := range map[string]struct {
		handle func(net.Conn)
		qop    string
		want   string
		says   string
	}{
		"a keytab made anew":          {renewed.serve, "", "sasl.rejected", "kvno 1"},
		"a coordinator's clock":       {late.serve, "", "sasl.rejected", "this machine's clock"},
		"encryption alone":            {conf.serve, "", "sasl.protection", "the server offers auth-conf, and auth is wanted"},
		"no encryption":               {conf.serve, "auth-int", "sasl.protection", "auth-int is wanted"},
		"no room":                     {tiny.serve, "auth-int", "sasl.protection", "at most 10 bytes"},
		"Hive's words":                {says(string(saslframe.AppendMessage(nil, saslframe.StatusBad, []byte("GSS initiate failed")))), "", "sasl.rejected", "GSS initiate failed"},
		"no Kerberos":                 {says(string(saslframe.AppendMessage(nil, saslframe.StatusBad, []byte("Unsupported mechanism type GSSAPI")))), "", "sasl.mechanism", "Unsupported"},
		"a login without a proof":     {says(string(complete)), "", "sasl.server-proof", "without the proof"},
		"a proof that is none":        {says(string(saslframe.AppendMessage(nil, saslframe.StatusOK, []byte("trust me")))), "", "sasl.server-proof", "malformed"},
		"an empty proof":              {says(string(saslframe.AppendMessage(nil, saslframe.StatusOK, nil))), "", "sasl.server-proof", "malformed"},
		"a port without login":        {says("\x80\x01\x00\x02\x00\x00"), "", "sasl.garbage", ""},
		"a message beyond its bounds": {says("\x02\x7f\xff\xff\xff"), "", "sasl.oversize", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := oneSession(t, hs2client.Config{Addr: serve(t, tc.handle), Kerberos: tk, QOP: tc.qop})
			e, ok := errors.AsType[*hs2client.Error](err)
			if !ok || e.Class().String() != tc.want || !strings.Contains(err.Error(), tc.says) || len(e.Hint()) == 0 {
				t.Fatalf("%v, want %s with %q", err, tc.want, tc.says)
			}
			for _, fact := range []string{spn + "@" + realm, "kvno 1", "aes256-cts-hmac-sha1-96", "this machine's clock", "the KDC's the same"} {
				if !strings.Contains(err.Error(), fact) {
					t.Errorf("no %q in %v", fact, err)
				}
			}
		})
	}
}

// A ticket that has expired is not sent.
func TestKerberos_ExpiredTicketIsNotSent(t *testing.T) {
	t.Parallel()
	kdc := startKDC(t, simkdc.Config{Life: time.Minute, Now: func() time.Time { return time.Now().Add(-2 * time.Minute) }})
	tk := ticket(t, byPassword(t, kdc))
	got := make(chan int, 1)
	addr := serve(t, func(c net.Conn) {
		n, _ := c.Read(make([]byte, 1))
		got <- n
	})
	for _, p := range []hs2client.Protocol{hs2client.ProtocolHS2, hs2client.ProtocolHS2HTTP} {
		err := oneSession(t, hs2client.Config{Addr: addr, Protocol: p, Kerberos: tk})
		e, ok := errors.AsType[*hs2client.Error](err)
		if !ok || e.Class().String() != "sasl.ticket-expired" || len(e.Hint()) == 0 {
			t.Errorf("%s: %v", p, err)
		}
		if n := <-got; n != 0 {
			t.Errorf("%s: something was sent", p)
		}
	}
}

func TestKerberos_Invalid(t *testing.T) {
	t.Parallel()
	tk := ticket(t, byPassword(t, startKDC(t, simkdc.Config{})))
	for name, c := range map[string]hs2client.Config{
		"two logins":       {Kerberos: tk, Plain: &hs2client.Plain{User: "ann"}},
		"an empty ticket":  {Kerberos: &hs2client.Ticket{}},
		"a protection":     {Kerberos: tk, QOP: "auth-all"},
		"QOP without it":   {QOP: "auth-conf"},
		"QOP over HTTP":    {Kerberos: tk, QOP: "auth-int", Protocol: hs2client.ProtocolHS2HTTP},
		"Plain with a QOP": {Plain: &hs2client.Plain{User: "ann"}, QOP: "auth-int"},
	} {
		c.Addr = "127.0.0.1:1"
		_, err := hs2client.Open(t.Context(), c)
		if e, ok := errors.AsType[*hs2client.Error](err); !ok || e.Class().String() != "sasl.invalid" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKerberos_SecretsAreNotShown(t *testing.T) {
	t.Parallel()
	tk := ticket(t, byPassword(t, startKDC(t, simkdc.Config{})))
	login := hs2client.KerberosLogin{Principal: "alice", Password: password, Keytab: []byte(password), CCache: []byte(password)}
	for _, v := range []any{login, &login, *tk, tk} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			if s := fmt.Sprintf(verb, v); showsPassword(s) || strings.Contains(s, "KeyValue") || len(s) > 200 {
				t.Errorf("%s: %s", verb, s)
			}
		}
		if b, err := json.Marshal(v); err != nil || showsPassword(string(b)) || len(b) > 200 {
			t.Errorf("%s, %v", b, err)
		}
	}
}

// Sessions of one ticket at once: no two authenticators are alike, and nothing is shared
// that changes.
func TestKerberos_ManySessionsOfOneTicket(t *testing.T) {
	t.Parallel()
	kdc := startKDC(t, simkdc.Config{})
	c := &coordinator{}
	c.columns, c.schema = pid()
	server := newKerberized(t, kdc, c.framed)
	addr, tk := serve(t, server.serve), ticket(t, byPassword(t, kdc))
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if err := oneSession(t, hs2client.Config{Addr: addr, Kerberos: tk}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(server.clients) != 20 {
		t.Errorf("%d logins", len(server.clients))
	}
}
