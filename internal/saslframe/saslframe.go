package saslframe

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Status is the first byte of a login message.
type Status byte

// The statuses of Thrift's SASL transport. Zero is not a status.
const (
	StatusStart    Status = 1 // from the client: the payload is the mechanism's name
	StatusOK       Status = 2 // from both: the payload is the mechanism's next token
	StatusBad      Status = 3 // the payload is an error message
	StatusError    Status = 4 // the payload is an error message
	StatusComplete Status = 5 // from the server: the login succeeded, frames follow
)

// String returns the name used in Thrift's source code, or "status 7".
func (s Status) String() string {
	switch s {
	case StatusStart:
		return "START"
	case StatusOK:
		return "OK"
	case StatusBad:
		return "BAD"
	case StatusError:
		return "ERROR"
	case StatusComplete:
		return "COMPLETE"
	}
	return fmt.Sprintf("status %d", byte(s))
}

// Limits for the client: a login message has a token or an error message, a frame
// at most the bytes of one write of the peer.
const (
	MaxMessage = 1 << 20  // bytes of a login message's payload
	MaxFrame   = 16 << 20 // bytes of a data frame
)

// MessageHeader and FrameHeader are the lengths of the two headers in bytes.
const (
	MessageHeader = 5
	FrameHeader   = 4
)

// ErrTooLong is returned for a length that exceeds the caller's limit or is
// negative: Thrift's lengths are signed.
var ErrTooLong = errors.New("saslframe: length out of bounds")

// ErrStatus is returned for a first byte that is not a status: the peer does not
// speak SASL.
var ErrStatus = errors.New("saslframe: unknown status")

// AppendMessage appends a login message to dst. The payload may be empty.
func AppendMessage(dst []byte, st Status, payload []byte) []byte {
	dst = append(dst, byte(st))
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(payload)))
	return append(dst, payload...)
}

// ParseHeader parses the header of a login message: its status and the length of
// its payload. It fails with [ErrStatus] or [ErrTooLong].
func ParseHeader(hdr [MessageHeader]byte, limit int) (Status, int, error) {
	st := Status(hdr[0])
	if st < StatusStart || st > StatusComplete {
		return st, 0, fmt.Errorf("%w %d", ErrStatus, hdr[0])
	}
	n, err := ReadFrameLength([FrameHeader]byte(hdr[1:]), limit)
	return st, n, err
}

// ReadMessage reads one login message with a payload of at most limit bytes. Memory
// grows with the bytes received, not with the length in the header. It fails with
// io.EOF before the first byte, io.ErrUnexpectedEOF within a message, [ErrStatus],
// [ErrTooLong] or the reader's error.
func ReadMessage(r io.Reader, limit int) (Status, []byte, error) {
	var hdr [MessageHeader]byte
	if _, err := io.ReadFull(r, hdr[:]); err != nil {
		return 0, nil, err
	}
	st, n, err := ParseHeader(hdr, limit)
	if err != nil {
		return st, nil, err
	}
	payload, err := readPayload(r, n)
	return st, payload, err
}

// readPayload reads n bytes and allocates memory as they are received.
func readPayload(r io.Reader, n int) ([]byte, error) {
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

// ReadFrameLength parses a frame's header. It fails with [ErrTooLong] if the
// length is negative or more than limit.
func ReadFrameLength(hdr [FrameHeader]byte, limit int) (int, error) {
	n := int64(int32(binary.BigEndian.Uint32(hdr[:])))
	if n < 0 || n > int64(limit) {
		return 0, fmt.Errorf("%w: %d of at most %d", ErrTooLong, n, limit)
	}
	return int(n), nil
}
