package krbmsg

import (
	"encoding/binary"
	"fmt"
	"io"
)

// AppendFrame appends a message as it is sent over TCP: behind its length (RFC 4120,
// section 7.2.2).
func AppendFrame(dst, message []byte) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(message))), message...)
}

// ReadFrame reads a message that is sent so. One of more than limit bytes fails with
// [ErrMalformed].
func ReadFrame(r io.Reader, limit int) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if uint64(n) > uint64(limit) {
		return nil, fmt.Errorf("%w: it has %d bytes, and %d at most", ErrMalformed, n, limit)
	}
	message := make([]byte, n)
	_, err := io.ReadFull(r, message)
	return message, err
}
