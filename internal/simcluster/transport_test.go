package simcluster

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// recordedConn is a connection that reads recorded requests and keeps the replies.
type recordedConn struct {
	net.Conn // nil: only Read and Write are used
	in       io.Reader
	out      *bytes.Buffer
}

func (r recordedConn) Read(b []byte) (int, error)  { return r.in.Read(b) }
func (r recordedConn) Write(b []byte) (int, error) { return r.out.Write(b) }

// serveRecorded serves recorded requests and returns the replies and the log.
func serveRecorded(sent []byte, proto protocol, sasl bool) (replies []byte, log string) {
	c, _ := newTestCoordinator()
	var logged strings.Builder
	c.config.Log = newTestLogger(&logged)
	r := recordedConn{in: bytes.NewReader(sent), out: new(bytes.Buffer)}
	l := &link{Conn: r, received: new(atomic.Int64)}
	w := newTransport(l, bufio.NewReaderSize(l, readBuffer), sasl)
	ctx := context.WithValue(context.Background(), connectionKey{}, &connectionState{transport: w})
	c.serveRequests(ctx, w, proto)
	return r.out.Bytes(), logged.String()
}

// FuzzRequests sends arbitrary bytes. The server must reply or close the
// connection, allocate in proportion to what was sent, and panic only on a
// missing argument.
func FuzzRequests(f *testing.F) {
	f.Add([]byte(openSessionRequest), false, false)
	f.Add([]byte(openSessionRequest+openSessionRequest), false, false)
	f.Add(saslframe.AppendFrame(nil, []byte(openSessionRequest)), false, true)
	f.Add([]byte("\x80\x01\x00\x01\x00\x00\x00\x11PingImpalaService\x00\x00\x00\x01\x00"), true, false)
	f.Add([]byte("\x80\x01\x00\x01\x00\x00\x00\x05query\x00\x00\x00\x01\x0c\x00\x01\x0b\x00\x01\x00\x00\x00\x0cselect pid()\x00\x00"), true, false)
	f.Add([]byte("\x80\x01\x00\x01\x00\x00\x00\x07GetInfo\x00\x00\x00\x01\x0d\x00\x04\x0b\x0b\x7f\xff\xff\xff"), false, false)
	f.Add([]byte("\x00\x00\x00\x05query\x01\x00\x00\x00\x01\x00"), true, false)
	f.Fuzz(func(t *testing.T, sent []byte, viaBeeswax, sasl bool) {
		proto := protocolHS2
		if viaBeeswax {
			proto = protocolBeeswax
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, log := serveRecorded(sent, proto, sasl)
		runtime.ReadMemStats(&after)
		if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 16<<20+64*uint64(len(sent)) {
			t.Errorf("%d bytes allocated for %d sent", allocated, len(sent))
		}
		if strings.Contains(log, "panic=") && !strings.Contains(log, "nil pointer dereference") {
			t.Error(log)
		}
	})
}

func TestTransport_FramesReplies(t *testing.T) {
	t.Parallel()
	plain, _ := serveRecorded([]byte(openSessionRequest), protocolHS2, false)
	// the request in frames of one byte: frames are not aligned with messages
	var frames []byte
	for i := range len(openSessionRequest) {
		frames = saslframe.AppendFrame(frames, []byte{openSessionRequest[i]})
	}
	framed, _ := serveRecorded(frames, protocolHS2, true)
	if afterEmpty, _ := serveRecorded(append(saslframe.AppendFrame(nil, nil), frames...), protocolHS2, true); len(afterEmpty) != 0 {
		t.Errorf("%d bytes answered after an empty frame, which ends the connection", len(afterEmpty))
	}
	n, err := saslframe.ReadFrameLength([4]byte(framed[:4]), maxRequest)
	if err != nil || n != len(plain) || len(framed) != n+4 {
		t.Errorf("a frame of %d, %v, in %d bytes; %d without", n, err, len(framed), len(plain))
	}
}

func TestTransport_RequestTooLong(t *testing.T) {
	t.Parallel()
	// unknown fields with a string each, every one short but too long together
	request := []byte("\x80\x01\x00\x01\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\x0c\x00\x01")
	field := append([]byte("\x0b\x00\x63\x00\x01\x00\x00"), make([]byte, 1<<16)...)
	request = append(request, bytes.Repeat(field, maxRequest/len(field)+1)...)
	request = append(request, "\x00\x00"...)
	replies, _ := serveRecorded(append(request, openSessionRequest...), protocolHS2, false)
	if bytes.Count(replies, []byte("http_addr")) != 0 {
		t.Error("a request longer than maxRequest was served")
	}
}
