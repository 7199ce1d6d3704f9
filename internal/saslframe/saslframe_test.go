package saslframe_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestReadMessage_ByteByByte(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{"", "PLAIN", strings.Repeat("x", 20<<10)} {
		wire := saslframe.AppendMessage([]byte("earlier"), saslframe.StatusOK, []byte(payload))
		r := iotest.OneByteReader(bytes.NewReader(wire[len("earlier"):]))
		st, got, err := saslframe.ReadMessage(r, saslframe.MaxMessage)
		if err != nil || st != saslframe.StatusOK || string(got) != payload {
			t.Errorf("payload of %d bytes: got %v, %d bytes, %v", len(payload), st, len(got), err)
		}
	}
}

func TestReadMessage_Errors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		wire string
		want error
	}{
		"no bytes":               {want: io.EOF},
		"half a header":          {wire: "\x02\x00", want: io.ErrUnexpectedEOF},
		"half a payload":         {wire: "\x02\x00\x00\x00\x04ab", want: io.ErrUnexpectedEOF},
		"header only":            {wire: "\x02\x00\x00\x00\x04", want: io.ErrUnexpectedEOF},
		"status 0":               {wire: "\x00\x00\x00\x00\x00", want: saslframe.ErrStatus},
		"Thrift instead of SASL": {wire: "\x80\x01\x00\x02\x00", want: saslframe.ErrStatus},
		"length over the limit":  {wire: "\x02\x00\x00\x00\x09", want: saslframe.ErrTooLong},
		"negative length":        {wire: "\x02\xff\xff\xff\xff", want: saslframe.ErrTooLong},
		"smallest length":        {wire: "\x02\x80\x00\x00\x00", want: saslframe.ErrTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, _, err := saslframe.ReadMessage(strings.NewReader(tc.wire), 8); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestMaxFrame_Is16MiB(t *testing.T) {
	for header, want := range map[[4]byte]bool{{1, 0, 0, 0}: true, {1, 0, 0, 1}: false, {0x7f, 0xff, 0xff, 0xff}: false, {0xff, 0xff, 0xff, 0xff}: false} {
		if _, err := saslframe.ReadFrameLength(header, saslframe.MaxFrame); (err == nil) != want {
			t.Errorf("%x: %v", header, err)
		}
	}
}

func TestReadFrameLength(t *testing.T) {
	t.Parallel()
	wire := saslframe.AppendFrame(nil, []byte("abc"))
	n, err := saslframe.ReadFrameLength([4]byte(wire), 3)
	if err != nil || n != 3 || string(wire[4:]) != "abc" {
		t.Errorf("got %d, %v, %q", n, err, wire)
	}
	if _, err := saslframe.ReadFrameLength([4]byte(wire), 2); !errors.Is(err, saslframe.ErrTooLong) {
		t.Errorf("3 bytes of at most 2: %v", err)
	}
}

func TestParsePlain(t *testing.T) {
	t.Parallel()
	id, user, password, err := saslframe.ParsePlain(saslframe.PlainResponse("ann", "s3cret"))
	if id != "" || user != "ann" || password != "s3cret" || err != nil {
		t.Errorf("got %q %q %q %v", id, user, password, err)
	}
	for _, bad := range []string{"", "ann", "\x00ann", "\x00\x00pw", "\x00ann\x00s3cret\x00more"} {
		_, _, _, err := saslframe.ParsePlain([]byte(bad))
		if !errors.Is(err, saslframe.ErrPlain) {
			t.Errorf("%q: %v", bad, err)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: the error contains the password: %v", bad, err)
		}
	}
}

func TestStatus_String(t *testing.T) {
	t.Parallel()
	got := []string{}
	for s := saslframe.StatusStart; s <= saslframe.StatusComplete+1; s++ {
		got = append(got, s.String())
	}
	if s := strings.Join(got, " "); s != "START OK BAD ERROR COMPLETE status 6" {
		t.Error(s)
	}
}

// FuzzReadMessage reads arbitrary bytes: no panic, no payload over the limit, and
// encoding the message again gives the bytes that were read.
func FuzzReadMessage(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("\x01\x00\x00\x00\x05PLAIN"))
	f.Add([]byte("\x03\x00\x00\x00\x1bUnsupported mechanism type X"))
	f.Add([]byte("\x02\x7f\xff\xff\xff"))
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n"))
	f.Add(saslframe.AppendMessage(nil, saslframe.StatusOK, saslframe.PlainResponse("ann", "pw")))
	f.Fuzz(func(t *testing.T, wire []byte) {
		const limit = 4096
		r := bytes.NewReader(wire)
		st, payload, err := saslframe.ReadMessage(r, limit)
		if err != nil {
			if payload != nil {
				t.Fatal("a payload and an error")
			}
			return
		}
		if len(payload) > limit {
			t.Fatalf("%d bytes", len(payload))
		}
		used := wire[:len(wire)-r.Len()]
		if back := saslframe.AppendMessage(nil, st, payload); !bytes.Equal(back, used) {
			t.Fatalf("%q is encoded as %q", used, back)
		}
		if _, user, password, err := saslframe.ParsePlain(payload); err == nil {
			if back := saslframe.PlainResponse(user, password); !bytes.HasSuffix(payload, back) {
				t.Fatalf("%q is encoded as %q", payload, back)
			}
		}
	})
}
