package hs2client_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// recording is a connection whose other side has said all in advance.
type recording struct{ *bytes.Reader }

func (recording) Write(p []byte) (int, error)      { return len(p), nil }
func (recording) Close() error                     { return nil }
func (recording) LocalAddr() net.Addr              { return nil }
func (recording) RemoteAddr() net.Addr             { return nil }
func (recording) SetDeadline(time.Time) error      { return nil }
func (recording) SetReadDeadline(time.Time) error  { return nil }
func (recording) SetWriteDeadline(time.Time) error { return nil }

// said are the replies of a session, in the order of its calls.
func said(p thrift.TProcessor, calls func(thrift.TClient)) [][]byte {
	c := &inProcess{p: p}
	calls(c)
	return c.replies
}

// inProcess calls a processor and keeps what it answers.
type inProcess struct {
	p       thrift.TProcessor
	seq     int32
	replies [][]byte
}

func (c *inProcess) Call(ctx context.Context, method string, args, _ thrift.TStruct) (thrift.ResponseMeta, error) {
	c.seq++
	in, out := thrift.NewTMemoryBuffer(), thrift.NewTMemoryBuffer()
	req := thrift.NewTBinaryProtocolConf(in, nil)
	if err := req.WriteMessageBegin(ctx, method, thrift.CALL, c.seq); err != nil {
		return thrift.ResponseMeta{}, err
	}
	if err := args.Write(ctx, req); err != nil {
		return thrift.ResponseMeta{}, err
	}
	_, err := c.p.Process(ctx, req, thrift.NewTBinaryProtocolConf(out, nil))
	c.replies = append(c.replies, bytes.Clone(out.Bytes()))
	return thrift.ResponseMeta{}, err
}

// wholeHS2 and wholeBeeswax are what a healthy server says in a session.
func wholeHS2() []byte { return slices.Concat(hs2Replies()...) }

func hs2Replies() [][]byte {
	c := &coordinator{web: "http://a:25000", config: map[string]string{"http_addr": "a:25000", "X": "y"}}
	c.columns, c.schema = pid()
	return said(hs2.NewImpalaHiveServer2ServiceProcessor(c), func(tc thrift.TClient) {
		ctx, client := context.Background(), hs2.NewImpalaHiveServer2ServiceClient(tc)
		session, op := &hs2.TSessionHandle{SessionId: id()}, &hs2.TOperationHandle{OperationId: id()}
		_, _ = client.OpenSession(ctx, &hs2.TOpenSessionReq{})
		_, _ = client.PingImpalaHS2Service(ctx, &hs2.TPingImpalaHS2ServiceReq{SessionHandle: session})
		_, _ = client.ExecuteStatement(ctx, &hs2.TExecuteStatementReq{SessionHandle: session})
		_, _ = client.GetOperationStatus(ctx, &hs2.TGetOperationStatusReq{OperationHandle: op})
		_, _ = client.GetResultSetMetadata(ctx, &hs2.TGetResultSetMetadataReq{OperationHandle: op})
		_, _ = client.FetchResults(ctx, &hs2.TFetchResultsReq{OperationHandle: op})
		_, _ = client.CloseOperation(ctx, &hs2.TCloseOperationReq{OperationHandle: op})
		_, _ = client.CloseSession(ctx, &hs2.TCloseSessionReq{SessionHandle: session})
	})
}

func wholeBeeswax() []byte {
	return slices.Concat(said(beeswax.NewImpalaServiceProcessor(&hive{rows: []string{"4711\ta"}}), func(tc thrift.TClient) {
		ctx, client, q := context.Background(), beeswax.NewImpalaServiceClient(tc), &beeswax.QueryHandle{}
		_, _ = client.PingImpalaService(ctx)
		_, _ = client.Query(ctx, &beeswax.Query{})
		_, _ = client.GetState(ctx, q)
		_, _ = client.GetResultsMetadata(ctx, q)
		_, _ = client.Fetch(ctx, q, false, 1)
		_ = client.Close(ctx, q)
	})...)
}

// password has what quoting changes.
const password = "s3\"c\\ret"

// showsPassword reports whether the password is in a text, as it is or quoted.
func showsPassword(text string) bool {
	quoted := strings.Trim(strconv.Quote(password), `"`)
	return strings.Contains(text, password) || strings.Contains(text, quoted)
}

// play runs a session against what was said in advance.
func play(mode uint8, wire []byte, timeout time.Duration) error {
	return playOn(mode, func() net.Conn { return recording{bytes.NewReader(wire)} }, timeout)
}

// playOn is play on connections of any sort.
func playOn(mode uint8, dial func() net.Conn, timeout time.Duration) error {
	c := hs2client.Config{Addr: "127.0.0.1:1", Timeout: timeout, Dial: func(context.Context, string, string) (net.Conn, error) {
		return dial(), nil
	}}
	if mode&1 != 0 {
		c.Protocol = hs2client.ProtocolBeeswax
	}
	if mode&4 != 0 {
		c.Protocol = hs2client.ProtocolHS2HTTP
	}
	if mode&2 != 0 {
		c.Plain = &hs2client.Plain{User: "ann", Password: password}
	}
	return wholeSession(context.Background(), c)
}

func TestFuzzReply_SeedsAreWholeSessions(t *testing.T) {
	t.Parallel()
	complete := saslframe.AppendMessage(nil, saslframe.StatusComplete, nil)
	for mode, wire := range [][]byte{wholeHS2(), wholeBeeswax(), append(complete, inFrames(wholeHS2(), 7)...), append(complete, inFrames(wholeBeeswax(), 1)...)} {
		if err := play(uint8(mode), wire, soon); err != nil {
			t.Errorf("mode %d: %v", mode, err)
		}
	}
}

// FuzzReply is a server that says whatever it likes from the first byte on: the
// client ends, with a class where it fails, in bounded memory, and its errors
// show neither the password nor a control character.
func FuzzReply(f *testing.F) {
	complete := saslframe.AppendMessage(nil, saslframe.StatusComplete, nil)
	f.Add(uint8(0), wholeHS2())
	f.Add(uint8(1), wholeBeeswax())
	f.Add(uint8(2), append(complete, inFrames(wholeHS2(), 100)...))
	f.Add(uint8(3), append(complete, inFrames(wholeBeeswax(), 100)...))
	f.Add(uint8(2), saslframe.AppendMessage(nil, saslframe.StatusBad, []byte("no "+password+"\x1b[2J")))
	f.Add(uint8(2), []byte(password))
	f.Add(uint8(0), []byte(password)) // nobody's password, where none was set
	f.Add(uint8(2), append(slices.Clone(complete), "HTTP/"+password...))
	f.Add(uint8(0), []byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	f.Add(uint8(0), message(thrift.EXCEPTION, "OpenSession", 1, "\x0b\x00\x01\x00\x00\x00\x04boom\x00"))
	for _, said := range []string{
		"HTTP/1.1 200 OK\r\n\r\n" + string(wholeHS2()), "HTTP/1.1 401 no\r\nWWW-Authenticate: Basic realm=" + password + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>" + password, "HTTP/1.1 302 x\r\nLocation: /\x1b[2J\r\n\r\n",
	} {
		f.Add(uint8(4), []byte(said))
		f.Add(uint8(6), []byte(said))
	}
	f.Fuzz(func(t *testing.T, mode uint8, wire []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := play(mode&7, wire, 20*time.Millisecond)
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20+128*uint64(len(wire)) {
			t.Fatalf("%d bytes of memory for %d that came", grown, len(wire))
		}
		if err == nil {
			return
		}
		e, ok := errors.AsType[*hs2client.Error](err)
		if !ok || e.Kind == hs2client.KindOther || e.Class().IsZero() {
			t.Fatalf("an error without a class: %v", err)
		}
		if mode&2 != 0 && showsPassword(e.Error()+e.Text+e.SQLState) || strings.ContainsAny(e.Error(), "\x00\x1b\r\n") {
			t.Fatalf("an error that shows what it must not: %q", e.Error())
		}
	})
}
