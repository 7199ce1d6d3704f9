package wire

import (
	"context"
	"encoding/binary"
	"math"

	"github.com/apache/thrift/lib/go/thrift"
)

// The numbers of Thrift's binary protocol, big-endian. The runtime's own methods
// pass each of them through a buffer and an interface, and a session has more than
// a thousand: that was half of the cost of reading OpenSession's answer.

// ReadBool reads a byte that is 0 or 1.
func (p *protocol) ReadBool(context.Context) (bool, error) {
	b, err := p.t.ReadByte()
	return b == 1, err
}

// ReadI16 reads 16 bits.
func (p *protocol) ReadI16(context.Context) (int16, error) {
	b, err := p.t.take(2)
	if err != nil {
		return 0, err
	}
	return int16(binary.BigEndian.Uint16(b)), nil
}

// ReadI32 reads 32 bits.
func (p *protocol) ReadI32(context.Context) (int32, error) {
	b, err := p.t.take(4)
	if err != nil {
		return 0, err
	}
	return int32(binary.BigEndian.Uint32(b)), nil
}

// ReadI64 reads 64 bits.
func (p *protocol) ReadI64(context.Context) (int64, error) {
	b, err := p.t.take(8)
	if err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

// ReadDouble reads a float64 as its bits.
func (p *protocol) ReadDouble(ctx context.Context) (float64, error) {
	bits, err := p.ReadI64(ctx)
	return math.Float64frombits(uint64(bits)), err
}

// ReadFieldBegin reads the head of a field: its type and its number; a stop has
// no number.
func (p *protocol) ReadFieldBegin(ctx context.Context) (name string, t thrift.TType, id int16, err error) {
	b, err := p.t.ReadByte()
	t = thrift.TType(b)
	if err != nil || t == thrift.STOP {
		return "", t, 0, err
	}
	id, err = p.ReadI16(ctx)
	return "", t, id, err
}

// WriteMessageBegin writes the head of a message, as strict writers do.
func (p *protocol) WriteMessageBegin(ctx context.Context, method string, t thrift.TMessageType, seq int32) error {
	p.t.out = binary.BigEndian.AppendUint32(p.t.out, messageVersion<<16|uint32(t))
	_ = p.WriteString(ctx, method) // writing to a buffer does not fail
	return p.WriteI32(ctx, seq)
}

// WriteFieldBegin writes the head of a field.
func (p *protocol) WriteFieldBegin(_ context.Context, _ string, t thrift.TType, id int16) error {
	p.t.out = append(p.t.out, byte(t), byte(id>>8), byte(id))
	return nil
}

// WriteFieldStop writes the end of a struct.
func (p *protocol) WriteFieldStop(context.Context) error { return p.t.WriteByte(byte(thrift.STOP)) }

// WriteI32 writes 32 bits.
func (p *protocol) WriteI32(_ context.Context, v int32) error {
	p.t.out = binary.BigEndian.AppendUint32(p.t.out, uint32(v))
	return nil
}

// WriteI64 writes 64 bits.
func (p *protocol) WriteI64(_ context.Context, v int64) error {
	p.t.out = binary.BigEndian.AppendUint64(p.t.out, uint64(v))
	return nil
}

// WriteString writes a length and a text.
func (p *protocol) WriteString(_ context.Context, s string) error {
	p.t.out = binary.BigEndian.AppendUint32(p.t.out, uint32(len(s)))
	p.t.out = append(p.t.out, s...)
	return nil
}

// WriteBinary writes a length and bytes.
func (p *protocol) WriteBinary(_ context.Context, b []byte) error {
	p.t.out = binary.BigEndian.AppendUint32(p.t.out, uint32(len(b)))
	p.t.out = append(p.t.out, b...)
	return nil
}
