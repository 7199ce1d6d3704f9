package wire

import (
	"context"
	"encoding/binary"
	"errors"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// OpenSessionResult reads the answer to OpenSession in place of the generated
// struct: Impala's configuration map has some 206 entries, of which one is wanted.
type OpenSessionResult struct {
	Status   hs2.TStatus
	Version  hs2.TProtocolVersion
	Session  hs2.TSessionHandle // without an id: not sent
	HTTPAddr string             // http_addr of the configuration; "": not sent
}

// Write is never called; it makes a TStruct of the result.
func (r *OpenSessionResult) Write(context.Context, thrift.TProtocol) error {
	return errors.New("an OpenSessionResult is only read")
}

// Read reads the result struct, whose field 0 is the answer.
func (r *OpenSessionResult) Read(ctx context.Context, iprot thrift.TProtocol) error {
	p, ok := iprot.(*protocol)
	if !ok {
		return errors.New("an OpenSessionResult is read by a Conn alone")
	}
	hasStatus := false
	err := eachField(ctx, p, func(id int16, t thrift.TType) error {
		if id != 0 || t != thrift.STRUCT {
			return p.Skip(ctx, t)
		}
		return eachField(ctx, p, func(id int16, t thrift.TType) error {
			hasStatus = hasStatus || id == 1
			return r.readField(ctx, p, id, t)
		})
	})
	if err == nil && !hasStatus {
		return failure(vocab.KindMismatch, "OpenSession answered without a status")
	}
	return err
}

func (r *OpenSessionResult) readField(ctx context.Context, p *protocol, id int16, t thrift.TType) error {
	switch {
	case id == 1 && t == thrift.STRUCT:
		return r.Status.Read(ctx, p)
	case id == 2 && t == thrift.I32:
		v, err := p.ReadI32(ctx)
		r.Version = hs2.TProtocolVersion(v)
		return err
	case id == 3 && t == thrift.STRUCT:
		return r.Session.Read(ctx, p)
	case id == 4 && t == thrift.MAP:
		return r.readConfiguration(ctx, p)
	}
	return p.Skip(ctx, t)
}

// readConfiguration goes through the map entry by entry and keeps http_addr.
func (r *OpenSessionResult) readConfiguration(ctx context.Context, p *protocol) error {
	key, value, n, err := p.readMapHead(ctx)
	ofStrings := key == thrift.STRING && value == thrift.STRING
	for err == nil && n > 0 {
		if ofStrings {
			if n -= r.readBuffered(p.t, n); n == 0 {
				break
			}
		}
		n-- // an entry that is not buffered as a whole, or not of strings
		wanted := false
		if ofStrings {
			wanted, err = p.readEquals(ctx, wantedKey)
		} else {
			err = p.Skip(ctx, key)
		}
		switch {
		case err != nil:
		case wanted:
			r.HTTPAddr, err = p.ReadString(ctx)
		default:
			err = p.Skip(ctx, value)
		}
	}
	return err
}

// wantedKey is the one entry of the configuration that is kept.
const wantedKey = "http_addr"

// readBuffered goes through those entries, at most n, that are buffered as a whole,
// and returns their number. Read string by string, they took a quarter of the
// client's own time for a session.
func (r *OpenSessionResult) readBuffered(t *transport, n int) (entries int) {
	all := t.buffered()
	rest := all
	for entries < n {
		key, after, ok := cutString(rest)
		if !ok {
			break
		}
		value, after, ok := cutString(after)
		if !ok {
			break
		}
		if string(key) == wantedKey {
			r.HTTPAddr = string(value)
		}
		rest = after
		entries++
	}
	t.advance(len(all) - len(rest))
	return entries
}

// cutString cuts a string with its length off b. It is not ok where the string is
// not complete, or its length is invalid.
func cutString(b []byte) (s, rest []byte, ok bool) {
	if len(b) < 4 {
		return nil, b, false
	}
	n := binary.BigEndian.Uint32(b)
	if uint64(n) > uint64(len(b)-4) {
		return nil, b, false
	}
	return b[4 : 4+n], b[4+n:], true
}

// eachField calls read for every field of a struct.
func eachField(ctx context.Context, p *protocol, read func(id int16, t thrift.TType) error) error {
	for {
		_, t, id, err := p.ReadFieldBegin(ctx)
		if err != nil || t == thrift.STOP {
			return err
		}
		if err := read(id, t); err != nil {
			return err
		}
	}
}
