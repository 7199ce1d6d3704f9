package wire

import (
	"io"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// protectedStream is the stream above one whose frames are tokens: signed or encrypted.
// A read that ends before a frame is complete may be made again.
type protectedStream struct {
	rw      io.ReadWriter
	context *gss.Context
	sealed  bool
	room    int // bytes of a message of ours
	reserve func(bytes int) error

	plain []byte // unwrapped and not read
	head  []byte // of a frame's header, what arrived
	body  []byte // of the frame, what arrived
	want  int    // bytes of the frame
	have  int    // bytes for which memory is reserved
}

// Write sends a message in as many frames as it takes, at once.
func (s *protectedStream) Write(message []byte) (int, error) {
	var out []byte
	for rest := message; len(rest) > 0; {
		n := min(len(rest), s.room)
		token, err := s.context.Wrap(rest[:n], s.sealed)
		if err != nil {
			return 0, &Error{Kind: vocab.KindProtection, Err: err}
		}
		out, rest = saslframe.AppendFrame(out, token), rest[n:]
	}
	if _, err := s.rw.Write(out); err != nil {
		return 0, err
	}
	return len(message), nil
}

// Read reads what is unwrapped, or waits for the next frame. An empty message returns
// nothing.
func (s *protectedStream) Read(p []byte) (int, error) {
	if len(s.plain) == 0 {
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.plain)
	s.plain = s.plain[n:]
	return n, nil
}

// next reads and unwraps a frame.
func (s *protectedStream) next() error {
	for len(s.head) < saslframe.FrameHeader {
		if err := s.receive(&s.head, saslframe.FrameHeader); err != nil {
			return err
		}
		if len(s.head) < saslframe.FrameHeader {
			continue
		}
		n, err := saslframe.ReadFrameLength([saslframe.FrameHeader]byte(s.head), maxToken)
		if err != nil {
			return &Error{Kind: vocab.KindOversize, Err: err}
		}
		s.want, s.have = n, 0
	}
	for len(s.body) < s.want {
		if err := s.reserveBody(); err != nil {
			return err
		}
		if err := s.receive(&s.body, s.want); err != nil {
			return err
		}
	}
	token := s.body
	s.head, s.body = s.head[:0], nil
	message, sealed, err := s.context.Unwrap(token)
	if err != nil {
		return &Error{Kind: vocab.KindProtection, Err: err}
	}
	if s.sealed && !sealed {
		return failure(vocab.KindProtection, "a message that is signed, and not encrypted as agreed")
	}
	s.plain = message
	return nil
}

// receive appends what arrives to b, up to want bytes in all. Memory grows with what
// arrives, not with what was announced.
func (s *protectedStream) receive(b *[]byte, want int) error {
	have := len(*b)
	n := growth(have, want)
	*b = append(*b, make([]byte, n)...)
	got, err := s.rw.Read((*b)[have:])
	*b = (*b)[:have+got]
	if got > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// growth is how many bytes are made room for where have bytes have arrived of want.
func growth(have, want int) int {
	const step = 4 << 10
	return min(want-have, max(have, step))
}

// reserveBody reserves memory for what receive makes room for, and for the message that
// it is the token of.
func (s *protectedStream) reserveBody() error {
	need := len(s.body) + growth(len(s.body), s.want)
	if need <= s.have {
		return nil
	}
	more := 2 * (need - s.have)
	s.have = need
	return s.reserve(more)
}
