package hs2client_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// steps are the calls of one whole session, and the phase that each belongs to.
var steps = []struct{ call, phase string }{
	{"OpenSession", "open"}, {"PingImpalaHS2Service", "open"}, {"ExecuteStatement", "execute"}, {"GetOperationStatus", "execute"},
	{"GetResultSetMetadata", "fetch"}, {"FetchResults", "fetch"}, {"CloseOperation", "close"}, {"CloseSession", "close"},
}

// wholeSession opens, asks and closes; it returns the first error.
func wholeSession(ctx context.Context, c hs2client.Config) error {
	s, err := hs2client.Open(ctx, c)
	if err != nil {
		return err
	}
	_, err = s.Query(ctx, "SELECT pid()")
	if closing := s.Close(ctx); err == nil {
		err = closing
	}
	return err
}

func TestSession_CutAfterEveryByteOfEveryReply(t *testing.T) {
	for call, step := range steps {
		t.Run(step.call, func(t *testing.T) {
			c := &coordinator{web: "http://a:25000", config: map[string]string{"http_addr": "a:25000", "X": "y"}}
			c.columns, c.schema = pid()
			keep := make(chan int, 1) // how much of the reply is sent
			length := make(chan int, 1)
			addr := serve(t, c.tampered(func(n int, reply []byte, conn net.Conn) bool {
				if n != call {
					return intact(reply, conn)
				}
				length <- len(reply)
				k := <-keep
				_, _ = conn.Write(reply[:k])
				return k == len(reply)
			}))
			for k, whole := 0, 1; k < whole; k++ {
				keep <- k
				err := wholeSession(t.Context(), hs2client.Config{Addr: addr, Timeout: soon})
				whole = <-length
				if e := wantClass(t, err, step.phase+".eof"); e.Op != step.call {
					t.Fatalf("op %q", e.Op)
				}
			}
		})
	}
}

func TestOpen_ClassesInvalidAnswers(t *testing.T) {
	const reply, exception = thrift.REPLY, thrift.EXCEPTION
	status := "\x0c\x00\x00" + "\x0c\x00\x01\x08\x00\x01\x00\x00\x00\x00\x00" // success{status{SUCCESS}, and still open
	for name, tc := range map[string]struct {
		says  string
		class string
		hint  string
	}{
		"HTTP":                         {"HTTP/1.1 400 Bad Request\r\n\r\n", "open.http", "28000"},
		"a PROXY header, version 1":    {"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n", "open.proxy-header", "PROXY"},
		"a PROXY header, version 2":    {"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c", "open.proxy-header", "PROXY"},
		"a TLS alert":                  {"\x15\x03\x01\x00\x02\x02\x28", "open.needs-tls", "tls.enabled=true"},
		"a TLS handshake":              {"\x16\x03\x01\x00\x02\x02\x28", "open.needs-tls", "tls.enabled=true"},
		"HTTP/0.9":                     {"<html><body>400</body></html>", "open.http", "28000"},
		"HTTP/2":                       {"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80", "open.http", "28000"},
		"SSH":                          {"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "open.other-server", "an SSH server"},
		"MySQL":                        {"\x4a\x00\x00\x00\x0a8.0.36\x00", "open.other-server", "a MySQL server"},
		"MySQL that refuses this host": {"\x45\x00\x00\x00\xff\x6a\x04Host", "open.other-server", "a MySQL server"},
		"SMTP":                         {"220 mail.example.com ESMTP Postfix\r\n", "open.other-server", "an SMTP or FTP server"},
		"Redis":                        {"-ERR unknown command\r\n", "open.other-server", "a Redis server"},
		"a SASL error":                 {"\x04\x00\x00\x00\x1fExpecting START status, received 1", "open.needs-sasl", "auth.mechanism=ldap"},
		"noise":                        {"\xde\xad\xbe\xef\xde\xad\xbe\xef", "open.garbage", "a server of another kind"},
		"an old-style message":         {"\x00\x00\x00\x0bOpenSession\x02\x00\x00\x00\x01\x00", "open.garbage", "a server of another kind"},
		"another version":              {"\x80\x02\x00\x02\x00\x00\x00\x00", "open.garbage", ""},
		"another method":               {string(message(reply, "CloseSession", 1, "\x00")), "open.mismatch", ""},
		"another method of its length": {string(message(reply, "OpenSessiom", 1, "\x00")), "open.mismatch", ""},
		"another sequence number":      {string(message(reply, "OpenSession", 7, "\x00")), "open.mismatch", ""},
		"a call":                       {string(message(thrift.CALL, "OpenSession", 1, "\x00")), "open.mismatch", ""},
		"no result":                    {string(message(reply, "OpenSession", 1, "\x00")), "open.mismatch", ""},
		"a result without a status":    {string(message(reply, "OpenSession", 1, "\x0c\x00\x00\x00\x00")), "open.mismatch", ""},
		"a result without a session":   {string(message(reply, "OpenSession", 1, status+"\x08\x00\x02\x00\x00\x00\x05\x00\x00")), "open.mismatch", ""},
		"a status without a code":      {string(message(reply, "OpenSession", 1, "\x0c\x00\x00\x0c\x00\x01\x00\x00\x00")), "open.garbage", ""},
		"a type that Thrift has not":   {string(message(reply, "OpenSession", 1, "\x63\x00\x01")), "open.garbage", ""},
		"an exception":                 {string(message(exception, "OpenSession", 1, "\x0b\x00\x01\x00\x00\x00\x04boom\x08\x00\x02\x00\x00\x00\x06\x00")), "open.error", ""},
		"an unknown method":            {string(message(exception, "OpenSession", 1, "\x08\x00\x02\x00\x00\x00\x01\x00")), "open.unsupported", ""},
		"a method name of 2 GiB":       {"\x80\x01\x00\x02\x7f\xff\xff\xff", "open.oversize", ""},
		"a negative method name":       {"\x80\x01\x00\x02\xff\xff\xff\xff", "open.oversize", ""},
		"a string of 2 GiB":            {string(message(reply, "OpenSession", 1, "\x0b\x00\x05\x7f\xff\xff\xff")), "open.oversize", ""},
		"a string of -1 bytes":         {string(message(reply, "OpenSession", 1, "\x0b\x00\x05\xff\xff\xff\xff")), "open.oversize", ""},
		"an error message of 2 GiB":    {string(message(reply, "OpenSession", 1, "\x0c\x00\x00\x0c\x00\x01\x0b\x00\x05\x7f\xff\xff\xff")), "open.oversize", ""},
		"a map of 65537 entries":       {string(message(reply, "OpenSession", 1, status+"\x0d\x00\x04\x0b\x0b\x00\x01\x00\x01")), "open.oversize", ""},
		"a map of -1 entries":          {string(message(reply, "OpenSession", 1, status+"\x0d\x00\x04\x0b\x0b\xff\xff\xff\xff")), "open.oversize", ""},
		"a list of 2 G elements":       {string(message(reply, "OpenSession", 1, "\x0f\x00\x09\x0c\x7f\xff\xff\xff")), "open.oversize", ""},
		"info messages of 2 G":         {string(message(reply, "OpenSession", 1, "\x0c\x00\x00\x0c\x00\x01\x0f\x00\x02\x0b\x7f\xff\xff\xff")), "open.oversize", ""},
		"structs within structs":       {string(message(reply, "OpenSession", 1, strings.Repeat("\x0c\x00\x09", 100))), "open.oversize", ""},
		"lists within lists":           {string(message(reply, "OpenSession", 1, "\x0f\x00\x09"+strings.Repeat("\x0f\x00\x00\x00\x01", 100))), "open.oversize", ""},
		"unknown fields without end":   {string(message(reply, "OpenSession", 1, strings.Repeat("\x0a\x00\x0912345678", 200_000))), "open.oversize", ""},
		"entries without end": {string(message(reply, "OpenSession", 1, status+"\x0d\x00\x04\x0b\x0b\x00\x00\xff\xff"+
			strings.Repeat("\x00\x00\x00\x01k\x00\x00\x00\x20"+strings.Repeat("v", 32), 1<<15))), "open.oversize", ""},
	} {
		t.Run(name, func(t *testing.T) {
			addr := serve(t, says(tc.says))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			err := wholeSession(t.Context(), hs2client.Config{Addr: addr, Timeout: soon})
			runtime.ReadMemStats(&after)
			e := wantClass(t, err, tc.class)
			if tc.hint != "" && !strings.Contains(hintText(e), tc.hint) {
				t.Errorf("hint %q", hintText(e))
			}
			if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
				t.Errorf("%d bytes allocated", grown)
			}
		})
	}
}

func TestOpen_NoAnswerHintsAtProxyHeader(t *testing.T) {
	for name, tc := range map[string]struct {
		handle func(net.Conn)
		class  string
	}{
		"closed at once":    {func(net.Conn) {}, ""},
		"closed in silence": {says(""), "open.eof"},
		"silent":            {silent, "open.timeout"},
	} {
		t.Run(name, func(t *testing.T) {
			err := wholeSession(t.Context(), hs2client.Config{Addr: serve(t, tc.handle), Timeout: 200 * time.Millisecond})
			if e, ok := errors.AsType[*hs2client.Error](err); !ok || !strings.Contains(hintText(e), "PROXY header") || tc.class != "" && e.Class().String() != tc.class {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestOpen_ClassesLoginAnswers(t *testing.T) {
	bad := func(st saslframe.Status, text string) string {
		return string(saslframe.AppendMessage(nil, st, []byte(text)))
	}
	for name, tc := range map[string]struct{ says, class, hint string }{
		"no such mechanism":                {bad(saslframe.StatusBad, "Unsupported mechanism type PLAIN"), "sasl.mechanism", "Kerberos"},
		"refused with words":               {bad(saslframe.StatusError, "Error validating the login"), "sasl.rejected", "password"},
		"refused in silence":               {"", "sasl.rejected", "tls.enabled=true"},
		"half an answer":                   {"\x05\x00", "sasl.rejected", "tls.enabled=true"},
		"another step":                     {bad(saslframe.StatusOK, "more"), "sasl.mismatch", ""},
		"an answer of 2 GiB":               {"\x05\x7f\xff\xff\xff", "sasl.oversize", ""},
		"an answer of -1 bytes":            {"\x05\xff\xff\xff\xff", "sasl.oversize", ""},
		"HTTP":                             {"HTTP/1.1 400 Bad Request\r\n\r\n", "sasl.http", "28000"},
		"TLS":                              {"\x15\x03\x01\x00\x02\x02\x28", "sasl.needs-tls", "tls.enabled=true"},
		"a PROXY header":                   {"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n", "sasl.proxy-header", "PROXY"},
		"Thrift":                           {"\x80\x01\x00\x02\x00\x00\x00\x00", "sasl.garbage", "auth.mechanism=none"},
		"SSH":                              {"SSH-2.0-OpenSSH_9.2\r\n", "sasl.other-server", "an SSH server"},
		"then a frame of 2 GiB":            {bad(saslframe.StatusComplete, "") + "\x7f\xff\xff\xff", "open.oversize", ""},
		"then a frame of -1 bytes":         {bad(saslframe.StatusComplete, "") + "\xff\xff\xff\xff", "open.oversize", ""},
		"then HTTP":                        {bad(saslframe.StatusComplete, "") + "HTTP/1.1 400 Bad Request\r\n\r\n", "open.http", "28000"},
		"then half a frame":                {bad(saslframe.StatusComplete, "") + "\x00\x00", "open.eof", ""},
		"then frames without bytes":        {bad(saslframe.StatusComplete, "") + strings.Repeat("\x00\x00\x00\x00", 300_000), "open.oversize", ""},
		"a word that repeats the password": {bad(saslframe.StatusBad, "the password s3cret is wrong\x1b[2J"), "sasl.rejected", "password"},
	} {
		t.Run(name, func(t *testing.T) {
			c := hs2client.Config{Addr: serve(t, says(tc.says)), Timeout: soon, Plain: &hs2client.Plain{User: "ann", Password: "s3cret"}}
			e := wantClass(t, wholeSession(t.Context(), c), tc.class)
			if !strings.Contains(hintText(e), tc.hint) {
				t.Errorf("hint %q", hintText(e))
			}
			if all := e.Error() + e.Text + hintText(e); strings.Contains(all, "s3cret") || strings.ContainsAny(e.Error(), "\x1b\n") {
				t.Errorf("%q shows what it must not", all)
			}
		})
	}
}

// silent reads and never answers.
func silent(c net.Conn) {
	var b [1 << 10]byte
	for {
		if _, err := c.Read(b[:]); err != nil {
			return
		}
	}
}
