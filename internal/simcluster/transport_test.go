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

// recorded is a connection whose client has said all it will say.
type recorded struct {
	net.Conn // nil: nothing else of it is used
	in       io.Reader
	out      *bytes.Buffer
}

func (r recorded) Read(b []byte) (int, error)  { return r.in.Read(b) }
func (r recorded) Write(b []byte) (int, error) { return r.out.Write(b) }

// converseWith lets a coordinator answer what was recorded, and returns its
// answers and its log.
func converseWith(sent []byte, proto protocol, sasl bool) (answers []byte, log string) {
	c, _ := bare()
	var logged strings.Builder
	c.config.Log = logTo(&logged)
	r := recorded{in: bytes.NewReader(sent), out: new(bytes.Buffer)}
	l := &link{Conn: r, received: new(atomic.Int64)}
	w := newTransport(l, bufio.NewReaderSize(l, readBuffer), sasl)
	ctx := context.WithValue(context.Background(), connectionKey{}, &connectionState{wire: w})
	c.serveRequests(ctx, w, proto)
	return r.out.Bytes(), logged.String()
}

// FuzzRequests sends what strangers might. The server must end the connection
// or answer, keep its memory to what was sent, and fail in no other way than on
// an argument that is missing.
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
		_, log := converseWith(sent, proto, sasl)
		runtime.ReadMemStats(&after)
		if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 16<<20+64*uint64(len(sent)) {
			t.Errorf("%d bytes allocated for %d sent", allocated, len(sent))
		}
		if strings.Contains(log, "panic=") && !strings.Contains(log, "nil pointer dereference") {
			t.Error(log)
		}
	})
}

func TestAnswersAreFramedForWhoSentFrames(t *testing.T) {
	t.Parallel()
	plain, _ := converseWith([]byte(openSessionRequest), protocolHS2, false)
	// the request in frames of one byte and one of none: messages need not end with frames
	var frames []byte
	for i := range len(openSessionRequest) {
		frames = saslframe.AppendFrame(frames, []byte{openSessionRequest[i]})
		frames = saslframe.AppendFrame(frames, nil)
	}
	framed, _ := converseWith(frames, protocolHS2, true)
	n, err := saslframe.ReadFrameLength([4]byte(framed[:4]), maxRequest)
	if err != nil || n != len(plain) || len(framed) != n+4 {
		t.Errorf("a frame of %d, %v, in %d bytes; %d without", n, err, len(framed), len(plain))
	}
}

func TestARequestBeyondTheBoundEndsTheConnection(t *testing.T) {
	t.Parallel()
	// one string after the other in fields that nobody knows: each is short, all are not
	request := []byte("\x80\x01\x00\x01\x00\x00\x00\x0bOpenSession\x00\x00\x00\x01\x0c\x00\x01")
	field := append([]byte("\x0b\x00\x63\x00\x01\x00\x00"), make([]byte, 1<<16)...)
	request = append(request, bytes.Repeat(field, maxRequest/len(field)+1)...)
	request = append(request, "\x00\x00"...)
	answers, _ := converseWith(append(request, openSessionRequest...), protocolHS2, false)
	if bytes.Count(answers, []byte("http_addr")) != 0 {
		t.Error("a request of more than the bound was served")
	}
}
