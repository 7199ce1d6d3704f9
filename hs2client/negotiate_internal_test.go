package hs2client

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
)

// fakeTicket makes numbered tokens; the proof of each is the token itself.
type fakeTicket struct {
	made int
	err  error
}

func (f *fakeTicket) negotiateToken() ([]byte, func([]byte) error, error) {
	if f.err != nil {
		return nil, nil, f.err
	}
	f.made++
	token := fmt.Appendf(nil, "ticket-%d", f.made)
	return token, func(reply []byte) error {
		if string(reply) != string(token) {
			return errors.New("not the key of the service")
		}
		return nil
	}, nil
}

// kerberized answers requests by what answer makes of their Authorization: status,
// further fields, and bodies by the order of the calls.
func kerberized(t *testing.T, bodies []string, answer func(n int, token string, cookie bool) (status int, fields string)) (addr string, logins func() []string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	var seen []string
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	handle := func(conn net.Conn) {
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
		for in := bufio.NewReader(conn); ; {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			mu.Lock()
			n, body := len(seen), ""
			seen = append(seen, r.Header.Get("Authorization"))
			status, fields := answer(n, strings.TrimPrefix(r.Header.Get("Authorization"), "Negotiate "), r.Header.Get("Cookie") != "")
			if status == 200 {
				body, bodies = bodies[0], bodies[1:]
			}
			mu.Unlock()
			_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d x\r\nContent-Length: %d\r\n%s\r\n%s", status, len(body), fields, body)
		}
	}
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { handle(conn) })
		}
	})
	return l.Addr().String(), func() []string { mu.Lock(); defer mu.Unlock(); return append([]string(nil), seen...) }
}

// thriftReply is a reply to a call with a status SUCCESS and more fields in its result.
func thriftReply(method string, seq byte, fields string) string {
	return "\x80\x01\x00\x02\x00\x00\x00" + string(rune(len(method))) + method + "\x00\x00\x00" + string(rune(seq)) +
		"\x0c\x00\x00" + "\x0c\x00\x01\x08\x00\x01\x00\x00\x00\x00\x00" + fields + "\x00\x00"
}

func unknownMethod(method string, seq byte) string {
	return "\x80\x01\x00\x03\x00\x00\x00" + string(rune(len(method))) + method + "\x00\x00\x00" + string(rune(seq)) + "\x08\x00\x02\x00\x00\x00\x01\x00"
}

const (
	openedFields = "\x08\x00\x02\x00\x00\x00\x05" + "\x0c\x00\x03\x0c\x00\x01\x0b\x00\x01\x00\x00\x00\x01a\x0b\x00\x02\x00\x00\x00\x01b\x00\x00"
	pingMethod   = "PingImpalaHS2Service"
)

// sessionOf are the replies to OpenSession, Ping and CloseSession.
func sessionOf(impala bool) []string {
	ping := thriftReply(pingMethod, 2, "")
	if !impala {
		ping = unknownMethod(pingMethod, 2)
	}
	return []string{thriftReply("OpenSession", 1, openedFields), ping, thriftReply("CloseSession", 3, "")}
}

func TestNegotiate(t *testing.T) {
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	proof := func(_ int, token string, _ bool) (int, string) {
		if token == "" {
			return 200, ""
		}
		return 200, "WWW-Authenticate: Negotiate " + token + "\r\n"
	}
	with := func(answer func(int, string, bool) (int, string), fields string) func(int, string, bool) (int, string) {
		return func(n int, token string, cookie bool) (int, string) {
			status, more := answer(n, token, cookie)
			return status, more + fields
		}
	}
	for name, tc := range map[string]struct {
		answer   func(n int, token string, cookie bool) (int, string)
		other    bool // than Impala
		ticket   error
		class    string
		logins   string // tokens sent, by "|"
		unproven bool
		again    int
	}{
		"each request without a cookie":        {answer: proof, logins: "ticket-1|ticket-2|ticket-3"},
		"a cookie stands for it":               {answer: with(proof, "Set-Cookie: impala.auth=x\r\n"), logins: "ticket-1||"},
		"a balancer's cookie does not":         {answer: with(proof, "Set-Cookie: SERVERID=x\r\n"), logins: "ticket-1|ticket-2|ticket-3"},
		"a Secure cookie does not without TLS": {answer: with(proof, "Set-Cookie: impala.auth=x;Secure\r\n"), logins: "ticket-1|ticket-2|ticket-3"},
		"a refused cookie takes a new ticket": {answer: func(n int, token string, cookie bool) (int, string) {
			if n == 1 {
				return 401, "WWW-Authenticate: Negotiate\r\n"
			}
			return with(proof, "Set-Cookie: impala.auth=x\r\n")(n, token, cookie)
		}, logins: "ticket-1||ticket-2|", again: 1},
		"no proof of Impala":  {answer: func(int, string, bool) (int, string) { return 200, "" }, class: "sasl.server-proof", logins: "ticket-1|ticket-2|ticket-3", unproven: true},
		"no proof of another": {answer: func(int, string, bool) (int, string) { return 200, "" }, other: true, logins: "ticket-1|ticket-2|ticket-3", unproven: true},
		"a wrong proof": {answer: func(int, string, bool) (int, string) {
			return 200, "WWW-Authenticate: Negotiate " + b64("other") + "\r\n"
		}, class: "sasl.server-proof", logins: "ticket-1"},
		"no base64":                 {answer: func(int, string, bool) (int, string) { return 200, "WWW-Authenticate: Negotiate !!\r\n" }, class: "sasl.server-proof", logins: "ticket-1"},
		"refused":                   {answer: func(int, string, bool) (int, string) { return 401, "" }, class: "sasl.rejected", logins: "ticket-1"},
		"removed by a proxy":        {answer: func(int, string, bool) (int, string) { return 401, "WWW-Authenticate: Negotiate\r\n" }, class: "sasl.no-credentials", logins: "ticket-1"},
		"passwords alone":           {answer: func(int, string, bool) (int, string) { return 401, "WWW-Authenticate: Basic\r\n" }, class: "sasl.mechanism", logins: "ticket-1"},
		"a ticket that has expired": {answer: proof, ticket: &wire.Error{Kind: KindTicketExpired, Text: "ticket expired"}, class: "sasl.ticket-expired"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			addr, logins := kerberized(t, sessionOf(!tc.other), tc.answer)
			var rec Record
			s, err := Open(t.Context(), Config{
				Addr: addr, Protocol: ProtocolHS2HTTP, User: "ann", Timeout: 10 * time.Second, Record: &rec, negotiator: &fakeTicket{err: tc.ticket},
			})
			if err == nil {
				err = s.Close(t.Context())
			}
			if got := ClassOf(err).String(); got != tc.class {
				t.Fatalf("%q: %v, want %q", got, err, tc.class)
			}
			var sent []string
			for _, l := range logins() {
				token, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(l, "Negotiate "))
				sent = append(sent, string(token))
			}
			if got := strings.Join(sent, "|"); got != tc.logins || rec.HTTP.Unproven != tc.unproven || rec.HTTP.Reauthentications != tc.again {
				t.Errorf("sent %q, want %q; %+v", got, tc.logins, rec.HTTP)
			}
		})
	}
}
