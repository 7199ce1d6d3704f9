package hs2client_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// checkTampered checks the end of a session with a peer that was tampered with.
func checkTampered(t *testing.T, c peertest.Change, err error) {
	t.Helper()
	if err == nil {
		if c.Cuts {
			t.Errorf("%s: a whole session", c)
		}
		return
	}
	e, ok := errors.AsType[*hs2client.Error](err)
	switch {
	case !ok || e.Kind == hs2client.KindOther || e.Class().IsZero():
		t.Errorf("%s: an error without a class: %v", c, err)
	case showsPassword(e.Error() + e.Text + e.SQLState):
		t.Errorf("%s: the password is shown: %v", c, err)
	case strings.ContainsAny(e.Error(), "\x00\x1b\r\n"):
		t.Errorf("%s: control characters: %q", c, e.Error())
	}
}

// inHTTP is a reply as the answer to a request of HTTP, in chunks or not.
func inHTTP(reply []byte, chunked bool) []byte {
	if !chunked {
		return append(fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/x-thrift\r\nSet-Cookie: impala.auth=abcdefgh; HttpOnly\r\nContent-Length: %d\r\n\r\n", len(reply)), reply...)
	}
	b := []byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
	for half := range 2 {
		part := reply[half*len(reply)/2 : (half+1)*len(reply)/2]
		b = append(append(fmt.Appendf(b, "%x\r\n", len(part)), part...), "\r\n"...)
	}
	return append(b, "0\r\n\r\n"...)
}

// answers is a connection whose other side has said all in advance, an answer for each
// request: of the next one nothing is there before it is asked for.
type answers struct {
	recording
	parts []*bytes.Reader
	asked int
}

func (a *answers) Write(p []byte) (int, error) {
	a.asked = min(a.asked+1, len(a.parts))
	return len(p), nil
}

func (a *answers) Read(p []byte) (int, error) {
	for _, part := range a.parts[:a.asked] {
		if part.Len() > 0 {
			return part.Read(p)
		}
	}
	return 0, io.EOF
}

// answering makes connections with the parts of what is said, after a change.
func answering(parts [][]byte, c peertest.Change) func() net.Conn {
	return func() net.Conn {
		a, from := &answers{}, 0
		for _, part := range parts {
			changed, more := c.Apply(part, from)
			from += len(part)
			a.parts = append(a.parts, bytes.NewReader(changed))
			if !more {
				break
			}
		}
		return a
	}
}

// eachInHTTP is inHTTP of each.
func eachInHTTP(replies [][]byte, chunked bool) [][]byte {
	out := make([][]byte, len(replies))
	for i, r := range replies {
		out[i] = inHTTP(r, chunked)
	}
	return out
}

// What a server says is changed at every byte, without sockets: each change ends with a
// whole session or with an error of a class, in bounded memory.
func TestTampered_Replies(t *testing.T) {
	complete := saslframe.AppendMessage(nil, saslframe.StatusComplete, nil)
	for name, tc := range map[string]struct {
		mode uint8
		said [][]byte
	}{
		"HS2":                      {0, [][]byte{wholeHS2()}},
		"Beeswax":                  {1, [][]byte{wholeBeeswax()}},
		"HS2 by password":          {2, [][]byte{append(complete, inFrames(wholeHS2(), 100)...)}},
		"Beeswax by password":      {3, [][]byte{append(complete, inFrames(wholeBeeswax(), 100)...)}},
		"HTTP":                     {4, eachInHTTP(hs2Replies(), false)},
		"HTTP in chunks":           {4, eachInHTTP(hs2Replies(), true)},
		"HTTP by password":         {6, eachInHTTP(hs2Replies(), false)},
		"HTTP by password, chunks": {6, eachInHTTP(hs2Replies(), true)},
	} {
		t.Run(name, func(t *testing.T) {
			if err := playOn(tc.mode, answering(tc.said, peertest.Change{}), soon); err != nil {
				t.Fatalf("what is not changed: %v", err)
			}
			var r peertest.Tried
			for _, c := range peertest.Changes(len(slices.Concat(tc.said...)), 700, 1<<20) {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				start := time.Now()
				err := playOn(tc.mode, answering(tc.said, c), 20*time.Millisecond)
				took := time.Since(start)
				runtime.ReadMemStats(&after)
				grown := after.TotalAlloc - before.TotalAlloc
				r.Note(took, grown, err == nil)
				checkTampered(t, c, err)
				if grown > 8<<20 && !raceDetector {
					t.Errorf("%s: %d KiB allocated", c, grown>>10)
				}
			}
			r.Log(t)
		})
	}
}
