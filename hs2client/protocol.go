package hs2client

import (
	"context"
	"encoding/binary"
	"io"

	"github.com/apache/thrift/lib/go/thrift"
)

// Bounds on what a reply holds, whatever its budget.
const (
	maxElements = 1 << 16
	maxNesting  = 64
)

// protocol is Thrift's binary protocol with the bounds that the runtime does not
// have: strings and containers are held against the bytes that the reply may
// still have, and skipping allocates nothing. Numbers go straight to the wire and
// come straight from it: see number.go.
type protocol struct {
	*thrift.TBinaryProtocol
	w *wire
}

func newProtocol(w *wire) *protocol {
	return &protocol{TBinaryProtocol: thrift.NewTBinaryProtocolConf(w, nil), w: w}
}

// readLength reads a signed length and holds it against the budget.
func (p *protocol) readLength(ctx context.Context) (int, error) {
	n, err := p.ReadI32(ctx)
	if err != nil {
		return 0, err
	}
	if n < 0 || int(n) > p.w.budget.bytes {
		return 0, p.w.fail(&cause{kind: KindOversize, text: "a string of negative length, or longer than a reply may be"})
	}
	return int(n), nil
}

// readText reads the length of a value that is kept, and counts what keeping it
// takes beyond its bytes.
func (p *protocol) readText(ctx context.Context) (int, error) {
	n, err := p.readLength(ctx)
	if err == nil {
		err = p.charge(textOverhead)
	}
	return n, err
}

// ReadStructBegin counts what a struct takes: a field that holds nothing is one
// byte of a reply, and eight or more in memory.
func (p *protocol) ReadStructBegin(context.Context) (string, error) {
	return "", p.charge(structOverhead)
}

// charge counts what is about to be allocated. What follows in the reply cannot
// be told from it where that is refused.
func (p *protocol) charge(n int) error {
	if err := p.w.charge(n); err != nil {
		return p.w.fail(err)
	}
	return nil
}

// ReadBinary reads a byte string; memory grows with what arrives.
func (p *protocol) ReadBinary(ctx context.Context) ([]byte, error) {
	n, err := p.readText(ctx)
	if err != nil {
		return nil, err
	}
	const step = 4 << 10
	b := make([]byte, min(n, step))
	_, err = io.ReadFull(p.w, b)
	for err == nil && len(b) < n {
		have := len(b)
		b = append(b, make([]byte, min(have, n-have))...)
		_, err = io.ReadFull(p.w, b[have:])
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// ReadString reads a string, a short one without a buffer of its own.
func (p *protocol) ReadString(ctx context.Context) (string, error) {
	n, err := p.readText(ctx)
	if err != nil || n == 0 {
		return "", err
	}
	if p.w.has(n) {
		s := string(p.w.in[p.w.lo : p.w.lo+n])
		return s, p.w.discard(n)
	}
	const step = 4 << 10
	b := make([]byte, 0, min(n, step))
	for len(b) < n {
		have := len(b)
		b = append(b, make([]byte, min(n-have, max(have, step)))...)
		if _, err := io.ReadFull(p.w, b[have:]); err != nil {
			return "", err
		}
	}
	return string(b), nil
}

// readCount reads the number of a container's elements, of which each takes one
// byte at the least.
func (p *protocol) readCount(ctx context.Context) (int, error) {
	n, err := p.ReadI32(ctx)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > maxElements || int(n) > p.w.budget.bytes {
		return 0, p.w.fail(&cause{kind: KindOversize, text: "a container of negative size, or with more elements than a reply may have"})
	}
	return int(n), nil
}

// ReadListBegin reads the head of a list.
func (p *protocol) ReadListBegin(ctx context.Context) (thrift.TType, int, error) {
	elem, err := p.ReadByte(ctx)
	if err != nil {
		return 0, 0, err
	}
	n, err := p.readCount(ctx)
	return thrift.TType(elem), n, err
}

// ReadSetBegin reads the head of a set, which is that of a list.
func (p *protocol) ReadSetBegin(ctx context.Context) (thrift.TType, int, error) {
	return p.ReadListBegin(ctx)
}

// ReadMapBegin reads the head of a map.
func (p *protocol) ReadMapBegin(ctx context.Context) (key, value thrift.TType, n int, err error) {
	k, err := p.ReadByte(ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	v, err := p.ReadByte(ctx)
	if err != nil {
		return 0, 0, 0, err
	}
	n, err = p.readCount(ctx)
	return thrift.TType(k), thrift.TType(v), n, err
}

// Skip passes over a value of the given type without allocating.
func (p *protocol) Skip(ctx context.Context, t thrift.TType) error { return p.skip(ctx, t, maxNesting) }

func (p *protocol) skip(ctx context.Context, t thrift.TType, depth int) error {
	if depth == 0 {
		return p.w.fail(&cause{kind: KindOversize, text: "an answer nested too deeply"})
	}
	switch t {
	case thrift.BOOL, thrift.BYTE:
		return p.w.discard(1)
	case thrift.I16:
		return p.w.discard(2)
	case thrift.I32:
		return p.w.discard(4)
	case thrift.I64, thrift.DOUBLE:
		return p.w.discard(8)
	case thrift.UUID:
		return p.w.discard(16)
	case thrift.STRING:
		n, err := p.readLength(ctx)
		if err != nil {
			return err
		}
		return p.w.discard(n)
	case thrift.STRUCT:
		return p.skipStruct(ctx, depth)
	case thrift.LIST, thrift.SET:
		elem, n, err := p.ReadListBegin(ctx)
		for i := 0; err == nil && i < n; i++ {
			err = p.skip(ctx, elem, depth-1)
		}
		return err
	case thrift.MAP:
		key, value, n, err := p.ReadMapBegin(ctx)
		for i := 0; err == nil && i < n; i++ {
			if err = p.skip(ctx, key, depth-1); err == nil {
				err = p.skip(ctx, value, depth-1)
			}
		}
		return err
	}
	return p.w.fail(&cause{kind: KindGarbage, text: "a type that Thrift does not have"})
}

func (p *protocol) skipStruct(ctx context.Context, depth int) error {
	for {
		_, t, _, err := p.ReadFieldBegin(ctx)
		if err != nil || t == thrift.STOP {
			return err
		}
		if err := p.skip(ctx, t, depth-1); err != nil {
			return err
		}
	}
}

// readIs reads a string of at most 128 bytes and reports whether it is want.
func (p *protocol) readIs(ctx context.Context, want string) (bool, error) {
	n, err := p.readLength(ctx)
	if err != nil {
		return false, err
	}
	if n != len(want) {
		return false, p.w.discard(n)
	}
	same := true
	for i := range n {
		b, err := p.w.ReadByte()
		if err != nil {
			return false, err
		}
		same = same && b == want[i]
	}
	return same, nil
}

// messageVersion is the high half of a message's first word, of strict writers;
// Impala and Hive both are.
const messageVersion = 0x8001

// isMessage tells a Thrift message by its first two bytes.
func isMessage(head []byte) bool { return binary.BigEndian.Uint16(head) == messageVersion }
