package hs2client_test

import (
	"encoding/base64"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// negotiation is what one request logged in with, and the server's answer to it.
type negotiation struct {
	post
	ticket bool   // one came, and was accepted
	proof  string // the field that proves the service's key; "": no ticket came
}

// negotiated accepts the tickets of requests, as answer has it.
type negotiated struct {
	acceptor gss.Acceptor
	answer   func(n negotiation, conn net.Conn) bool

	mu   sync.Mutex
	seen []string // of each request: "ticket", "" or "invalid"
	past map[string]bool
}

// serve answers a request. A token that came before is no login: each is for one request.
func (s *negotiated) serve(p post, conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, what := negotiation{post: p}, ""
	if encoded, ok := strings.CutPrefix(p.request.Header.Get("Authorization"), "Negotiate "); ok {
		token, _ := base64.StdEncoding.DecodeString(encoded)
		what = "invalid"
		if login, err := s.acceptor.Accept(token); err == nil && !s.past[encoded] {
			what, n.ticket, n.proof = "ticket", true, "WWW-Authenticate: Negotiate "+base64.StdEncoding.EncodeToString(login.Reply)
		}
		s.past[encoded] = true
	}
	s.seen = append(s.seen, what)
	return s.answer(n, conn)
}

// proven is Impala's answer: the proof where a ticket came.
func (n negotiation) proven(fields ...string) []byte {
	if n.ticket {
		fields = append(fields, n.proof)
	}
	return n.as(fields...)
}

func TestKerberosOverHTTP(t *testing.T) {
	t.Parallel()
	kdc := startKDC(t, simkdc.Config{})
	tk := ticket(t, byPassword(t, kdc))
	keys, err := keytab.Parse(kdc.Keytab(spn))
	if err != nil {
		t.Fatal(err)
	}
	const cookie = "Set-Cookie: impala.auth=0123456789"
	first := "" // proof of another request
	for name, tc := range map[string]struct {
		answer   func(n negotiation, conn net.Conn) bool
		class    string
		logins   string // of the requests, by "|"
		unproven bool
		again    int
	}{
		"each request without a cookie":        {answer: func(n negotiation, c net.Conn) bool { return sends(c, n.proven()) }, logins: "ticket|ticket|ticket"},
		"a cookie stands for it":               {answer: func(n negotiation, c net.Conn) bool { return sends(c, n.proven(cookie)) }, logins: "ticket||"},
		"a balancer's cookie does not":         {answer: func(n negotiation, c net.Conn) bool { return sends(c, n.proven("Set-Cookie: SERVERID=x")) }, logins: "ticket|ticket|ticket"},
		"a Secure cookie does not without TLS": {answer: func(n negotiation, c net.Conn) bool { return sends(c, n.proven(cookie+";Secure")) }, logins: "ticket|ticket|ticket"},
		"a refused cookie takes a new ticket": {answer: func(n negotiation, c net.Conn) bool {
			if n.n == 1 {
				return refuses(c, "Negotiate")
			}
			return sends(c, n.proven(cookie))
		}, logins: "ticket||ticket|", again: 1},
		"no proof of Impala": {answer: func(n negotiation, c net.Conn) bool { return sends(c, n.as()) }, class: "sasl.server-proof", logins: "ticket|ticket|ticket", unproven: true},
		"no proof of another": {answer: func(n negotiation, c net.Conn) bool {
			if n.method == "PingImpalaHS2Service" {
				n.reply = message(thrift.EXCEPTION, n.method, 2, "\x08\x00\x02\x00\x00\x00\x01\x00") // unknown method
			}
			return sends(c, n.as())
		}, logins: "ticket|ticket|ticket", unproven: true},
		"the proof of another login": {answer: func(n negotiation, c net.Conn) bool {
			if first == "" {
				first = n.proof
				return sends(c, n.proven())
			}
			return sends(c, n.as(first))
		}, class: "open.server-proof", logins: "ticket|ticket|ticket"},
		"no proof at all":    {answer: func(n negotiation, c net.Conn) bool { return sends(c, n.as("WWW-Authenticate: Negotiate b3RoZXI=")) }, class: "sasl.server-proof", logins: "ticket"},
		"no base64":          {answer: func(n negotiation, c net.Conn) bool { return sends(c, n.as("WWW-Authenticate: Negotiate !!")) }, class: "sasl.server-proof", logins: "ticket"},
		"refused":            {answer: func(_ negotiation, c net.Conn) bool { return refuses(c) }, class: "sasl.rejected", logins: "ticket"},
		"removed by a proxy": {answer: func(_ negotiation, c net.Conn) bool { return refuses(c, "Negotiate") }, class: "sasl.no-credentials", logins: "ticket"},
		"passwords alone":    {answer: func(_ negotiation, c net.Conn) bool { return refuses(c, "Basic") }, class: "sasl.mechanism", logins: "ticket"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			by := &negotiated{acceptor: gss.Acceptor{Keys: keys}, answer: tc.answer, past: map[string]bool{}}
			server := httpImpala(by.serve)
			server.coordinator.web, server.coordinator.config = "", nil
			var rec hs2client.Record
			c := httpTo(t, server.serve)
			c.Kerberos, c.Record = tk, &rec
			s, err := hs2client.Open(t.Context(), c)
			if err == nil {
				err = s.Close(t.Context())
			}
			if got := hs2client.ClassOf(err).String(); got != tc.class {
				t.Fatalf("%q: %v, want %q", got, err, tc.class)
			}
			by.mu.Lock()
			defer by.mu.Unlock()
			if got := strings.Join(by.seen, "|"); got != tc.logins || rec.HTTP.Unproven != tc.unproven || rec.HTTP.Reauthentications != tc.again {
				t.Errorf("sent %q, want %q; %+v", got, tc.logins, rec.HTTP)
			}
		})
	}
}
