package krbmsg_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

func TestFrame(t *testing.T) {
	t.Parallel()
	sent := krbmsg.AppendFrame([]byte("x"), []byte("message"))
	if string(sent) != "x\x00\x00\x00\x07message" {
		t.Errorf("sent %q", sent)
	}
	for name, c := range map[string]struct {
		data string
		want string
		err  error
	}{
		"whole":               {"\x00\x00\x00\x07message", "message", nil},
		"more behind it":      {"\x00\x00\x00\x02message", "me", nil},
		"empty":               {"\x00\x00\x00\x00", "", nil},
		"nothing":             {"", "", io.EOF},
		"cut in its length":   {"\x00\x00", "", io.ErrUnexpectedEOF},
		"cut in the message":  {"\x00\x00\x00\x07mess", "", io.ErrUnexpectedEOF},
		"too long":            {"\x00\x00\x00\x09message..", "", krbmsg.ErrMalformed},
		"as long as can be":   {"\xff\xff\xff\xff", "", krbmsg.ErrMalformed},
		"as long as is taken": {"\x00\x00\x00\x08message.", "message.", nil},
	} {
		got, err := krbmsg.ReadFrame(bytes.NewReader([]byte(c.data)), 8)
		if !errors.Is(err, c.err) || err == nil && string(got) != c.want {
			t.Errorf("%s: %q, %v, want %q, %v", name, got, err, c.want, c.err)
		}
	}
}
