package wire

import (
	"context"
	"encoding/binary"
	"io"
	"unsafe"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// protocol is Thrift's binary protocol with bounds that the runtime does not have:
// strings and containers are checked against what is left of the reply's budget,
// and skipping allocates nothing. Numbers bypass the runtime: see numbers.go.
type protocol struct {
	*thrift.TBinaryProtocol
	t *transport
}

func newProtocol(t *transport) *protocol {
	return &protocol{TBinaryProtocol: thrift.NewTBinaryProtocolConf(t, nil), t: t}
}

// readLength reads a signed length and checks it against the budget.
func (p *protocol) readLength(ctx context.Context) (int, error) {
	n, err := p.ReadI32(ctx)
	if err != nil {
		return 0, err
	}
	if n < 0 || int(n) > p.t.left.Bytes {
		return 0, p.t.fail(failure(vocab.KindOversize, "a string of negative length, or longer than a reply may be"))
	}
	return int(n), nil
}

// readText reads the length of a value that is kept, and charges what keeping it
// takes beyond its bytes.
func (p *protocol) readText(ctx context.Context) (int, error) {
	n, err := p.readLength(ctx)
	if err == nil {
		err = p.charge(textOverhead)
	}
	return n, err
}

// ReadStructBegin charges the memory of a struct, which may be a single byte of a
// reply.
func (p *protocol) ReadStructBegin(context.Context) (string, error) {
	return "", p.charge(structOverhead)
}

// charge counts what is about to be allocated. Where that is refused, the reply is
// abandoned half-way, and so is the connection.
func (p *protocol) charge(n int) error {
	if err := p.t.charge(n); err != nil {
		return p.t.fail(err)
	}
	return nil
}

// reserve counts what is about to be allocated and is not beyond the reply's bytes.
func (p *protocol) reserve(n int) error {
	if err := p.t.share.reserve(n); err != nil {
		return p.t.fail(err)
	}
	return nil
}

// elementSize is what the generated code allocates for an element of a list before it
// reads the first.
func elementSize(t thrift.TType) int {
	if t == thrift.STRING {
		return textOverhead
	}
	return 8 // a pointer or a number
}

// ReadBinary reads a byte string.
func (p *protocol) ReadBinary(ctx context.Context) ([]byte, error) {
	n, err := p.readText(ctx)
	if err != nil {
		return nil, err
	}
	return p.readGrowing(n)
}

// ReadString reads a string, a short one without a buffer of its own.
func (p *protocol) ReadString(ctx context.Context) (string, error) {
	n, err := p.readText(ctx)
	if err != nil || n == 0 {
		return "", err
	}
	if p.t.has(n) {
		if err := p.reserve(n); err != nil {
			return "", err
		}
		s := string(p.t.in[p.t.start : p.t.start+n])
		return s, p.t.discard(n)
	}
	b, err := p.readGrowing(n)
	return unsafe.String(unsafe.SliceData(b), len(b)), err // nobody else has b: a copy would double the memory
}

// readGrowing reads n bytes. Memory grows with what arrives, not with what a length
// promises.
func (p *protocol) readGrowing(n int) ([]byte, error) {
	const first = 4 << 10
	have := 0
	if err := p.reserve(min(n, first)); err != nil {
		return nil, err
	}
	b := make([]byte, min(n, first))
	for {
		if _, err := io.ReadFull(p.t, b[have:]); err != nil {
			return nil, err
		}
		if have = len(b); have == n {
			return b, nil
		}
		if err := p.reserve(min(n, 2*have) - have); err != nil {
			return nil, err
		}
		grown := make([]byte, min(n, 2*have))
		copy(grown, b)
		b = grown
	}
}

// readCount reads the number of a container's elements, of which each takes one
// byte at the least.
func (p *protocol) readCount(ctx context.Context) (int, error) {
	n, err := p.ReadI32(ctx)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > maxElements || int(n) > p.t.left.Bytes {
		return 0, p.t.fail(failure(vocab.KindOversize, "a container of negative size, or with more elements than a reply may have"))
	}
	return int(n), nil
}

// ReadListBegin reads the head of a list whose elements are about to be allocated.
func (p *protocol) ReadListBegin(ctx context.Context) (thrift.TType, int, error) {
	elem, n, err := p.readListHead(ctx)
	if err == nil {
		err = p.reserve(n * elementSize(elem))
	}
	return elem, n, err
}

// readListHead reads the type and the number of a list's elements.
func (p *protocol) readListHead(ctx context.Context) (thrift.TType, int, error) {
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

// ReadMapBegin reads the head of a map whose entries are about to be allocated.
func (p *protocol) ReadMapBegin(ctx context.Context) (key, value thrift.TType, n int, err error) {
	key, value, n, err = p.readMapHead(ctx)
	if err == nil {
		err = p.charge(n * entryOverhead)
	}
	return key, value, n, err
}

// readMapHead reads the types and the number of a map's entries.
func (p *protocol) readMapHead(ctx context.Context) (key, value thrift.TType, n int, err error) {
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
		return p.t.fail(failure(vocab.KindOversize, "an answer nested too deeply"))
	}
	switch t {
	case thrift.BOOL, thrift.BYTE:
		return p.t.discard(1)
	case thrift.I16:
		return p.t.discard(2)
	case thrift.I32:
		return p.t.discard(4)
	case thrift.I64, thrift.DOUBLE:
		return p.t.discard(8)
	case thrift.UUID:
		return p.t.discard(16)
	case thrift.STRING:
		n, err := p.readLength(ctx)
		if err != nil {
			return err
		}
		return p.t.discard(n)
	case thrift.STRUCT:
		return p.skipStruct(ctx, depth)
	case thrift.LIST, thrift.SET:
		elem, n, err := p.readListHead(ctx)
		for i := 0; err == nil && i < n; i++ {
			err = p.skip(ctx, elem, depth-1)
		}
		return err
	case thrift.MAP:
		key, value, n, err := p.readMapHead(ctx)
		for i := 0; err == nil && i < n; i++ {
			if err = p.skip(ctx, key, depth-1); err == nil {
				err = p.skip(ctx, value, depth-1)
			}
		}
		return err
	}
	return p.t.fail(failure(vocab.KindGarbage, "a type that Thrift does not have"))
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

// readEquals reads a string of at most 128 bytes and reports whether it is want.
func (p *protocol) readEquals(ctx context.Context, want string) (bool, error) {
	n, err := p.readLength(ctx)
	if err != nil {
		return false, err
	}
	if n != len(want) {
		return false, p.t.discard(n)
	}
	same := true
	for i := range n {
		b, err := p.t.ReadByte()
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

// isMessage recognizes a Thrift message by its first two bytes.
func isMessage(head []byte) bool { return binary.BigEndian.Uint16(head) == messageVersion }
