package gss

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/jcmturner/gokrb5/v8/types"
)

// Context protects the messages of two sides that know each other, each in its turn. It
// is for one goroutine at a time.
type Context struct {
	key       types.EncryptionKey
	initiator bool   // we are the client
	subkey    bool   // the key is the one that the server asserted
	sent, got uint32 // sequence numbers of the next token
}

// ErrProtection is returned for a message whose protection is wrong: another key, altered
// data, or one that is missing, repeated or out of order.
var ErrProtection = errors.New("a protected message does not verify")

// Wrap tokens (RFC 4121, section 4.2.6.2).
const (
	wrapHeader = 16
	wrapID     = 0x0504
	filler     = 0xff

	flagAcceptor = 1
	flagSealed   = 2
	flagSubkey   = 4

	usageAcceptor  = 22
	usageInitiator = 24
)

// usage is that of tokens that one of the two sides made.
func usage(byInitiator bool) uint32 {
	if byInitiator {
		return usageInitiator
	}
	return usageAcceptor
}

// flags are those of a token that one of the two sides made.
func (c *Context) flags(byInitiator, sealed bool) byte {
	var f byte
	if !byInitiator {
		f |= flagAcceptor
	}
	if sealed {
		f |= flagSealed
	}
	if c.subkey {
		f |= flagSubkey
	}
	return f
}

// header begins a token. ec is the length of what is added at its end.
func header(flags byte, ec, rrc uint16, seq uint32) []byte {
	h := make([]byte, 0, wrapHeader)
	h = binary.BigEndian.AppendUint16(h, wrapID)
	h = append(h, flags, filler)
	h = binary.BigEndian.AppendUint16(h, ec)
	h = binary.BigEndian.AppendUint16(h, rrc)
	return binary.BigEndian.AppendUint64(h, uint64(seq))
}

// Wrap makes a token of a message: sealed, or else signed and legible.
func (c *Context) Wrap(message []byte, sealed bool) ([]byte, error) {
	flags := c.flags(c.initiator, sealed)
	seq := c.sent
	c.sent++
	if sealed {
		h := header(flags, 0, 0, seq)
		body, err := Encrypt(c.key, usage(c.initiator), append(bytes.Clone(message), h...))
		return append(h, body...), err
	}
	sum, err := c.sum(message, header(flags, 0, 0, seq), c.initiator)
	out := append(header(flags, uint16(len(sum)), 0, seq), message...)
	return append(out, sum...), err
}

// sum is the checksum of a message and of its header, without lengths.
func (c *Context) sum(message, head []byte, byInitiator bool) ([]byte, error) {
	sum, err := Checksum(c.key, usage(byInitiator), append(bytes.Clone(message), head...))
	return sum.Checksum, err
}

// Unwrap takes a message out of the other side's next token. It fails with
// [ErrProtection].
func (c *Context) Unwrap(token []byte) (message []byte, sealed bool, err error) {
	if len(token) < wrapHeader || binary.BigEndian.Uint16(token) != wrapID || token[3] != filler {
		return nil, false, fmt.Errorf("%w: it is no wrap token", ErrProtection)
	}
	flags, ec, rrc, seq := token[2], binary.BigEndian.Uint16(token[4:]), binary.BigEndian.Uint16(token[6:]), binary.BigEndian.Uint64(token[8:])
	sealed = flags&flagSealed != 0
	if want := c.flags(!c.initiator, sealed); flags != want {
		return nil, sealed, fmt.Errorf("%w: flags %#x, not %#x", ErrProtection, flags, want)
	}
	body := rotateLeft(token[wrapHeader:], int(rrc))
	plain := header(flags, 0, 0, uint32(seq))
	copy(plain[8:], token[8:16])
	if sealed {
		message, err = c.unseal(body, plain, ec)
	} else {
		message, err = c.verify(body, plain, ec)
	}
	if err != nil {
		return nil, sealed, err
	}
	if uint32(seq) != c.got {
		return nil, sealed, fmt.Errorf("%w: number %d, not %d", ErrProtection, uint32(seq), c.got)
	}
	c.got++
	return message, sealed, nil
}

// rotateLeft undoes a rotation to the right, without a change of b.
func rotateLeft(b []byte, n int) []byte {
	if len(b) == 0 || n%len(b) == 0 {
		return b
	}
	n %= len(b)
	return append(bytes.Clone(b[n:]), b[:n]...)
}

// unseal decrypts a message, which the header follows again, after ec bytes of filler.
func (c *Context) unseal(body, head []byte, ec uint16) ([]byte, error) {
	plain, err := Decrypt(c.key, usage(!c.initiator), body)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtection, err)
	}
	n := len(plain) - wrapHeader - int(ec)
	binary.BigEndian.PutUint16(head[4:], ec)
	if n < 0 || !bytes.Equal(plain[len(plain)-wrapHeader:], head) {
		return nil, fmt.Errorf("%w: its header was altered", ErrProtection)
	}
	return plain[:n], nil
}

// verify checks a message, which its checksum of ec bytes follows.
func (c *Context) verify(body, head []byte, ec uint16) ([]byte, error) {
	if int(ec) > len(body) {
		return nil, fmt.Errorf("%w: it is too short", ErrProtection)
	}
	message, sum := body[:len(body)-int(ec)], body[len(body)-int(ec):]
	want, err := c.sum(message, head, !c.initiator)
	if err != nil {
		return nil, err
	}
	if !equalSums(sum, want) {
		return nil, fmt.Errorf("%w: its checksum is wrong", ErrProtection)
	}
	return message, nil
}

// Room is the longest message of which a token has at most size bytes; 0 where none has.
func (c *Context) Room(size int, sealed bool) int {
	et, err := etypeOf(c.key)
	if err != nil {
		return 0
	}
	used := wrapHeader + et.GetHMACBitLength()/8
	if sealed {
		used += et.GetConfounderByteSize() + wrapHeader
	}
	return max(0, size-used)
}

// EType is the encryption type of the key that protects messages.
func (c *Context) EType() int32 { return c.key.KeyType }
