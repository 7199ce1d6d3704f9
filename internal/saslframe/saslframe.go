package saslframe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Status is the first byte of a login message.
type Status byte

// The statuses of Thrift's SASL transport. Zero is none of them.
const (
	Start    Status = 1 // client: the payload names the mechanism
	OK       Status = 2 // both: the payload is the mechanism's next token
	Bad      Status = 3 // the payload says why not, in words
	Error    Status = 4 // likewise
	Complete Status = 5 // server: logged in, frames follow
)

// String returns the name that Thrift's sources use, or "status 7".
func (s Status) String() string {
	switch s {
	case Start:
		return "START"
	case OK:
		return "OK"
	case Bad:
		return "BAD"
	case Error:
		return "ERROR"
	case Complete:
		return "COMPLETE"
	}
	return fmt.Sprintf("status %d", byte(s))
}

// Limits that suit both sides: a login message carries a token or a sentence,
// a frame at most what one write of the peer held.
const (
	MaxMessage = 1 << 20  // bytes of a login message's payload
	MaxFrame   = 16 << 20 // bytes of a data frame
)

// MessageHeader and FrameHeader are the lengths of the two headers in bytes.
const (
	MessageHeader = 5
	FrameHeader   = 4
)

// ErrTooLong is a length beyond the caller's limit, or a negative one: Thrift's
// lengths are signed.
var ErrTooLong = errors.New("saslframe: length out of bounds")

// ErrStatus is a first byte that is no status: the peer does not speak SASL.
var ErrStatus = errors.New("saslframe: unknown status")

// AppendMessage appends a login message to dst. The payload may be empty.
func AppendMessage(dst []byte, st Status, payload []byte) []byte {
	dst = append(dst, byte(st))
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(payload)))
	return append(dst, payload...)
}

// ParseHeader reads the header of a login message: its status and the length of
// its payload. It fails with [ErrStatus] or, beyond limit bytes, [ErrTooLong].
func ParseHeader(hdr [MessageHeader]byte, limit int) (Status, int, error) {
	st := Status(hdr[0])
	if st < Start || st > Complete {
		return st, 0, fmt.Errorf("%w %d", ErrStatus, hdr[0])
	}
	n, err := ReadFrameLength([FrameHeader]byte(hdr[1:]), limit)
	return st, n, err
}

// ReadMessage reads one login message of at most limit bytes of payload. Memory
// grows with what arrives, not with what the header promises. It fails with
// io.EOF where nothing came, io.ErrUnexpectedEOF within a message, [ErrStatus],
// [ErrTooLong] or the reader's own error.
func ReadMessage(r io.Reader, limit int) (Status, []byte, error) {
	var hdr [MessageHeader]byte
	if _, err := io.ReadFull(r, hdr[:]); err != nil {
		return 0, nil, err
	}
	st, n, err := ParseHeader(hdr, limit)
	if err != nil {
		return st, nil, err
	}
	payload, err := readGrowing(r, n)
	return st, payload, err
}

// readGrowing reads n bytes, trusting n no further than the bytes that come.
func readGrowing(r io.Reader, n int) ([]byte, error) {
	const step = 4 << 10
	buf := make([]byte, 0, min(n, step))
	for len(buf) < n {
		have := len(buf)
		want := min(n-have, max(have, step))
		buf = append(buf, make([]byte, want)...)
		if _, err := io.ReadFull(r, buf[have:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return buf, nil
}

// AppendFrame appends a data frame to dst. The payload may be empty.
func AppendFrame(dst, payload []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(payload)))
	return append(dst, payload...)
}

// ReadFrameLength reads a frame's header. It fails with [ErrTooLong] where the
// length is negative or more than limit bytes.
func ReadFrameLength(hdr [FrameHeader]byte, limit int) (int, error) {
	n := int64(int32(binary.BigEndian.Uint32(hdr[:])))
	if n < 0 || n > int64(limit) {
		return 0, fmt.Errorf("%w: %d of at most %d", ErrTooLong, n, limit)
	}
	return int(n), nil
}
