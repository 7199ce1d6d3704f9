package simcluster

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// whoAnswered opens n sessions on one connection over HTTP and returns the coordinators
// that answered.
func whoAnswered(t *testing.T, u *testClient, n int) []string {
	t.Helper()
	var seen []string
	for range n {
		if err := u.open(); err != nil {
			t.Fatal(err)
		}
		seen = append(seen, u.opened.Configuration["http_addr"])
	}
	return seen
}

func TestLayer7_BalancesRequests(t *testing.T) {
	t.Parallel()
	const a1, a2, b1 = "coord-a1:25000", "coord-a2:25000", "coord-b1:25000"
	for name, c := range map[string]struct {
		config Config
		jar    bool
		faults []string
		want   []string
	}{
		"connections":               {config: Config{}, want: []string{a1, a1, a1, a1}},
		"requests":                  {config: Config{Layer7: true}, want: []string{a1, a2, b1, a1}},
		"by a cookie":               {config: Config{Layer7: true, StickyCookie: true}, jar: true, want: []string{a1, a1, a1, a1}},
		"a client without cookies":  {config: Config{Layer7: true, StickyCookie: true}, want: []string{a1, a2, b1, a1}},
		"a cookie, and one is dead": {config: Config{Layer7: true}, faults: []string{"dead@2"}, want: []string{a1, b1, a1, b1}},
		"every second elsewhere":    {config: Config{}, faults: []string{"foreign-handle=2"}, want: []string{a1, a2, a1, a2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.config.HTTP, c.config.Coordinators, c.config.Balance = true, 3, BalanceRoundRobin
			cl := start(t, c.config, c.faults...)
			var jar http.CookieJar
			if c.jar {
				jar = newJar(t)
			}
			if got := whoAnswered(t, dialHTTP(t, cl.HTTPNodes()[0], "/", jar), 4); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestLayer7_Answers(t *testing.T) {
	t.Parallel()
	ok := "HTTP/1.1 200 OK\r\n"
	for name, c := range map[string]struct {
		faults []string
		sent   string
		want   []string // none: no answer
		reset  bool
	}{
		"a call":                     {sent: post(openSessionRequest), want: []string{ok, "\r\ncontent-length: ", "\r\nset-cookie: SERVERID=c1; path=/\r\n", "cache-control: private\r\n", "http_addr"}},
		"two calls":                  {sent: post(openSessionRequest, "Cookie: SERVERID=c1") + post(openSessionRequest, "Cookie: a=b; SERVERID=c1"), want: []string{ok, "http_addr", ok, "http_addr"}},
		"expected":                   {sent: post(openSessionRequest, "Expect: 100-continue"), want: []string{"HTTP/1.1 100 Continue\r\n\r\n" + ok}},
		"a cookie of nobody":         {sent: post(openSessionRequest, "Cookie: SERVERID=c9"), want: []string{ok, "SERVERID=c1;"}},
		"GET":                        {sent: "GET / HTTP/1.1\r\n\r\n", want: []string{"HTTP/1.1 502 Bad Gateway\r\n"}},
		"no coordinator":             {faults: []string{"dead"}, sent: post(openSessionRequest), want: []string{"HTTP/1.1 503 Service Unavailable\r\n", "No server"}},
		"a closed port":              {faults: []string{"refused"}, sent: post(openSessionRequest), want: []string{"HTTP/1.1 503 Service Unavailable\r\n"}},
		"a PROXY header":             {faults: []string{"proxy-protocol"}, sent: post(openSessionRequest), want: []string{"HTTP/1.1 502 Bad Gateway\r\n"}},
		"hung":                       {faults: []string{"hung"}, sent: post(openSessionRequest)},
		"no call, so no answer":      {sent: post("")},
		"reset after the first byte": {faults: []string{"reset-after=1"}, sent: post(openSessionRequest), want: []string{"H"}},
		"reset by the balancer":      {faults: []string{"cuts=1"}, sent: post(openSessionRequest), reset: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1, HTTP: true, Layer7: true, StickyCookie: true}, c.faults...)
			if c.want == nil && !c.reset {
				expectNoAnswer(t, cl, c.sent)
				return
			}
			got := exchange(t, cl, c.sent)
			expectInOrder(t, got, c.want)
			if name == "two calls" && strings.Contains(got, "SERVERID") {
				t.Error("a cookie that the client has already")
			}
		})
	}
}

func TestLayer7_ClosesWhereTheClientAsks(t *testing.T) {
	t.Parallel()
	request := post(openSessionRequest, "Connection: close")
	proxied := start(t, Config{Coordinators: 1, HTTP: true, Layer7: true})
	if answer := exchangeUntilClosed(t, proxied, request); !strings.HasPrefix(answer, "HTTP/1.1 200 ") {
		t.Errorf("%.100q", answer)
	}
	direct := start(t, Config{Coordinators: 1, HTTP: true})
	expectInOrder(t, exchange(t, direct, request+request), []string{"HTTP/1.1 200 ", "http_addr", "HTTP/1.1 200 "})
}

func TestLayer7_StatesTheClient(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, HTTP: true, Layer7: true})
	exchange(t, cl, post(openSessionRequest))
	c := cl.coordinators[0]
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sessions {
		if s.details == nil || s.details.origin != "127.0.0.1" {
			t.Errorf("details %+v", s.details)
		}
	}
}

// TestLayer7_HoldsOneThread is a client whose requests go to two coordinators in turn: the
// thread that it leaves is free again.
func TestLayer7_HoldsOneThread(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 2, HTTP: true, Layer7: true, Threads: 1, Balance: BalanceRoundRobin})
	first, second := dialHTTP(t, cl.HTTPNodes()[0], "/", nil), dialHTTP(t, cl.HTTPNodes()[0], "/", nil)
	whoAnswered(t, first, 1)  // a1
	whoAnswered(t, second, 1) // a2
	whoAnswered(t, first, 1)  // a1 again: its own thread
	eventually(t, func() bool { return cl.coordinators[0].threads[protocolHTTP].inUse() == 1 })
}

// get sends one call with headers and returns the answer without following redirects.
func get(t *testing.T, cl *Cluster, headers ...httpHeader) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+cl.HTTPNodes()[0].String()+"/cliservice", strings.NewReader(openSessionRequest))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	return answer
}

func TestFault_LoginPage(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{HTTP: true}, "login-page@1")
	if r := get(t, cl); r.StatusCode != http.StatusFound || r.Header.Get("Location") != loginURL || r.Header.Get("Content-Type") != "text/html" {
		t.Errorf("%v", r)
	}
	if n := cl.Stats().HTTPRequests; n != 0 {
		t.Errorf("%d requests reached a coordinator", n)
	}
	if _, _, err := visitHTTP(t, cl.HTTPNodes()[1], "select version()"); err != nil {
		t.Error("the other node:", err)
	}
	visits(t, cl.Nodes()[0], 1)
}

func TestFault_HTTP503(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{HTTP: true}, "http-503=2s@1")
	if r := get(t, cl); r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") != "2" {
		t.Errorf("%v", r)
	}
	if _, err := ParseFault("http-503=1500ms"); err == nil {
		t.Error("half a second is accepted")
	}
}

func TestFault_StripsAuthorization(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{HTTP: true, Auth: AuthLDAP, Users: testUsers}, "strips-authorization@1")
	if r := get(t, cl, basic("alice", "wonderland")); r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") != "Basic" {
		t.Errorf("%v", r)
	}
	if s := cl.Stats(); s.Logins != 0 || s.HTTPRequests != 1 {
		t.Errorf("stats %+v: want the coordinator to see a request without a login", s)
	}
	if _, _, err := visitHTTP(t, cl.HTTPNodes()[1], "select user()", basic("alice", "wonderland")); err != nil {
		t.Error("the other node:", err)
	}
}

func TestFault_CookieDropped(t *testing.T) {
	t.Parallel()
	for _, faults := range [][]string{nil, {"cookie-dropped"}} {
		cl := start(t, Config{HTTP: true, Auth: AuthLDAP, Users: testUsers}, faults...)
		r := get(t, cl, basic("alice", "wonderland"), "Cookie: impala.auth=x")
		dropped := faults != nil
		if got := len(r.Header.Values("Set-Cookie")); r.StatusCode != http.StatusOK || (got == 0) != dropped {
			t.Errorf("%v: %d cookies", faults, got)
		}
		if s := cl.Stats(); (s.CookiesRefused == 0) != dropped {
			t.Errorf("%v: stats %+v", faults, s)
		}
	}
}

// TestFault_ForeignCookie is a client with a ticket: each request with a cookie is refused
// by the other coordinator, and without it the session's own answers.
func TestFault_ForeignCookie(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "impala")
	cl := start(t, r.config(Config{Coordinators: 2, Nodes: 1, Balance: BalanceSource}), "foreign-cookie")
	negotiate := func() httpHeader {
		_, token := initiate(t, r.ticket(t, "impala"))
		return "Authorization: Negotiate " + base64.StdEncoding.EncodeToString(token)
	}
	jar := insecureJar{newJar(t)}
	node := cl.HTTPNodes()[0]
	u := dialHTTP(t, node, "/", jar, negotiate())
	if err := u.open(); err != nil {
		t.Fatal(err)
	}
	with := dialHTTP(t, node, "/", jar)
	with.session = u.session
	if _, err := with.query("select 1"); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("with the cookie: %v, want 401", err)
	}
	without := dialHTTP(t, node, "/", nil, negotiate())
	if _, err := without.PingImpalaHS2Service(t.Context(), &hs2.TPingImpalaHS2ServiceReq{SessionHandle: u.session}); err != nil {
		t.Errorf("without it: %v", err)
	}
	if s := cl.Stats(); s.CookiesRefused != 1 {
		t.Errorf("stats %+v", s)
	}
}

func TestFault_ForeignHandle(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 2, HTTP: true, Layer7: false}, "foreign-handle=3")
	u := dialHTTP(t, cl.HTTPNodes()[0], "/", nil)
	if err := u.open(); err != nil { // request 1
		t.Fatal(err)
	}
	var answers []string
	for range 5 {
		r, err := u.PingImpalaHS2Service(t.Context(), &hs2.TPingImpalaHS2ServiceReq{SessionHandle: u.session})
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, fmt.Sprint(r.Status.GetErrorMessage() == ""))
	}
	if got := strings.Join(answers, " "); got != "true false true true false" {
		t.Errorf("answers of the session's coordinator: %s", got)
	}
	visits(t, cl.Nodes()[0], 4) // the binary port is not affected
}

func TestFault_IdleOverLayer7(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, HTTP: true, Layer7: true}, "idle=50ms:fin")
	conn := dialTo(t, cl.HTTPNodes()[0])
	io.WriteString(conn, post(openSessionRequest))
	conn.SetReadDeadline(time.Now().Add(soon))
	if b, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(b), "HTTP/1.1 200 ") {
		t.Errorf("%.50q, %v: want an answer, then EOF", b, err)
	}
}
