package gss_test

import (
	"bytes"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
)

// FuzzAccept gives arbitrary bytes to a server: no panic, and no login.
func FuzzAccept(f *testing.F) {
	r := newRealm(f, gss.AES256SHA1)
	_, token, err := gss.Initiate(r.issue(f, gss.AES256SHA1, nil), now)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add(gss.AppendNegotiation(gss.Negotiation{Token: token}))
	f.Add([]byte("NTLMSSP\x00\x01"))
	stranger := gss.Acceptor{Keys: newRealm(f, gss.AES256SHA1).keys, Now: clock(now)}
	f.Fuzz(func(t *testing.T, token []byte) {
		if a, err := stranger.Accept(token); err == nil || a != nil {
			t.Fatalf("accepted: %v", a)
		}
	})
}

// FuzzFinish gives arbitrary bytes to a client: no panic, and no server believed.
func FuzzFinish(f *testing.F) {
	r := newRealm(f, gss.AES256SHA2)
	i, token, err := gss.Initiate(r.issue(f, gss.AES256SHA2, nil), now)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(token)
	f.Add(gss.ErrorToken(&gss.Refusal{Code: 37}, lb, "EXAMPLE.COM", now))
	f.Add(gss.AppendNegotiation(gss.Negotiation{Answer: true, Kerberos: true, Token: token}))
	other, token, err := gss.Initiate(r.issue(f, gss.AES256SHA2, nil), now)
	if err != nil {
		f.Fatal(err)
	}
	a, err := (&gss.Acceptor{Keys: r.keys, Now: clock(now)}).Accept(token)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := other.Finish(a.Reply); err != nil {
		f.Fatal(err)
	}
	f.Add(a.Reply)
	f.Fuzz(func(t *testing.T, reply []byte) {
		if c, err := i.Finish(reply); err == nil || c != nil {
			t.Fatal("a server is believed")
		}
	})
}

// FuzzUnwrap gives arbitrary bytes for a protected message: no panic, and none taken.
func FuzzUnwrap(f *testing.F) {
	for _, etype := range etypes {
		for _, sealed := range []bool{false, true} {
			_, server := pair(f, etype, true, false)
			token, err := server.Wrap([]byte("message"), sealed)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(token)
			f.Add(rotate(token, 28))
		}
	}
	client, _ := pair(f, gss.AES256SHA1, true, false)
	f.Fuzz(func(t *testing.T, token []byte) {
		if m, _, err := client.Unwrap(token); err == nil {
			t.Fatalf("%q passed", m)
		}
	})
}

// FuzzParseNegotiation reads arbitrary bytes: no panic, and what was read is written
// and read again as itself.
func FuzzParseNegotiation(f *testing.F) {
	f.Add(gss.AppendNegotiation(gss.Negotiation{Token: []byte("token")}))
	f.Add(gss.AppendNegotiation(gss.Negotiation{Answer: true, Kerberos: true, State: gss.StateIncomplete, Token: []byte("t")}))
	f.Fuzz(func(t *testing.T, token []byte) {
		n, err := gss.ParseNegotiation(token)
		if err != nil || !n.Answer && !n.Kerberos {
			return
		}
		again, err := gss.ParseNegotiation(gss.AppendNegotiation(n))
		if err != nil || again.Answer != n.Answer || again.State != n.State || !bytes.Equal(again.Token, n.Token) {
			t.Fatalf("%+v is read back as %+v, %v", n, again, err)
		}
	})
}

// FuzzParseLayer reads arbitrary bytes: no panic, and what was read is written again.
func FuzzParseLayer(f *testing.F) {
	f.Add(gss.Layer{QOP: gss.QOPConf, MaxSize: 70000, AuthzID: "alice"}.Append(nil))
	f.Add([]byte{1, 0, 0})
	f.Fuzz(func(t *testing.T, message []byte) {
		l, err := gss.ParseLayer(message)
		if err == nil && !bytes.Equal(l.Append(nil), message) {
			t.Fatalf("%q is encoded as %q", message, l.Append(nil))
		}
	})
}
