package wire

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"testing/iotest"
	"time"

	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// pair is the two contexts of a login without a KDC.
func pair(t *testing.T) (client, server *gss.Context) {
	t.Helper()
	long, err := gss.NewKey(gss.AES256SHA1)
	if err != nil {
		t.Fatal(err)
	}
	session, err := gss.NewKey(gss.AES256SHA1)
	if err != nil {
		t.Fatal(err)
	}
	name := types.PrincipalName{NameType: 2, NameString: []string{"impala", "lb"}}
	now := time.Now().UTC().Truncate(time.Second)
	plain, err := krbmsg.EncTicketPart{Flags: types.NewKrbFlags(), Key: session, CRealm: "R", CName: name, AuthTime: now, EndTime: now.Add(time.Hour)}.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	part, err := gss.EncryptPart(long, 2, plain, 1)
	if err != nil {
		t.Fatal(err)
	}
	i, token, err := gss.Initiate(gss.Credential{Client: name, Realm: "R", Ticket: krbmsg.NewTicket(name, "R", part), Key: session}, now)
	if err != nil {
		t.Fatal(err)
	}
	keys := keytab.Table{{Realm: "R", Name: name.NameString, KVNO: 1, EType: long.KeyType, Key: long.KeyValue}}
	accepted, err := (&gss.Acceptor{Keys: keys, Subkey: true}).Accept(token)
	if err != nil {
		t.Fatal(err)
	}
	if client, err = i.Finish(accepted.Reply); err != nil {
		t.Fatal(err)
	}
	return client, accepted.Context
}

// frames are messages as a server sends them.
func frames(t *testing.T, c *gss.Context, sealed bool, messages ...string) []byte {
	t.Helper()
	var out []byte
	for _, m := range messages {
		token, err := c.Wrap([]byte(m), sealed)
		if err != nil {
			t.Fatal(err)
		}
		out = saslframe.AppendFrame(out, token)
	}
	return out
}

type reader struct {
	io.Reader
	io.Writer
}

func TestProtectedStream_ReadsByteByByte(t *testing.T) {
	t.Parallel()
	for _, sealed := range []bool{false, true} {
		client, server := pair(t)
		long := string(bytes.Repeat([]byte("long"), 5000))
		in := frames(t, server, sealed, "one", "", long)
		s := &protectedStream{reserve: unbounded, rw: reader{Reader: iotest.OneByteReader(bytes.NewReader(in))}, context: client, sealed: sealed}
		var got []byte
		buf := make([]byte, 7)
		for {
			n, err := s.Read(buf)
			got = append(got, buf[:n]...)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if string(got) != "one"+long {
			t.Errorf("sealed %v: %d bytes", sealed, len(got))
		}
	}
}

// timeouts fails every second read with a deadline.
type timeouts struct {
	io.Reader
	n int
}

func (r *timeouts) Read(p []byte) (int, error) {
	if r.n++; r.n%2 == 0 {
		return 0, os.ErrDeadlineExceeded
	}
	return r.Reader.Read(p[:1])
}

// A call that gave up within a frame leaves the stream as it was: the next one goes on.
func TestProtectedStream_GoesOnAfterATimeout(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	s := &protectedStream{reserve: unbounded, rw: reader{Reader: &timeouts{Reader: bytes.NewReader(frames(t, server, true, "one", "two"))}}, context: client, sealed: true}
	var got []byte
	buf := make([]byte, 8)
	for len(got) < 6 {
		n, err := s.Read(buf)
		got = append(got, buf[:n]...)
		if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatal(err)
		}
	}
	if string(got) != "onetwo" {
		t.Errorf("%q", got)
	}
}

func TestProtectedStream_WritesWhatTheServerTakes(t *testing.T) {
	t.Parallel()
	client, server := pair(t)
	var out bytes.Buffer
	s := &protectedStream{reserve: unbounded, rw: &out, context: client, sealed: true, room: client.Room(200, true)}
	message := bytes.Repeat([]byte("request "), 100)
	if n, err := s.Write(message); n != len(message) || err != nil {
		t.Fatal(n, err)
	}
	var got []byte
	for out.Len() > 0 {
		n, err := saslframe.ReadFrameLength([4]byte(out.Next(4)), 200)
		if err != nil {
			t.Fatal(err)
		}
		m, sealed, err := server.Unwrap(out.Next(n))
		if err != nil || !sealed {
			t.Fatal(sealed, err)
		}
		got = append(got, m...)
	}
	if !bytes.Equal(got, message) {
		t.Errorf("%d bytes", len(got))
	}
}

func TestProtectedStream_Errors(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		in   func(*gss.Context) []byte
		want vocab.Kind
	}{
		"an altered message":  {func(c *gss.Context) []byte { b := frames(t, c, true, "one"); b[30] ^= 1; return b }, vocab.KindProtection},
		"the same again":      {func(c *gss.Context) []byte { b := frames(t, c, true, "one"); return append(b, b...) }, vocab.KindProtection},
		"one that is missing": {func(c *gss.Context) []byte { frames(t, c, true, "one"); return frames(t, c, true, "two") }, vocab.KindProtection},
		"signed alone":        {func(c *gss.Context) []byte { return frames(t, c, false, "one") }, vocab.KindProtection},
		"no protection":       {func(*gss.Context) []byte { return saslframe.AppendFrame(nil, []byte("\x80\x01\x00\x02 and no token")) }, vocab.KindProtection},
		"an empty frame":      {func(*gss.Context) []byte { return make([]byte, 4) }, vocab.KindProtection},
		"a length beyond all": {func(*gss.Context) []byte { return []byte{0x7f, 0xff, 0xff, 0xff} }, vocab.KindOversize},
		"half a frame":        {func(c *gss.Context) []byte { return frames(t, c, true, "one")[:20] }, vocab.KindEOF},
	} {
		client, server := pair(t)
		s := &protectedStream{reserve: unbounded, rw: reader{Reader: bytes.NewReader(tc.in(server))}, context: client, sealed: true}
		var err error
		for err == nil {
			_, err = s.Read(make([]byte, 16))
		}
		if kind := KindOf(err); kind != tc.want {
			t.Errorf("%s: %v, %v, want %v", name, kind, err, tc.want)
		}
	}
}

// unbounded reserves whatever is asked for.
func unbounded(int) error { return nil }
