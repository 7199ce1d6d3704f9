package simcluster

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// httpHeader is a header that a client sends with every request, NAME: VALUE.
type httpHeader = string

// dialHTTP returns a client of one node over HTTP. path begins with a slash. With the jar
// it keeps cookies.
func dialHTTP(t testing.TB, node netip.AddrPort, path string, jar http.CookieJar, headers ...httpHeader) *testClient {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: slices.Contains(headers, "Connection: close")}
	client := &http.Client{Transport: transport, Jar: jar, Timeout: soon}
	t.Cleanup(transport.CloseIdleConnections)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	trans, err := thrift.NewTHttpClientWithOptions("http://"+node.String()+path, thrift.THttpClientOptions{Client: client})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		trans.(*thrift.THttpClient).SetHeader(name, value)
	}
	return newTestClient(trans, &thrift.TConfiguration{})
}

// visitHTTP opens a session, runs a query and closes the session; it returns http_addr and
// the result.
func visitHTTP(t testing.TB, node netip.AddrPort, sql string, headers ...httpHeader) (coordinator, result string, err error) {
	t.Helper()
	u := dialHTTP(t, node, "/cliservice", nil, headers...)
	defer u.close()
	if err := u.open(); err != nil {
		return "", "", err
	}
	columns, err := u.query(sql)
	if err != nil {
		return "", "", err
	}
	return u.opened.Configuration["http_addr"], columns[0].StringVal.Values[0], nil
}

// exchange sends raw bytes to a node over HTTP, and no more, and returns what it answers.
func exchange(t testing.TB, cl *Cluster, sent string) string {
	t.Helper()
	conn := sendHTTP(t, cl, sent)
	conn.CloseWrite()
	answer, _ := io.ReadAll(conn) // an error is a reset, before which the answer ends
	return string(answer)
}

// exchangeUntilClosed does the same with a client that would send more: the node must
// close the connection, and not by a reset.
func exchangeUntilClosed(t testing.TB, cl *Cluster, sent string) string {
	t.Helper()
	answer, err := io.ReadAll(sendHTTP(t, cl, sent))
	if err != nil {
		t.Errorf("the connection was not closed: %v", err)
	}
	return string(answer)
}

// expectNoAnswer sends raw bytes, after which the connection must stay open in silence.
func expectNoAnswer(t *testing.T, cl *Cluster, sent string) {
	t.Helper()
	expectSilence(t, sendHTTP(t, cl, sent))
}

func sendHTTP(t testing.TB, cl *Cluster, sent string) *net.TCPConn {
	t.Helper()
	conn, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(cl.HTTPNodes()[0]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(soon))
	if _, err := io.WriteString(conn, sent); err != nil {
		t.Fatal(err)
	}
	return conn
}

// post is a request with a Content-Length.
func post(body string, headers ...httpHeader) string {
	return fmt.Sprintf("POST /cliservice HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s", headerLines(headers), len(body), body)
}

func headerLines(headers []httpHeader) string {
	if len(headers) == 0 {
		return ""
	}
	return strings.Join(headers, "\r\n") + "\r\n"
}

// chunks is a body in chunks of n bytes.
func chunks(body string, n int) string {
	var b strings.Builder
	for chunk := range slices.Chunk([]byte(body), n) {
		fmt.Fprintf(&b, "%x\r\n%s\r\n", len(chunk), chunk)
	}
	return b.String() + "0\r\n\r\n"
}

func TestHTTP_SessionOverManyConnections(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, HTTP: true})
	u := dialHTTP(t, cl.HTTPNodes()[0], "/any/path", nil, "Connection: close") // a connection a call, as impyla does
	if err := u.open(); err != nil {
		t.Fatal(err)
	}
	if _, err := u.query("select pid()"); err != nil {
		t.Fatal(err)
	}
	if err := u.close(); err != nil {
		t.Fatal(err)
	}
	s := cl.Stats()
	if s.Connections[0] != 5 || s.HTTPRequests != 5 || s.SessionsOpened != 1 || s.SessionsClosed != 1 {
		t.Errorf("stats %+v", s)
	}
}

func TestHTTP_Answers(t *testing.T) {
	t.Parallel()
	ok := "HTTP/1.1 200 OK\r\n"
	for name, c := range map[string]struct {
		sent   string
		want   []string // in this order; none: no answer
		closed bool     // by the coordinator
	}{
		"a call":                         {sent: post(openSessionRequest), want: []string{ok, "Server: Thrift/0.16.0\r\n", "Access-Control-Allow-Origin: *\r\n", "Content-Type: application/x-thrift\r\n", "Content-Length: ", "Connection: Keep-Alive\r\n", "http_addr"}},
		"two calls, one after the other": {sent: post(openSessionRequest) + post(openSessionRequest), want: []string{ok, "http_addr", ok, "http_addr"}},
		"a chunked call":                 {sent: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks(openSessionRequest, 7) + post(openSessionRequest), want: []string{ok, "http_addr", ok, "http_addr"}},
		"bytes after the call":           {sent: post(openSessionRequest+"more") + post(openSessionRequest), want: []string{ok, "http_addr", ok, "http_addr"}},
		"expected":                       {sent: post(openSessionRequest, "Expect: 100-Continue"), want: []string{"HTTP/1.1 100 Continue\r\n\r\n" + ok, "http_addr"}},
		"no body":                        {sent: post(""), want: nil},
		"no body, then a call":           {sent: post("") + post(openSessionRequest), want: []string{ok, "http_addr"}},
		"half a call":                    {sent: post(openSessionRequest[:20]), want: nil},
		"not a call":                     {sent: post("<html></html>"), want: nil},
		"OPTIONS":                        {sent: "OPTIONS / HTTP/1.1\r\n\r\n", want: []string{ok, "Access-Control-Allow-Methods: POST, OPTIONS\r\n"}},
		"GET":                            {sent: "GET / HTTP/1.1\r\n\r\n", closed: true},
		"HEAD":                           {sent: "HEAD / HTTP/1.1\r\n\r\n", closed: true},
		"no HTTP":                        {sent: "hello\r\n\r\n", closed: true},
		"body too long":                  {sent: "POST / HTTP/1.1\r\nContent-Length: 4194305\r\n\r\n", closed: true},
		"length not a number":            {sent: "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", closed: true},
		"head too long":                  {sent: "POST / HTTP/1.1\r\nX: " + strings.Repeat("x", maxHTTPHead) + "\r\n", closed: true},
		"too many fields":                {sent: "POST / HTTP/1.1\r\n" + strings.Repeat("X: y\r\n", maxHTTPFields+1) + "\r\n", closed: true},
		"doAs that cannot be decoded":    {sent: "POST /?doAs=%zz HTTP/1.1\r\n\r\n", closed: true},
		"an unauthenticated cookie":      {sent: post(openSessionRequest, "Cookie: impala.auth=x", "Authorization: Basic !"), want: []string{ok, "http_addr"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cl := start(t, Config{Coordinators: 1, HTTP: true})
			var got string
			switch {
			case c.closed:
				got = exchangeUntilClosed(t, cl, c.sent)
			case c.want == nil:
				expectNoAnswer(t, cl, c.sent)
			default:
				got = exchange(t, cl, c.sent)
			}
			expectInOrder(t, got, c.want)
			if strings.Contains(got, "Set-Cookie") {
				t.Error("a cookie without authentication")
			}
		})
	}
}

// expectInOrder checks that text begins with the first part and contains the others after
// it.
func expectInOrder(t *testing.T, text string, parts []string) {
	t.Helper()
	if len(parts) == 0 && text != "" || len(parts) > 0 && !strings.HasPrefix(text, parts[0]) {
		t.Errorf("answer %.300q", text)
		return
	}
	rest := text
	for _, part := range parts {
		_, after, ok := strings.Cut(rest, part)
		if !ok {
			t.Errorf("%q is missing in %.300q", part, text)
			return
		}
		rest = after
	}
}

func TestHTTP_OneThreadPerConnection(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, HTTP: true, Threads: 1})
	held, err := net.Dial("tcp", cl.HTTPNodes()[0].String())
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	io.WriteString(held, post(openSessionRequest))
	if r, err := http.ReadResponse(bufio.NewReader(held), nil); err != nil || r.StatusCode != http.StatusOK {
		t.Fatal(r, err)
	}
	waiting := sendHTTP(t, cl, post(openSessionRequest))
	expectSilence(t, waiting)
	visits(t, cl.Nodes()[0], 1) // the binary port has threads of its own
	held.Close()
	expectReply(t, waiting)
}

func TestHTTP_RecordsOrigin(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, HTTP: true})
	exchange(t, cl, post(openSessionRequest, "X-Forwarded-For: 192.0.2.7, 10.0.0.1", "X-Forwarded-For: 192.0.2.8"))
	c := cl.coordinators[0]
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.sessions {
		if s.details == nil || s.details.origin != "192.0.2.7, 10.0.0.1" {
			t.Errorf("details %+v", s.details)
		}
	}
	if len(c.sessions) != 1 {
		t.Errorf("%d sessions", len(c.sessions))
	}
}

func TestHTTP_StatementsAsOnTheBinaryPort(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Coordinators: 1, HTTP: true})
	u := dialHTTP(t, cl.HTTPNodes()[0], "/cliservice", nil)
	if err := u.open(); err != nil {
		t.Fatal(err)
	}
	p, err := u.PingImpalaHS2Service(context.Background(), &hs2.TPingImpalaHS2ServiceReq{SessionHandle: u.session})
	if err != nil || p.GetWebserverAddress() != "http://coord-a1:25000" {
		t.Errorf("Ping: %v, %v", p, err)
	}
	if err := u.close(); err != nil {
		t.Error(err)
	}
}

// FuzzHTTPRequests sends arbitrary bytes over HTTP. The coordinator must answer or close
// the connection, and not panic.
func FuzzHTTPRequests(f *testing.F) {
	f.Add(post(openSessionRequest), false)
	f.Add("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"+chunks(openSessionRequest, 7), false)
	f.Add(post("", "Authorization: Basic YTpi", `Cookie: impala.auth="a&u=b"; c=d`), true)
	f.Add(post("", "Authorization: Bearer eyJhbGciOiJub25lIn0.e30."), true)
	f.Add(post("", "Authorization: Negotiate : YII="), true)
	f.Fuzz(func(t *testing.T, sent string, login bool) {
		var logged strings.Builder
		c, _ := newTestCoordinator()
		c.config.Log = newTestLogger(&logged)
		if login {
			c.config.Auth, c.tokens = AuthLDAP|AuthJWT, &keySet{any: true}
		}
		r := recordedConn{in: strings.NewReader(sent), out: nil}
		l := &link{Conn: r, received: new(atomic.Int64)}
		h := c.newHTTPConn(context.Background(), l, func(httpReply) error { return nil })
		in := bufio.NewReaderSize(l, httpReadBuffer)
		for {
			head, err := readHead(in)
			if err != nil || !h.answer(head, in) {
				break
			}
		}
		if strings.Contains(logged.String(), "panic=") && !strings.Contains(logged.String(), "nil pointer dereference") {
			t.Error(logged.String())
		}
	})
}
