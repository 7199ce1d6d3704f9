package httpwire

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// tape is a connection that says what is on it, piece by piece, and then ends.
type tape struct {
	in    *bytes.Reader
	piece int
}

func (t *tape) Read(p []byte) (int, error)  { return t.in.Read(p[:min(len(p), t.piece)]) }
func (t *tape) Write(p []byte) (int, error) { return len(p), nil }

// overTape is an exchange with what servers have said, one connection after the other.
func overTape(mode uint8, said ...[]byte) (*Exchange, *wire.Conn) {
	next := func() (io.ReadWriter, error) {
		if len(said) == 0 {
			return nil, os.ErrDeadlineExceeded
		}
		t := &tape{bytes.NewReader(said[0]), 1 + int(mode>>4)*8}
		said = said[1:]
		return t, nil
	}
	x := New(Config{
		Reserve: func(int) error { return nil },
		URL:     &url.URL{Path: "/cliservice"}, Host: "a:1", Login: Basic("ann", secret), Expect: mode&1 != 0, PerCall: mode&2 != 0, TLS: mode&4 != 0,
		Dial: next, HangUp: func() {}, Within: func(_ time.Duration, wait func() error) error { return wait() },
		Requests: new(int), Reauthenticated: new(int),
	}, nil)
	c := new(wire.Conn)
	c.Init(x)
	c.SetExchange(x)
	return x, c
}

const secret = "s3\"c\\ret"

// ping makes a call whose answer is small.
func ping(c *wire.Conn) error {
	var result hs2.ImpalaHiveServer2ServicePingImpalaHS2ServiceResult
	return c.Call("PingImpalaHS2Service", &hs2.ImpalaHiveServer2ServicePingImpalaHS2ServiceArgs{Req: &hs2.TPingImpalaHS2ServiceReq{}}, &result, wire.CallBudget)
}

// pong is the reply to the n-th ping.
func pong(n byte) string {
	return "\x80\x01\x00\x02\x00\x00\x00\x14PingImpalaHS2Service\x00\x00\x00" + string(rune(n)) + "\x0c\x00\x00\x0c\x00\x01\x08\x00\x01\x00\x00\x00\x00\x00\x00\x00"
}

// answering is a connection that answers each request with the next response.
type answering struct {
	responses []string
	in        strings.Reader
}

func (a *answering) Read(p []byte) (int, error) { return a.in.Read(p) }

func (a *answering) Write(p []byte) (int, error) {
	a.in.Reset(a.responses[0])
	a.responses = a.responses[1:]
	return len(p), nil
}

func TestExchange_OneConnectionForSeveralCalls(t *testing.T) {
	t.Parallel()
	x, c := overTape(0)
	x.config.Dial = func() (io.ReadWriter, error) {
		return &answering{responses: []string{sized(pong(1)), inChunk(pong(2)), sized(pong(3)) + "x", "unread"}}, nil
	}
	for i := range 3 {
		if err := ping(c); i < 2 && err != nil || i == 2 && wire.KindOf(err) != vocab.KindGarbage {
			t.Errorf("call %d: %v", i, err)
		}
		if got := x.Idle(); got != (i < 2) {
			t.Errorf("after call %d it is idle: %v", i, got)
		}
	}
	if *x.config.Requests != 3 {
		t.Errorf("%d requests", *x.config.Requests)
	}
	c.Init(x)
	c.SetExchange(x)
	x.Restart()
	if x.Idle() || x.call != nil || x.stream != nil {
		t.Errorf("%+v", x)
	}
}

// sized and inChunk are responses with a body.
func sized(body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
}

func inChunk(body string) string {
	return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + strconv.FormatInt(int64(len(body)), 16) + "\r\n" + body + "\r\n0\r\n\r\n"
}

// FuzzResponse is a server that says whatever it likes over two connections: the calls
// end, each failure has a class, in bounded memory, and no words show the password.
func FuzzResponse(f *testing.F) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for _, said := range []string{
		sized(pong(1)), sized(pong(1)) + sized(pong(2)), inChunk(pong(1)), "HTTP/1.0 200 OK\r\n\r\n" + pong(1),
		"HTTP/1.1 100 Continue\r\n\r\n" + ok + "\r\n" + pong(1),
		ok + "Set-Cookie: impala.auth=0123456789;Max-Age=5;Path=/;Secure\r\n" + sized(pong(1))[len(ok):] + "HTTP/1.1 401 no\r\nContent-Length: 0\r\n\r\n" + sized(pong(2)),
		"HTTP/1.1 401 no\r\nWWW-Authenticate: Basic realm=\"" + secret + "\", Negotiate YQ==\r\n\r\n",
		"HTTP/1.1 503 busy\r\nRetry-After: 1\r\nContent-Length: 1\r\n\r\nx",
		"HTTP/1.1 302 x\r\nLocation: http://" + secret + "\r\n\r\n",
		ok + "Content-Type: text/html\r\n\r\n<html>" + secret,
		secret, "\x15\x03\x01\x00\x02\x02\x28", "HTTP/1.1 " + secret + "\r\n", pong(1),
	} {
		for _, mode := range []uint8{0, 1, 2, 0xf0} {
			f.Add(mode, []byte(said), []byte(sized(pong(2))))
		}
	}
	f.Fuzz(func(t *testing.T, mode uint8, first, second []byte) {
		x, c := overTape(mode, first, second, second)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var errs []error
		for range 3 {
			errs = append(errs, ping(c))
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20+128*uint64(len(first)+len(second)) {
			t.Fatalf("%d bytes of memory for %d that came", grown, len(first)+len(second))
		}
		for _, err := range errs {
			if err == nil {
				continue
			}
			if kind := wire.KindOf(err); kind == vocab.KindOther || kind == vocab.KindNone {
				if _, ok := errors.AsType[thrift.TProtocolException](err); !ok {
					t.Fatalf("an error without a class: %T %v", err, err)
				}
			}
			known, ok := errors.AsType[*wire.Error](err)
			if ok && known.Remote && strings.Contains(known.ServerText(append(x.Secrets(), secret)...), secret) {
				t.Fatalf("an error that shows the password: %q", known.Text)
			}
			if (!ok || !known.Remote) && strings.Contains(err.Error(), secret) {
				t.Fatalf("an error that shows the password: %v", err)
			}
		}
		if n := *x.config.Requests; n > 6 {
			t.Fatalf("%d requests for 3 calls", n)
		}
		if len(x.cookies) > maxCookies {
			t.Fatalf("%d cookies", len(x.cookies))
		}
	})
}
